"""A text message beside the phone: what it is about, where it stands, and why one that was sent did not arrive."""

from enum import StrEnum


class TextStatus(StrEnum):
    """Where one text message stands."""

    #: To be sent, not before its time.
    WAITING = "waiting"
    #: Handed to the carrier at this moment.
    SENDING = "sending"
    #: Nobody knows whether the carrier took it; it is asked, and nothing is sent again before it has answered.
    UNKNOWN = "unknown"
    #: The carrier took it.
    SENT = "sent"
    #: The phone has it.
    DELIVERED = "delivered"
    #: The carrier took it and could not deliver it.
    UNDELIVERED = "undelivered"
    #: The carrier did not take it.
    REFUSED = "refused"
    #: Not sent after all: it was no longer needed or no longer allowed.
    DROPPED = "dropped"
    #: Written by the resident.
    RECEIVED = "received"


TEXT_STATUS_NAMES: dict[TextStatus, str] = {
    TextStatus.WAITING: "待发",
    TextStatus.SENDING: "发送中",
    TextStatus.UNKNOWN: "结果不明",
    TextStatus.SENT: "已发出",
    TextStatus.DELIVERED: "已送达",
    TextStatus.UNDELIVERED: "没有送达",
    TextStatus.REFUSED: "发不出",
    TextStatus.DROPPED: "没有发",
    TextStatus.RECEIVED: "收到",
}

#: From where to where; what a late callback says of an earlier state changes nothing.
_TAKEN = frozenset({TextStatus.SENT, TextStatus.DELIVERED, TextStatus.UNDELIVERED})
TEXT_MOVES: dict[TextStatus, frozenset[TextStatus]] = {
    # It was taken for not sent, and a late callback says that it was.
    TextStatus.WAITING: frozenset({TextStatus.SENDING, TextStatus.DROPPED}) | _TAKEN,
    TextStatus.SENDING: frozenset(set(TextStatus) - {TextStatus.SENDING, TextStatus.RECEIVED}),
    TextStatus.UNKNOWN: frozenset({TextStatus.WAITING, TextStatus.REFUSED}) | _TAKEN,
    TextStatus.SENT: frozenset({TextStatus.DELIVERED, TextStatus.UNDELIVERED}),
    TextStatus.DELIVERED: frozenset(),
    TextStatus.UNDELIVERED: frozenset({TextStatus.DELIVERED}),
    TextStatus.REFUSED: _TAKEN,
    TextStatus.DROPPED: _TAKEN,
    TextStatus.RECEIVED: frozenset(),
}


class TextKind(StrEnum):
    """What a text message is about."""

    #: A call was in vain: how to answer.
    INVITATION = "invitation"
    #: The next question, thanks, or what else we answer in a conversation.
    REPLY = "reply"
    #: Whom to call now.
    EMERGENCY = "emergency"
    #: Asks whether somebody is in danger.
    DANGER_ASK = "danger_ask"
    #: No texts any more, as asked for: the last one.
    GOODBYE = "goodbye"
    #: Asks whether we are never to call again.
    NO_CALLS = "no_calls"
    #: Asks whether, or about whom, we are to call somebody of the family no more.
    FOR_ANOTHER = "for_another"
    #: A one-time code for a chat.
    CODE = "code"
    #: Written by the resident.
    INCOMING = "incoming"


class TextProblem(StrEnum):
    """Why a text message did not reach its phone, and what that says of the number."""

    #: Whoever has the number asked not to get any: so it stays until they ask for them again.
    UNSUBSCRIBED = "unsubscribed"
    #: A landline, or something else that takes no texts.
    LANDLINE = "landline"
    #: 空号 or 停机.
    NO_SUCH_NUMBER = "no_such_number"
    #: Switched off or out of reach for too long.
    UNREACHABLE = "unreachable"
    #: The phone or its network blocks it.
    BLOCKED = "blocked"
    #: The network took it for spam.
    FILTERED = "filtered"
    #: The carrier failed for a reason of its own.
    CARRIER_ERROR = "carrier_error"

    @property
    def is_lasting(self) -> bool:
        """Whether no further text goes to that number."""
        return self in {TextProblem.UNSUBSCRIBED, TextProblem.LANDLINE, TextProblem.NO_SUCH_NUMBER}


TEXT_PROBLEM_NAMES: dict[TextProblem, str] = {
    TextProblem.UNSUBSCRIBED: "退订了短信",
    TextProblem.LANDLINE: "固定电话，收不了短信",
    TextProblem.NO_SUCH_NUMBER: "空号或停机",
    TextProblem.UNREACHABLE: "关机或不在服务区",
    TextProblem.BLOCKED: "被手机或运营商拦截",
    TextProblem.FILTERED: "被当成垃圾短信",
    TextProblem.CARRIER_ERROR: "线路故障",
}


#: Characters of a Chinese text message that is sent whole, and of each part of a longer one.
_WHOLE, _PART = 70, 67


def billed_parts(body: str) -> int:
    """As how many messages a carrier bills a text."""
    length = len(body.encode("utf-16-be")) // 2
    return 1 if length <= _WHOLE else -(-length // _PART)


def may_move_text(before: TextStatus, to: TextStatus) -> bool:
    """Whether a text message may go from one state to the other."""
    return to in TEXT_MOVES[before]
