"""Campaigns and their targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    cast,
    exists,
    insert,
    select,
    update,
)

from community.errors import Conflict, NotFound
from community.model.calls.campaign import (
    CAMPAIGN_MOVES,
    CAMPAIGN_STATUS_NAMES,
    CampaignStatus,
    PauseCause,
    TargetStatus,
)
from community.model.cases.case import Priority
from community.model.questionnaires.questionnaire import Questionnaire
from community.store.base import UtcDateTime, metadata

campaigns = Table(
    "campaign",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(120), nullable=False),
    #: CampaignStatus
    Column("status", String(20), nullable=False, index=True),
    #: Priority
    Column("priority", String(20), nullable=False),
    #: The questionnaire as loaded (`Questionnaire.model_dump(mode="json")`): later edits of the file change nothing here.
    Column("definition", JSON, nullable=False),
    #: The YAML as it was given, for people.
    Column("source", Text, nullable=False),
    #: Carried by the simulated carrier: everything it produces is marked 演练.
    Column("rehearsal", Boolean, nullable=False),
    Column("created_by", String(80), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("approved_by", String(80)),
    Column("approved_at", UtcDateTime),
    Column("launched_by", String(80)),
    Column("launched_at", UtcDateTime),
    #: Why it was launched without approval, in an emergency.
    Column("override_reason", Text),
    Column("paused_at", UtcDateTime),
    Column("pause_reason", Text),
    #: `ceiling` where it paused by itself because its calls or minutes were used up; empty where somebody paused it.
    Column("pause_cause", String(20)),
    #: What a second person raised the questionnaire's ceilings to.
    Column("raised_max_calls", Integer),
    Column("raised_max_minutes", Integer),
    #: Whom the approver saw it would call: the counts, and the hash of the questionnaire.
    Column("approved_preview", JSON),
    Column("finished_at", UtcDateTime),
)

targets = Table(
    "target",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False),
    Column("resident_id", ForeignKey("resident.id"), nullable=False, index=True),
    #: TargetStatus
    Column("status", String(20), nullable=False),
    #: The last attempt's Outcome.
    Column("outcome", String(20)),
    #: When it may be called (again); set while the status is `waiting`.
    Column("next_at", UtcDateTime),
    #: Attempts that reached the carrier.
    Column("attempts", Integer, nullable=False, server_default="0"),
    #: {outcome: how often}, for the retry plan.
    Column("outcome_counts", JSON, nullable=False),
    #: Which of the resident's phones is called next (position).
    Column("phone_position", Integer, nullable=False, server_default="0"),
    #: Why it is excluded.
    Column("reason", Text),
    Column("case_id", ForeignKey("case.id")),
    Column("resolved_at", UtcDateTime),
    #: What another channel than a call made of it (CallResult), and which: nobody rings for it any more.
    Column("written_result", String(20)),
    Column("written_by", String(10)),
    #: When the resident was promised the next call, and on which telephone (E.164); empty where nothing was promised.
    Column("promised_at", UtcDateTime, index=True),
    Column("promised_number", String(20)),
    UniqueConstraint("campaign_id", "resident_id"),
    Index("ix_target_due", "status", "next_at"),
    Index("ix_target_campaign_status", "campaign_id", "status", "next_at"),
)

listed_people = Table(
    "campaign_listed_person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False),
    #: The list's name as the questionnaire writes it.
    Column("list_name", String(200), nullable=False),
    #: The sheet and row as people count them.
    Column("place", String(120), nullable=False),
    #: Whom the row means; empty where it matches nobody.
    Column("resident_id", ForeignKey("resident.id")),
    #: Why it matches nobody, in Chinese, without names or numbers.
    Column("problem", Text, nullable=False, server_default=""),
    Index("ix_campaign_listed_person_list", "campaign_id", "list_name", "resident_id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign as it stands."""

    id: int
    name: str
    status: CampaignStatus
    priority: Priority
    questionnaire: Questionnaire
    rehearsal: bool
    created_by: str
    created_at: datetime
    approved_by: str | None
    launched_by: str | None
    launched_at: datetime | None
    override_reason: str | None
    pause_cause: PauseCause | None = None
    raised_max_calls: int | None = None
    raised_max_minutes: int | None = None
    approved_preview: Mapping[str, Any] | None = None

    @property
    def max_calls(self) -> int | None:
        """The most calls it may make, as the questionnaire says or as it was raised; None without a ceiling."""
        return self.raised_max_calls or self.questionnaire.pace.max_calls

    @property
    def max_minutes(self) -> int | None:
        """The most minutes it may use; None without a ceiling."""
        return self.raised_max_minutes or self.questionnaire.pace.max_minutes

    @property
    def deadline(self) -> datetime | None:
        """No call of it later than this; None where it says nothing."""
        if self.launched_at is None or self.questionnaire.not_after is None:
            return None
        return self.launched_at + self.questionnaire.not_after


def insert_campaign(
    conn: Connection, questionnaire: Questionnaire, *, source: str, created_by: str, now: datetime
) -> int:
    """Write a draft and return its id."""
    values = {
        "name": questionnaire.name[:120],
        "status": CampaignStatus.DRAFT,
        "priority": questionnaire.priority,
        "definition": questionnaire.model_dump(mode="json"),
        "source": source,
        "rehearsal": False,
        "created_by": created_by,
        "created_at": now,
    }
    campaign_id: int = conn.execute(insert(campaigns).values(values).returning(campaigns.c.id)).scalar_one()
    return campaign_id


