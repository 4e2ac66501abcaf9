"""A campaign: one questionnaire asked of an audience; and its targets, one resident each."""

from enum import StrEnum


class CampaignStatus(StrEnum):
    """Where a campaign stands."""

    #: Being prepared; nobody may be called.
    DRAFT = "draft"
    #: A second person agreed.
    APPROVED = "approved"
    #: Calls are being made.
    RUNNING = "running"
    #: Held; no new call starts.
    PAUSED = "paused"
    #: Every target is resolved.
    FINISHED = "finished"
    #: Given up; targets left are excluded with that reason.
    CANCELLED = "cancelled"


CAMPAIGN_MOVES: dict[CampaignStatus, frozenset[CampaignStatus]] = {
    CampaignStatus.DRAFT: frozenset({CampaignStatus.APPROVED, CampaignStatus.RUNNING, CampaignStatus.CANCELLED}),
    CampaignStatus.APPROVED: frozenset({CampaignStatus.RUNNING, CampaignStatus.CANCELLED}),
    CampaignStatus.RUNNING: frozenset({CampaignStatus.PAUSED, CampaignStatus.FINISHED, CampaignStatus.CANCELLED}),
    CampaignStatus.PAUSED: frozenset({CampaignStatus.RUNNING, CampaignStatus.CANCELLED}),
    CampaignStatus.FINISHED: frozenset(),
    CampaignStatus.CANCELLED: frozenset(),
}

CAMPAIGN_STATUS_NAMES: dict[CampaignStatus, str] = {
    CampaignStatus.DRAFT: "草稿",
    CampaignStatus.APPROVED: "已批准",
    CampaignStatus.RUNNING: "进行中",
    CampaignStatus.PAUSED: "已暂停",
    CampaignStatus.FINISHED: "已完成",
    CampaignStatus.CANCELLED: "已取消",
}


class PauseCause(StrEnum):
    """Why a campaign paused by itself."""

    #: Its calls or minutes were used up.
    CEILING = "ceiling"


class TargetStatus(StrEnum):
    """Where one resident in one campaign stands."""

    #: Waits for its next time.
    WAITING = "waiting"
    #: Has an attempt that is not over.
    CALLING = "calling"
    #: Every question that was due is answered.
    COMPLETED = "completed"
    #: A person has taken over: there is a case.
    CASE = "case"
    #: Not called (any more), for the reason stated beside it.
    EXCLUDED = "excluded"

    @property
    def is_final(self) -> bool:
        """Whether the target is resolved."""
        return self in {TargetStatus.COMPLETED, TargetStatus.CASE, TargetStatus.EXCLUDED}


TARGET_STATUS_NAMES: dict[TargetStatus, str] = {
    TargetStatus.WAITING: "待呼叫",
    TargetStatus.CALLING: "呼叫中",
    TargetStatus.COMPLETED: "已完成",
    TargetStatus.CASE: "已转工单",
    TargetStatus.EXCLUDED: "不呼叫",
}
