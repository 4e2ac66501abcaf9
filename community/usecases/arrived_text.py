"""A text message that came in, with all that decides what is answered; and the answer, written down to be sent once."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.calls.line import Line
from community.model.calls.text_message import TextKind, TextStatus
from community.model.hazards.emergency_numbers import in_region
from community.model.hazards.wish import Understood
from community.model.rulebook import Rulebook
from community.store import audit
from community.store import texts as store
from community.store.targets import home_of, person_of
from community.store.texts import TextMessage
from community.texts.say import say
from community.usecases.answer_by_text import Answered
from community.usecases.raise_emergency import LASTS, Teller
from community.usecases.written_conversation import VALID_FOR

_REPLIES_PER_HOUR = 20
#: Said no more to whoever was answered so often within the hour; what somebody in danger is told is counted by itself.
_CHAT = frozenset({TextKind.REPLY, TextKind.DANGER_ASK, TextKind.NO_CALLS, TextKind.FOR_ANOTHER})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedText:
    """A text message that came in.

    Attributes:
        carrier_id: the carrier's id of it: the same again is the same message.
        number: who wrote it; own_number: to which of ours.
        pictures: how many came with it.
        unsubscribed: what the carrier itself has made of it and answered; None for nothing.
        written_at: when it was written, where it reached us late: whoever wrote it may sleep by now.
    """

    carrier_id: str
    number: str
    own_number: str
    body: str
    pictures: int = 0
    unsubscribed: bool | None = None
    written_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class ArrivedText:
    """One message that was kept a moment ago, and what is known of whoever wrote it.

    Attributes:
        understood: what the assistant makes of it as a report; None where it was not there to ask.
    """

    conn: Connection
    id: int
    received: ReceivedText
    line: Line
    rules: Rulebook
    now: datetime
    understood: Understood | None = None
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
    def key(self) -> str:
        """What it is called in the keys of cases: an id is given out again once old texts are deleted."""
        return f"text:{self.line.name}:{self.received.carrier_id}"

    @property
    def body(self) -> str:
        """What was written."""
        return self.received.body

    @property
    def today(self) -> date:
        """The day, where the community is."""
        return self.now.astimezone(self.rules.timezone).date()

    @property
    def overtaken_by(self) -> Sequence[TextMessage]:
        """What the same number has written since, where this one reached us late."""
        written_at = self.received.written_at
        if written_at is None:
            return ()
        return [text for text in self.history if text.direction == "in" and text.created_at > written_at]

    def answer(
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
        body = in_region(body, self.rules.region)
        if not body or self._wrote_too_often(_CHAT if kind in _CHAT else {kind}):
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
            now=min(self.received.written_at or self.now, self.now),
        )

    def teller(self) -> Teller:
        """Who it is: the resident whose number it is, or the one among several whom we wrote to last."""
        own = [resident_id for resident_id, _ in self.residents]
        asked = next((text for text in self.history if text.resident_id in own and text.direction == "out"), None)
        resident_id = asked.resident_id if asked else own[0] if len(own) == 1 else None
        if resident_id is None and not own:
            return Teller(contact=self.with_number(""), rehearsal=self.line.rehearsal)
        home, grid = home_of(self.conn, resident_id or own[0])
        return Teller(
            resident_id=resident_id,
            target_id=asked.target_id if asked else None,
            home=home,
            grid=grid,
            rehearsal=self.line.rehearsal,
        )

    def asked(self, kind: TextKind) -> TextMessage | None:
        """The last text we wrote, where it is of that kind and still fresh."""
        last = next((text for text in self.history if text.direction == "out"), None)
        fresh = last is not None and last.kind is kind and self.now - last.created_at <= LASTS
        return last if fresh else None

    def counts(self) -> bool:
        """Whether what is said here is true of a real number: in a rehearsal it is so for sample residents only."""
        if not self.line.rehearsal:
            return True
        return all(person_of(self.conn, resident_id).sample for resident_id, _ in self.residents)

    def _wrote_too_often(self, kinds: Collection[TextKind]) -> bool:
        """A machine answers a machine: nothing more of these kinds is said for a while."""
        since = self.now - timedelta(hours=1)
        lately = [text for text in self.history if text.kind in kinds and text.created_at > since]
        return len(lately) >= _REPLIES_PER_HOUR

    def with_number(self, words: str) -> str:
        """Words for staff, with the number beside them where the roster does not have it."""
        return words if self.residents else f"{words}\n来信号码：{self.received.number}".strip()

    def write_line(self, action: str, people: Sequence[int]) -> None:
        """Leave an audit line about what residents want."""
        detail = {"residents": list(people)}
        audit.append(self.conn, at=self.now, actor=self.actor, action=action, subject=f"text:{self.id}", detail=detail)
