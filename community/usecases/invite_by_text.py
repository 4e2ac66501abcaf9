"""Write to whoever a call did not reach: what was missed and how to answer, and nothing that others may not read."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.calls.line import Line
from community.model.calls.retry import retry_wait
from community.model.calls.text_message import TextKind, TextStatus
from community.model.calls.text_rules import NOT_REACHED, number_for_texts
from community.model.questionnaires.questionnaire_check import speaks_of_health
from community.model.residents.addressing import surname
from community.model.rulebook import Rulebook
from community.store import audit, texts
from community.store.campaigns import Campaign
from community.store.dialling import find_attempt, newest_attempt_id
from community.store.targets import person_of, phones_of
from community.texts.say import say

_ENGINE = Actor.system("engine")
_AT_ONCE = 100


def invite_by_text(
    conn: Connection, campaign: Campaign, *, line: Line, links: bool, rules: Rulebook, now: datetime
) -> int:
    """Write the first text to targets that a call did not reach, and the second to those who sent nothing back.

    Each is written down once, whoever does it and however often; sending comes later.

    Args:
        line: by which it goes.
        links: whether a link that opens the questions can be reached from outside, so that one is sent along.

    Returns:
        How many were written.
    """
    plan = campaign.questionnaire.text
    if not plan.unreached:
        return 0
    write = _Writer(conn, campaign, line, rules, links, now)
    written = 0
    wait = retry_wait(plan.after, rehearsal=campaign.rehearsal)
    for target_id, resident_id in texts.targets_to_invite(conn, campaign.id, NOT_REACHED, _AT_ONCE):
        written += write(target_id, resident_id, _number(conn, target_id, resident_id, line), nth=1, at=now + wait)
    if plan.again is None:
        return written
    sent_before = now - retry_wait(plan.again, rehearsal=campaign.rehearsal)
    for first in texts.invitations_without_answer(conn, campaign.id, sent_before=sent_before, limit=_AT_ONCE):
        target_id, resident_id = first.target_id or 0, first.resident_id or 0
        number = number_for_texts([first.number], texts.refusals_of(conn, [first.number]))
        written += write(target_id, resident_id, number, nth=2, at=now)
    return written


def addressed(conn: Connection, resident_id: int) -> str:
    """王女士: how a resident is addressed where others may read it."""
    name, sex = texts.name_and_sex(conn, resident_id)
    return surname(name) + say("sms", f"titles.{sex or 'unknown'}")


def _number(conn: Connection, target_id: int, resident_id: int, line: Line) -> str | None:
    """The number that was just called where it takes texts, else the first of the resident's own that does."""
    own = [phone.number for phone in phones_of(conn, [resident_id]).get(resident_id, [])]
    attempt_id = newest_attempt_id(conn, target_id)
    attempt = find_attempt(conn, attempt_id) if attempt_id else None
    if attempt is not None and attempt.number in own:
        own = [attempt.number, *(number for number in own if number != attempt.number)]
    sample = person_of(conn, resident_id).sample
    allowed = [number for number in own if line.refusal(number, sample=sample) is None]
    return number_for_texts(allowed, texts.refusals_of(conn, allowed))


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes invitations of one campaign down."""

    conn: Connection
    campaign: Campaign
    line: Line
    rules: Rulebook
    links: bool
    now: datetime

    def __call__(self, target_id: int, resident_id: int, number: str | None, *, nth: int, at: datetime) -> bool:
        """Write the nth invitation of a target down, to be sent at a moment; without a number, that there is none."""
        text_id = texts.insert_text(
            self.conn,
            key=f"invitation:{target_id}:{nth}",
            token=secrets.token_hex(16),
            direction="out",
            kind=TextKind.INVITATION,
            target_id=target_id,
            resident_id=resident_id,
            number=number or "",
            own_number=self.line.from_number(resident_id),
            carrier=self.line.name,
            body=self._body(resident_id, nth),
            status=TextStatus.WAITING if number else TextStatus.DROPPED,
            next_at=at if number else None,
            error_text=None if number else say("sms", "no_number"),
            rehearsal=self.campaign.rehearsal,
            now=self.now,
        )
        if text_id is None:
            return False
        detail = {"target": target_id, "campaign": self.campaign.id, "nth": nth, "number": bool(number)}
        subject = f"text:{text_id}"
        audit.append(self.conn, at=self.now, actor=_ENGINE, action="text.written", subject=subject, detail=detail)
        return True

    def _body(self, resident_id: int, nth: int) -> str:
        plan, name = self.campaign.questionnaire, self.campaign.name
        plain = speaks_of_health(name)
        about = plan.text.say or (say("sms", "about.plain") if plain else say("sms", "about.campaign", campaign=name))
        body = say(
            "sms",
            "invitation" if nth == 1 else "reminder",
            caller=plan.caller or self.rules.name,
            addressed=addressed(self.conn, resident_id),
            about=about,
            link=texts.LINK_PLACE if self.links else "",
            phone=self.rules.phone,
        )
        return say("sms", "rehearsal") + body if self.campaign.rehearsal else body
