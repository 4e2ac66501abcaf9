"""Take the texts that are due, each after a look at everything that speaks against it; written down before one is sent."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from community.model.calls.line import Line
from community.model.calls.text_message import TextKind, TextProblem, TextStatus
from community.model.calls.text_rules import Invitee, Later, Never, may_invite, may_reply
from community.model.hours import CallingHours, Span
from community.model.residents.check_in import CODE_LASTS
from community.model.rulebook import Rulebook
from community.store import texts as store
from community.store.campaigns import campaign_by_id
from community.store.targets import person_of, target_by_id
from community.store.texts import TextMessage
from community.usecases.calling_hours import calling_hours
from voice.engine.timing import Timing

#: The most texts that one claim takes.
_BATCH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends texts, by which line, under which rules."""

    worker_id: str
    line: Line
    rules: Rulebook
    timing: Timing


def claim_texts(conn: Connection, sender: Sender, *, urgent: bool = False, now: datetime) -> list[TextMessage]:
    """Take what is due for this worker and nobody else; what must wait or must not be sent at all is put aside.

    Args:
        urgent: what somebody in danger is told, and nothing else; all the rest otherwise.
    """
    claimed = []
    due = store.urgent_texts if urgent else store.due_texts
    for text in due(conn, sender.line.name, now, _BATCH):
        against = why_not(conn, text, sender, now=now)
        if isinstance(against, Later):
            store.note_on_text(conn, text.id, next_at=against.at)
        elif isinstance(against, Never):
            store.move_text(conn, text, TextStatus.DROPPED, now=now, next_at=None, error_text=against.reason)
        else:
            claimed.append(_claim(conn, text, sender, now))
    return [text for text in claimed if text is not None]


def why_not(conn: Connection, text: TextMessage, sender: Sender, *, now: datetime) -> Later | Never | None:
    """Why a text must not go out now, or not at all; None when it may."""
    person = person_of(conn, text.resident_id) if text.resident_id is not None else None
    if refusal := sender.line.refusal(text.number, sample=person.sample if person else False):
        return Never(refusal)
    problem = store.refusals_of(conn, [text.number]).get(text.number)
    if problem is not None and not (problem is TextProblem.UNSUBSCRIBED and text.kind in _AFTER_GOODBYE):
        return Never("这个号码不收短信")
    if text.kind is TextKind.CODE and now - text.created_at > CODE_LASTS:
        return Never("验证码过了时间，不再发")
    if text.kind is not TextKind.INVITATION or text.target_id is None or person is None:
        # What somebody in danger is told waits for no morning.
        hours = None if text.kind in store.URGENT else _quiet_hours(sender)
        return may_reply(hours, written_at=text.created_at, now=now)
    target = target_by_id(conn, text.target_id)
    campaign = campaign_by_id(conn, target.campaign_id)
    invitee = Invitee(
        campaign=campaign.status,
        target=target.status,
        answered=target.written_result is not None,
        no_calls=person.opted_out,
        no_texts=person.resident_id in store.without_texts(conn, [person.resident_id]),
        hours=calling_hours(campaign, person.preferred_hours, sender.rules),
    )
    return may_invite(invitee, written_at=text.created_at, now=now)


#: What is still told to somebody who wants no texts: that there will be none, whom to call in danger, what they ask.
_AFTER_GOODBYE = frozenset(
    {TextKind.GOODBYE, TextKind.EMERGENCY, TextKind.DANGER_ASK, TextKind.REPLY, TextKind.NO_CALLS, TextKind.FOR_ANOTHER}
)


def _quiet_hours(sender: Sender) -> CallingHours | None:
    if sender.line.rehearsal:
        return None
    whole_day = Span.parse("00:00-24:00")
    return CallingHours(zone=sender.rules.timezone, campaign=(whole_day,), quiet=sender.rules.quiet_hours)


def _claim(conn: Connection, text: TextMessage, sender: Sender, now: datetime) -> TextMessage | None:
    taken = store.move_text(
        conn,
        text,
        TextStatus.SENDING,
        now=now,
        owner=sender.worker_id,
        lease_until=now + sender.timing.lease,
        fence=text.fence + 1,
        tries=text.tries + 1,
        tried_at=text.tried_at or now,
        next_at=None,
        check_at=None,
    )
    return store.find_text(conn, text.id) if taken else None
