"""When a text message may be sent, to which number, and what little its first one says."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import phonenumbers
from phonenumbers import PhoneNumberType

from community.model.calls.call import Outcome
from community.model.calls.campaign import CampaignStatus, TargetStatus
from community.model.hours import CallingHours
from community.model.text import normalise

#: After such a call somebody is written to.
NOT_REACHED = frozenset({Outcome.NO_ANSWER, Outcome.BUSY, Outcome.REJECTED, Outcome.SWITCHED_OFF, Outcome.VOICEMAIL})
#: A message that waited longer is not sent any more: what it answers, or speaks of, is past.
_STALE = timedelta(days=1)
#: Whoever wrote so lately is awake: the answer may come in the quiet hours.
_AWAKE = timedelta(minutes=15)
_CALLING_NOW = timedelta(minutes=1)
_PAUSED = timedelta(minutes=5)
_NO_HOURS = "以后没有可以发短信的时段"
_TAKE_TEXTS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.PERSONAL_NUMBER)
_NO_TEXTS = re.compile(
    r"(?:t|td|退订|stop|unsubscribe)"
    r"|(?:请|麻烦)?(?:取消|退订|不要|不想|别|勿|停止|不用)(?:你们|您们)?(?:再|接?收|给我)*(?:发|收|来)?(?:这些|这种|什么|任何|垃圾)*(?:短信|信息|消息)(?:了|啦|吧)*"
    r"|(?:不要|别|勿)再(?:给我)?发(?:了|啦)?"
)
#: Of whoever is asked nothing: to a question it may be the answer.
_NO_TEXTS_UNASKED = re.compile(r"tui|n|退|(?:不要|别|勿)(?:给我)?发(?:了|啦)?")
_TEXTS_AGAIN = re.compile(r"恢复(?:接收|短信|订阅)?|start|unstop")
_BEGIN = re.compile(
    r"(?:1|一|好|好的|好吧|行|可以|开始|是|是的|嗯+|ok|在|在的|收到|您好|你好|您问吧|问吧|请问|请讲|什么事|啥事|怎么了)[啊呀呢吧了哦]?"
)
_POLITE = re.compile(
    r"(?:谢谢?|多谢|感谢|辛苦)(?:您|你|你们|您们|大家|社区|了|啦|啊)*|(?:不客气|您好|你好|好|好的|好嘞|嗯+|哦+|ok|知道了?|收到|再见|拜拜|(?:没|没有|冇|莫得|没得|无)(?:什么|啥|啥子|别的)?事?(?:情)?|就这些|就这样|不用|不需要|不必|1|2)(?:了|啦|啊|谢谢?)*"
)
_ENDS = " .,!?~、"


@dataclass(frozen=True, slots=True)
class Later:
    """Not now, but not before a moment."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Never:
    """Not at all, and why, for staff."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitee:
    """What decides whether somebody is written to now.

    Attributes:
        hours: None in a rehearsal.
    """

    campaign: CampaignStatus
    target: TargetStatus
    answered: bool
    no_calls: bool
    no_texts: bool
    hours: CallingHours | None


def may_invite(who: Invitee, *, written_at: datetime, now: datetime) -> Later | Never | None:
    """Tell whether an invitation may go out; None for yes."""
    if reason := _no_use(who):
        return Never(reason)
    if who.campaign is CampaignStatus.PAUSED:
        return Later(now + _PAUSED)
    if who.target is TargetStatus.CALLING:
        return Later(now + _CALLING_NOW)
    opening = now if who.hours is None else who.hours.next_opening(now)
    if opening is None or opening - written_at > 3 * _STALE:
        return Never(_NO_HOURS)
    return Later(opening) if opening > now else None


def _no_use(who: Invitee) -> str | None:
    if who.answered or who.target.is_final:
        return "已经有了结果，不用再发"
    if who.no_calls or who.no_texts:
        return "本人不要短信"
    return None if who.campaign in {CampaignStatus.RUNNING, CampaignStatus.PAUSED} else "任务已结束"


def may_reply(hours: CallingHours | None, *, written_at: datetime, now: datetime) -> Later | Never | None:
    """Tell whether an answer may go out: at once while its reader is awake, else not in the quiet hours.

    Args:
        hours: the community's own; None in a rehearsal.
    """
    if now - written_at > _STALE:
        return Never("耽搁太久，不再发")
    if hours is None or now - written_at <= _AWAKE:
        return None
    opening = hours.next_opening(now)
    if opening is None:
        return Never(_NO_HOURS)
    return Later(opening) if opening > now else None


def number_for_texts(numbers: Sequence[str], refused: Collection[str]) -> str | None:
    """The first number that takes texts; None when there is none.

    Args:
        numbers: E.164, the one that was just called first.
        refused: those that no text goes to.
    """
    return next((number for number in numbers if number not in refused and takes_texts(number)), None)


def takes_texts(number: str) -> bool:
    """Whether an E.164 number is one of a kind that takes texts."""
    return phonenumbers.number_type(phonenumbers.parse(number)) in _TAKE_TEXTS


def wants_no_texts(text: str, *, asked: bool = False) -> bool:
    """T, 退订, 别再发短信了: whoever writes it wants no texts any more.

    Args:
        asked: a question of ours is open, to which n, 退 and 不要发 are answers.
    """
    bare = _bare(text)
    return bool(_NO_TEXTS.fullmatch(bare) or (not asked and _NO_TEXTS_UNASKED.fullmatch(bare)))


def wants_texts_again(text: str) -> bool:
    """恢复: whoever writes it wants texts again."""
    return bool(_TEXTS_AGAIN.fullmatch(_bare(text)))


def only_begins(text: str) -> bool:
    """1, 好的, 什么事: an answer to an invitation that says nothing more than that the questions may come."""
    bare = _bare(text)
    return not bare or bool(_BEGIN.fullmatch(bare))


def only_polite(text: str) -> bool:
    """谢谢, 好的, 没有了: nothing that anybody has to answer."""
    bare = _bare(text)
    return not bare or bool(_POLITE.fullmatch(bare))


def _bare(text: str) -> str:
    return normalise(text).strip(_ENDS)
