"""An attempt: one dialling of one number for one target, or one call that came in, and how its state may move."""

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """Who called whom."""

    #: We dialled the resident.
    OUTBOUND = "outbound"
    #: Somebody rang our number.
    INBOUND = "inbound"


@dataclass(frozen=True, slots=True)
class Aim:
    """What an attempt is about: one resident in one campaign."""

    target_id: int
    campaign_id: int
    resident_id: int

    @classmethod
    def of(cls, target_id: int | None, campaign_id: int | None, resident_id: int | None) -> "Aim | None":
        """The aim of an attempt that has one; a call that came in may have none."""
        if target_id is None or campaign_id is None or resident_id is None:
            return None
        return cls(target_id, campaign_id, resident_id)


class AttemptStatus(StrEnum):
    """Where one dialling stands."""

    #: Written down before the carrier is asked; a crash leaves it here.
    PLACING = "placing"
    #: The carrier accepted it and may hold it in its queue.
    PLACED = "placed"
    #: The phone rings.
    RINGING = "ringing"
    #: Somebody, or a machine, picked up.
    IN_PROGRESS = "in_progress"
    #: Whether the carrier took it is not known: no redial until reconciled.
    UNKNOWN = "unknown"
    #: The carrier refused it: nobody was rung.
    NOT_PLACED = "not_placed"
    #: We cancelled it at the carrier before it was picked up.
    CANCELLED = "cancelled"
    #: It is over; `outcome` says how.
    ENDED = "ended"

    @property
    def is_final(self) -> bool:
        """Whether nothing may move it any more."""
        return self in FINAL


FINAL = frozenset({AttemptStatus.NOT_PLACED, AttemptStatus.CANCELLED, AttemptStatus.ENDED})
OPEN = frozenset(AttemptStatus) - FINAL

_LIVE = {AttemptStatus.PLACED, AttemptStatus.RINGING, AttemptStatus.IN_PROGRESS}

#: From each status, the ones it may move to. Never backwards; a final one moves nowhere.
ALLOWED_MOVES: dict[AttemptStatus, frozenset[AttemptStatus]] = {
    AttemptStatus.PLACING: frozenset(_LIVE | FINAL | {AttemptStatus.UNKNOWN}),
    AttemptStatus.UNKNOWN: frozenset(_LIVE | FINAL),
    AttemptStatus.PLACED: frozenset({AttemptStatus.RINGING, AttemptStatus.IN_PROGRESS} | FINAL),
    AttemptStatus.RINGING: frozenset({AttemptStatus.IN_PROGRESS} | FINAL),
    AttemptStatus.IN_PROGRESS: frozenset({AttemptStatus.ENDED}),
    AttemptStatus.NOT_PLACED: frozenset(),
    AttemptStatus.CANCELLED: frozenset(),
    AttemptStatus.ENDED: frozenset(),
}


def may_move(current: AttemptStatus, new: AttemptStatus) -> bool:
    """Tell whether an attempt may go from `current` to `new`."""
    return new in ALLOWED_MOVES[current]


class Outcome(StrEnum):
    """How a dialling ended, in the words staff read."""

    #: A person picked up; says nothing about whether the questions were answered.
    ANSWERED = "answered"
    #: A machine picked up.
    VOICEMAIL = "voicemail"
    #: It rang and nobody picked up.
    NO_ANSWER = "no_answer"
    #: The line was engaged.
    BUSY = "busy"
    #: The call was declined.
    REJECTED = "rejected"
    #: 关机.
    SWITCHED_OFF = "switched_off"
    #: 空号 or 停机: the list must be checked.
    NOT_IN_SERVICE = "not_in_service"
    #: The carrier failed for a reason of its own.
    CARRIER_ERROR = "carrier_error"
    #: Nobody knows whether it rang.
    UNKNOWN = "unknown"


OUTCOME_NAMES: dict[Outcome, str] = {
    Outcome.ANSWERED: "已接听",
    Outcome.VOICEMAIL: "语音信箱",
    Outcome.NO_ANSWER: "无人接听",
    Outcome.BUSY: "占线",
    Outcome.REJECTED: "拒接",
    Outcome.SWITCHED_OFF: "关机",
    Outcome.NOT_IN_SERVICE: "空号或停机",
    Outcome.CARRIER_ERROR: "线路故障",
    Outcome.UNKNOWN: "结果不明",
}


class CallResult(StrEnum):
    """How the conversation of an answered call ended, as the script saw it."""

    #: Every question that was due is answered.
    COMPLETED = "completed"
    #: Hung up in the middle.
    INCOMPLETE = "incomplete"
    #: Asked to be called later; `dialogue["callback_at"]` says when.
    CALLBACK_LATER = "callback_later"
    #: Wants to speak with a person.
    HUMAN = "human"
    #: Somebody else's number.
    WRONG_PERSON = "wrong_person"
    #: Never wants to be called again.
    OPTED_OUT = "opted_out"
    #: Does not want to answer these questions.
    REFUSED = "refused"
    #: Spoke, and was not understood though asked again.
    UNCLEAR = "unclear"
    #: Picked up and said nothing.
    SILENCE = "silence"
    #: Needs help now.
    DISTRESS = "distress"


RESULT_NAMES: dict[CallResult, str] = {
    CallResult.COMPLETED: "已答完",
    CallResult.INCOMPLETE: "没有答完",
    CallResult.CALLBACK_LATER: "约定再打",
    CallResult.HUMAN: "要求人工",
    CallResult.WRONG_PERSON: "打错了",
    CallResult.OPTED_OUT: "要求不再来电",
    CallResult.REFUSED: "不愿回答",
    CallResult.UNCLEAR: "没有听懂",
    CallResult.SILENCE: "接听后没有出声",
    CallResult.DISTRESS: "求助",
}
