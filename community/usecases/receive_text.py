"""Take what a resident writes by text message: danger first, then 退订, then the answer to the question that is open.

Everything a message does commits together with the message itself, the answer to it included: the same message again does
nothing, and an answer is neither lost nor sent twice.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.address import Address
from community.model.calls.line import Line
from community.model.calls.retry import OPTED_OUT_REASON
from community.model.calls.text_message import TextKind, TextProblem, TextStatus
from community.model.calls.text_rules import only_polite, wants_no_texts, wants_texts_again
from community.model.cases.case import CaseKind, NewCase, Priority
from community.model.hazards.afterwards import says_yes
from community.model.hazards.distress import DISTRESS_NAMES, kind_of
from community.model.hazards.emergency import Emergency
from community.model.meaning import Label, understand
from community.model.meaning.asides import is_distress, wants_opt_out
from community.model.meaning.speech import plain
from community.model.questionnaires.questionnaire import Question, QuestionKind
from community.model.rulebook import Rulebook
from community.store import audit
from community.store import texts as store
from community.store.cases import case_by_id
from community.store.targets import exclude_waiting, home_of, person_of, target_by_id
from community.store.texts import TextMessage
from community.texts.say import say
from community.usecases.answer_by_text import Answered, answer_by_text, open_targets
from community.usecases.invite_by_text import addressed
from community.usecases.note_case import note_case
from community.usecases.open_case import open_case
from community.usecases.opt_out import opt_out
from community.usecases.raise_emergency import LASTS, Teller, place_emergency, raise_emergency
from community.usecases.recognise_emergency import recognise_emergency
from community.usecases.stand_down_emergency import stand_down_emergency
from community.usecases.written_conversation import VALID_FOR

_E164 = re.compile(r"\+[1-9]\d{5,14}")
_REPLIES_PER_HOUR = 20
#: What is said no more to whoever was answered so often within the hour.
_CHAT = frozenset({TextKind.REPLY, TextKind.DANGER_ASK, TextKind.NO_CALLS})
_NO_CALLS = Question(id="no_calls", kind=QuestionKind.YES_NO, say="以后都别打了吗？")
_ADVICE = {"gas": "gas", "fire": "fire", "despair": "suicide", "police": "violence", "medical": "medical"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedText:
    """A text message that came in.

    Attributes:
        carrier_id: the carrier's id of it: the same again is the same message.
        number: who wrote it; own_number: to which of ours.
        pictures: how many came with it.
        unsubscribed: what the carrier itself has made of it and answered; None for nothing.
    """

    carrier_id: str
    number: str
    own_number: str
    body: str
    pictures: int = 0
    unsubscribed: bool | None = None


def receive_text(conn: Connection, received: ReceivedText, *, line: Line, rules: Rulebook, now: datetime) -> bool:
    """Take one message; return False when it was taken before.

    Args:
        line: by which it came, and by which the answer goes.
    """
    store.hold_number(conn, received.number)
    text_id = store.insert_text(
        conn,
        key=f"in:{line.name}:{received.carrier_id}",
        direction="in",
        kind=TextKind.INCOMING,
        number=received.number,
        own_number=received.own_number,
        carrier=line.name,
        carrier_id=received.carrier_id,
        body=received.body,
        status=TextStatus.RECEIVED,
        rehearsal=line.rehearsal,
        now=now,
    )
    if text_id is None:
        return False
    taking = _Taking(conn=conn, id=text_id, received=received, line=line, rules=rules, now=now)
    if _E164.fullmatch(received.number):
        taking.take()
    audit.append(conn, at=now, actor=taking.actor, action="text.received", subject=f"text:{text_id}", detail={})
    return True


@dataclass(slots=True, kw_only=True)
class _Taking:
    """One message being taken."""

    conn: Connection
    id: int
    received: ReceivedText
    line: Line
    rules: Rulebook
    now: datetime
    conversation: str = ""
    history: Sequence[TextMessage] = ()
    residents: Sequence[tuple[int, str]] = field(default=())

    def __post_init__(self) -> None:
        # Who reads a case or the audit trail learns no number.
        digest = hashlib.sha256(self.received.number.encode()).hexdigest()[:16]
        self.conversation = f"sms:{digest}"
        number = self.received.number
        said = store.texts_with_number(self.conn, number, since=self.now - VALID_FOR, carrier=self.line.name)
        self.history = [text for text in said if text.id != self.id]
        self.residents = store.residents_of_number(self.conn, number)

    @property
    def actor(self) -> Actor:
        """Whoever wrote it."""
        return Actor.resident(self.conversation)

    @property
    def body(self) -> str:
        """What was written."""
        return self.received.body

    def take(self) -> None:
        """Do what the message asks for, and answer it."""
        if self._in_danger() or self._about_texts() or self._about_calls():
            return
        answered = answer_by_text(
            self.conn,
            self.body,
            self.history,
            line=self.line,
            rules=self.rules,
            actor=self.actor,
            now=self.now,
        )
        found = recognise_emergency(self.body)
        if found is not None and found.suspected and self._asked(TextKind.DANGER_ASK) is None:
            # Nothing is asked beside it: a yes must be a yes to this.
            asked = replace(answered, question_id=None) if answered else None
            self._answer(say("emergency", "suspected"), TextKind.DANGER_ASK, asked)
        elif answered is None:
            self._nothing_open()
        elif self.received.pictures and not self.body.strip():
            self._answer(say("sms", "picture", phone=self.rules.phone), TextKind.REPLY, answered)
        else:
            self._answer(answered.say, answered.kind, answered)

    def _in_danger(self) -> bool:
        """Tell somebody in danger whom to call, and raise it, before anything else."""
        crying = is_distress(plain(self.body))
        if crying and open_targets(self.conn, self.history, now=self.now):
            # The conversation they are in raises it, and asks them nothing more.
            return False
        emergency, told = self._emergency()
        if emergency is not None:
            raised = raise_emergency(
                self.conn,
                emergency,
                text=told,
                conversation_id=self.conversation,
                message=f"text:{self.id}",
                rules=self.rules,
                now=self.now,
                teller=self._teller(),
            )
            self._answer(raised.text, TextKind.EMERGENCY)
        elif crying:
            self._cry_for_help()
        else:
            return self._after_danger() or self._adds_to_cry()
        return True

    def _emergency(self) -> tuple[Emergency | None, str]:
        """The danger that this message tells of, or that it confirms, and the words that told of it."""
        found = recognise_emergency(self.body)
        if found is not None and not found.suspected:
            return found, self.body
        asked = self._asked(TextKind.DANGER_ASK)
        before = next((text for text in self.history if asked is not None and text.id == asked.reply_to), None)
        suspected = recognise_emergency(before.body) if before is not None and says_yes(self.body) else None
        if before is None or suspected is None:
            return None, self.body
        return replace(suspected, suspected=False, decided_by="asked"), f"{before.body}\n{self.body}"

    def _after_danger(self) -> bool:
        """Where somebody in danger is, and that it has passed."""
        key = f"text:{self.id}"
        where: dict[str, Any] = {
            "conversation_id": self.conversation,
            "message": key,
            "rules": self.rules,
            "now": self.now,
        }
        over = stand_down_emergency(self.conn, text=self.body, **where)
        if over is not None:
            self._answer(say("emergency", "over", number=over.number), TextKind.REPLY)
            return True
        just_told = self._asked(TextKind.EMERGENCY) is not None
        placed = place_emergency(self.conn, text=self.body, just_told=just_told, **where)
        if placed is not None:
            self._answer(placed.text, TextKind.EMERGENCY)
        return placed is not None

    def _asked(self, kind: TextKind) -> TextMessage | None:
        """The last text we wrote, where it is of that kind and still fresh."""
        last = next((text for text in self.history if text.direction == "out"), None)
        fresh = last is not None and last.kind is kind and self.now - last.created_at <= LASTS
        return last if fresh else None

    def _adds_to_cry(self) -> bool:
        """What somebody writes who has just been told whom to call goes onto the case of their cry for help."""
        told = self._asked(TextKind.EMERGENCY)
        if told is None:
            return False
        target = target_by_id(self.conn, told.target_id) if told.target_id is not None else None
        if target is None or target.case_id is None or not case_by_id(self.conn, target.case_id).status.is_open:
            return False
        note_case(self.conn, target.case_id, self.body, actor=self.actor, now=self.now, source_key=f"text:{self.id}")
        self._answer(say("sms", "added"), TextKind.EMERGENCY, resident_id=told.resident_id, target_id=told.target_id)
        return True

    def _cry_for_help(self) -> None:
        kind = kind_of(plain(self.body))
        teller = self._teller()
        new = NewCase(
            kind=CaseKind.WORRYING,
            source_key=f"text:{self.id}:distress",
            summary=say("sms", "distress_case", kind=DISTRESS_NAMES[kind]),
            description=self._with_number(f"原话：{self.body}"),
            priority=Priority.EMERGENCY,
            danger=True,
            address=teller.home or Address(),
            grid=teller.grid or None,
            resident_id=teller.resident_id,
            rehearsal=teller.rehearsal,
        )
        open_case(self.conn, new, rules=self.rules, actor=self.actor, now=self.now)
        advice = say("emergency", f"advice.{_ADVICE[kind]}", gas_phone=self.rules.gas_phone)
        self._answer(say("writing", "emergency", advice=advice), TextKind.EMERGENCY)

    def _about_texts(self) -> bool:
        """退订 and 恢复, whoever has obeyed them already."""
        told = self.received.unsubscribed
        people = [resident_id for resident_id, _ in self.residents]
        if told or wants_no_texts(self.body):
            if self._counts():
                store.refuse_texts(self.conn, self.received.number, TextProblem.UNSUBSCRIBED, self.now)
                store.opt_out_of_texts(self.conn, people, self.now)
                self._write_line("text.opted_out", people)
            if not told:
                self._answer(say("sms", "goodbye"), TextKind.GOODBYE)
            return True
        if told is False or wants_texts_again(self.body):
            store.allow_texts(self.conn, self.received.number, people)
            self._write_line("text.opted_in", people)
            if told is None:
                self._answer(say("sms", "back_again"), TextKind.REPLY)
            return True
        return False

    def _about_calls(self) -> bool:
        """The answer to whether we are never to call again."""
        asked = next((text for text in self.history if text.direction == "out"), None)
        if asked is None or asked.kind is not TextKind.NO_CALLS or asked.resident_id is None:
            return False
        digits = plain(self.body) if plain(self.body) in {"1", "2"} else ""
        today = self.now.astimezone(self.rules.timezone).date()
        reading = understand(_NO_CALLS, "" if digits else self.body, digits, None, today)
        if reading.label == Label.NO:
            self._answer(say("sms", "calls_kept"), TextKind.REPLY)
            return True
        if reading.label != Label.YES and not wants_opt_out(plain(self.body)):
            return False
        person = person_of(self.conn, asked.resident_id)
        if person.sample or not self.line.rehearsal:
            opt_out(self.conn, person.resident_id, reason="短信要求不要再打电话", actor=self.actor, now=self.now)
            exclude_waiting(self.conn, resident_id=person.resident_id, reason=OPTED_OUT_REASON, now=self.now)
        who = addressed(self.conn, person.resident_id)
        self._answer(say("sms", "no_calls", addressed=who, phone=self.rules.phone), TextKind.REPLY)
        return True

    def _nothing_open(self) -> None:
        phone = self.rules.phone
        if self.received.pictures and not self.body.strip():
            self._answer(say("sms", "picture", phone=phone), TextKind.REPLY)
        elif self.residents and wants_opt_out(plain(self.body)):
            self._ask_about_calls()
        elif not only_polite(self.body):
            self._hand_over("question_case" if self.residents else "stranger_case")
            self._answer(say("sms", "nothing_open", phone=phone), TextKind.REPLY)
        elif not any(text.direction == "out" for text in self.history):
            self._answer(say("sms", "greeting", community=self.rules.name, phone=phone), TextKind.REPLY)

    def _ask_about_calls(self) -> None:
        written_to = [text.resident_id for text in self.history if text.direction == "out" and text.resident_id]
        own = [resident_id for resident_id, _ in self.residents]
        whose = next((resident for resident in written_to if resident in own), own[0] if len(own) == 1 else None)
        if whose is None:
            self._hand_over("no_calls_case")
            self._answer(say("sms", "no_calls_whose", phone=self.rules.phone), TextKind.REPLY)
            return
        who = addressed(self.conn, whose)
        self._answer(say("sms", "no_calls_ask", addressed=who), TextKind.NO_CALLS, resident_id=whose)

    def _hand_over(self, summary: str) -> None:
        """Let staff answer; what the same number writes on the same day goes onto one case."""
        day = self.now.astimezone(self.rules.timezone).date()
        teller = self._teller()
        new = NewCase(
            kind=CaseKind.QUESTION,
            source_key=f"{self.conversation}:{day}:{summary}",
            summary=say("sms", summary),
            description=self._with_number(self.body),
            address=teller.home or Address(),
            grid=teller.grid or None,
            resident_id=teller.resident_id,
            rehearsal=teller.rehearsal,
        )
        opened = open_case(self.conn, new, rules=self.rules, actor=self.actor, now=self.now)
        if not opened.created:
            note_case(
                self.conn, opened.id, self.body, actor=self.actor, now=self.now, source_key=f"text:{self.id}:note"
            )

    def _answer(
        self,
        body: str,
        kind: TextKind,
        answered: Answered | None = None,
        *,
        resident_id: int | None = None,
        target_id: int | None = None,
    ) -> None:
        """Write the answer down; it is sent by the worker, once."""
        if answered is not None:
            resident_id, target_id = answered.resident_id, answered.target_id
        store.note_on_text(self.conn, self.id, target_id=target_id, resident_id=resident_id)
        if not body or (kind in _CHAT and self._wrote_too_often()):
            return
        store.insert_text(
            self.conn,
            key=f"reply:{self.id}",
            token=secrets.token_hex(16),
            direction="out",
            kind=kind,
            target_id=target_id,
            resident_id=resident_id,
            question_id=answered.question_id if answered else None,
            reply_to=self.id,
            number=self.received.number,
            own_number=self.received.own_number,
            carrier=self.line.name,
            body=say("sms", "rehearsal") + body if self.line.rehearsal else body,
            status=TextStatus.WAITING,
            next_at=self.now,
            rehearsal=self.line.rehearsal,
            now=self.now,
        )

    def _teller(self) -> Teller:
        """Who it is: the resident whose number it is, or the one among several whom we wrote to last."""
        own = [resident_id for resident_id, _ in self.residents]
        asked = next((text for text in self.history if text.resident_id in own and text.direction == "out"), None)
        resident_id = asked.resident_id if asked else own[0] if len(own) == 1 else None
        if resident_id is None and not own:
            return Teller(contact=self._with_number(""), rehearsal=self.line.rehearsal)
        home, grid = home_of(self.conn, resident_id or own[0])
        return Teller(
            resident_id=resident_id,
            target_id=asked.target_id if asked else None,
            home=home,
            grid=grid,
            rehearsal=self.line.rehearsal,
        )

    def _counts(self) -> bool:
        """Whether what is said here is true of a real number: in a rehearsal it is so for sample residents only."""
        if not self.line.rehearsal:
            return True
        return all(person_of(self.conn, resident_id).sample for resident_id, _ in self.residents)

    def _wrote_too_often(self) -> bool:
        """A machine answers a machine: nothing more is said for a while."""
        since = self.now - timedelta(hours=1)
        lately = [text for text in self.history if text.kind in _CHAT and text.created_at > since]
        return len(lately) >= _REPLIES_PER_HOUR

    def _with_number(self, words: str) -> str:
        return words if self.residents else f"{words}\n来信号码：{self.received.number}".strip()

    def _write_line(self, action: str, people: Sequence[int]) -> None:
        detail = {"residents": list(people)}
        audit.append(self.conn, at=self.now, actor=self.actor, action=action, subject=f"text:{self.id}", detail=detail)