def campaign_by_id(conn: Connection, campaign_id: int) -> Campaign:
    """The campaign with that id.

    Raises:
        NotFound: there is none.
    """
    row = conn.execute(_ONE, {"campaign": campaign_id}).one_or_none()
    if row is None:
        raise NotFound(f"没有 {campaign_id} 号外呼任务：请用 campaign list 查看编号")
    return _campaign(row)


def list_campaigns(conn: Connection, *, limit: int = 50) -> list[Campaign]:
    """The campaigns, newest first."""
    return [_campaign(row) for row in conn.execute(_campaigns().order_by(campaigns.c.id.desc()).limit(limit))]


def running_campaigns(conn: Connection, *, rehearsal: bool) -> list[Campaign]:
    """Campaigns that are being called now, real ones or rehearsals."""
    return [_campaign(row) for row in conn.execute(_RUNNING, {"is_rehearsal": rehearsal})]


def launched_campaigns(conn: Connection, *, rehearsal: bool) -> list[Campaign]:
    """Campaigns that are being called or held, real ones or rehearsals."""
    under_way = campaigns.c.status.in_([CampaignStatus.RUNNING, CampaignStatus.PAUSED])
    query = _campaigns().where(under_way, campaigns.c.rehearsal.is_(rehearsal)).order_by(campaigns.c.id)
    return [_campaign(row) for row in conn.execute(query)]


def campaigns_by_id(conn: Connection, campaign_ids: Sequence[int]) -> dict[int, Campaign]:
    """These campaigns, by id."""
    return {row.id: _campaign(row) for row in conn.execute(_SEVERAL, {"ids": list(campaign_ids)})}


def move_campaign(conn: Connection, campaign: Campaign, to: CampaignStatus, **changes: Any) -> None:
    """Move a campaign that still stands as `campaign` says.

    Raises:
        Conflict: it may not go there from where it stands, or somebody else moved it first.
    """
    if to not in CAMPAIGN_MOVES[campaign.status]:
        raise Conflict(f"{campaign.id} 号任务{CAMPAIGN_STATUS_NAMES[campaign.status]}，不能再做这一步")
    still = (campaigns.c.id == campaign.id, campaigns.c.status == campaign.status)
    if conn.execute(update(campaigns).where(*still).values(status=to, **changes)).rowcount != 1:
        raise Conflict(f"{campaign.id} 号任务刚被别人操作过：请刷新后再看")


def raise_campaign(conn: Connection, campaign: Campaign, *, max_calls: int | None, max_minutes: int | None) -> None:
    """Write down higher ceilings of a campaign that still has those that `campaign` says; None leaves one as it is.

    Raises:
        Conflict: somebody else raised them first.
    """
    still = (
        campaigns.c.id == campaign.id,
        campaigns.c.raised_max_calls.is_not_distinct_from(campaign.raised_max_calls),
        campaigns.c.raised_max_minutes.is_not_distinct_from(campaign.raised_max_minutes),
    )
    values = {
        "raised_max_calls": max_calls or campaign.raised_max_calls,
        "raised_max_minutes": max_minutes or campaign.raised_max_minutes,
    }
    if conn.execute(update(campaigns).where(*still).values(values)).rowcount != 1:
        raise Conflict(f"{campaign.id} 号任务刚被别人操作过：请刷新后再看")


def finish_resolved(conn: Connection, now: datetime) -> list[int]:
    """Finish the running campaigns of which no target is left; return their ids."""
    left = exists().where(
        targets.c.campaign_id == campaigns.c.id,
        targets.c.status.in_([TargetStatus.WAITING, TargetStatus.CALLING]),
    )
    done = (campaigns.c.status == CampaignStatus.RUNNING, ~left)
    finished = {"status": CampaignStatus.FINISHED, "finished_at": now}
    return list(conn.execute(update(campaigns).where(*done).values(finished).returning(campaigns.c.id)).scalars())


def _campaigns() -> Select[Any]:
    # The questionnaire comes as text: it never changes, so that its reading can be remembered.
    rest = [column for column in campaigns.c if column.name not in {"definition", "source"}]
    return select(*rest, cast(campaigns.c.definition, Text).label("definition"))


# Built once: the engine runs these all the time, and building them costs more than running them.
_ONE = _campaigns().where(campaigns.c.id == bindparam("campaign"))
_SEVERAL = _campaigns().where(campaigns.c.id.in_(bindparam("ids", expanding=True)))
_RUNNING = (
    _campaigns()
    .where(campaigns.c.status == CampaignStatus.RUNNING, campaigns.c.rehearsal == bindparam("is_rehearsal"))
    .order_by(campaigns.c.id)
)


@lru_cache(maxsize=256)
def _questionnaire(definition: str) -> Questionnaire:
    return Questionnaire.model_validate_json(definition)


def _campaign(row: Row[Any]) -> Campaign:
    return Campaign(
        id=row.id,
        name=row.name,
        status=CampaignStatus(row.status),
        priority=Priority(row.priority),
        questionnaire=_questionnaire(row.definition),
        rehearsal=row.rehearsal,
        created_by=row.created_by,
        created_at=row.created_at,
        approved_by=row.approved_by,
        launched_by=row.launched_by,
        launched_at=row.launched_at,
        override_reason=row.override_reason,
        pause_cause=PauseCause(row.pause_cause) if row.pause_cause else None,
        raised_max_calls=row.raised_max_calls,
        raised_max_minutes=row.raised_max_minutes,
        approved_preview=row.approved_preview,
    )
