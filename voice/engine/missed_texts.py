"""Take the texts whose webhook never reached us: the carrier is asked what came in, at the start and every few minutes."""

from datetime import datetime, timedelta

import structlog

from community.clock import Clock
from community.errors import Unavailable
from community.model.calls.line import Line
from community.model.rulebook import Rulebook
from community.store.database import Database
from community.store.texts import last_received
from community.usecases.arrived_text import ReceivedText
from community.usecases.pass_on_wish import Understand, understanding_of
from community.usecases.receive_text import receive_text
from voice.carriers.texting import IncomingText, Texting

log = structlog.get_logger(__name__)

#: Each look goes back behind the one before by so much, and the first of a process behind the last text that came in.
_OVERLAP, _FIRST_OVERLAP = timedelta(minutes=15), timedelta(hours=6)
#: Older texts are past.
_FURTHEST = timedelta(days=3)


class MissedTexts:
    """Asks the carrier for what residents wrote; each text is taken once, whoever brings it."""

    def __init__(
        self,
        database: Database,
        texting: Texting,
        clock: Clock,
        rules: Rulebook,
        *,
        line: Line,
        understand: Understand | None = None,
    ) -> None:
        self._database = database
        self._texting = texting
        self._clock = clock
        self._rules = rules
        self._line = line
        self._understand = understand
        self._looked_at: datetime | None = None

    async def tick(self) -> int:
        """Take what is not known yet, in the order in which it was written; return how much it was."""
        now = self._clock.now()
        since = await self._since(now)
        found: list[IncomingText] = []
        try:
            for number in self._line.from_numbers:
                found += await self._texting.find_incoming_texts(to=number, since=since)
        except Unavailable as error:
            log.info("incoming_texts_not_listed", reason=error.code)
            return 0
        outcomes = [await self._take(incoming) for incoming in sorted(found, key=lambda text: text.written_at or now)]
        taken = outcomes.count(True)
        if None not in outcomes:
            self._looked_at = now
        if taken:
            log.warning("missed_texts_taken", texts=taken)
        return taken

    async def _since(self, now: datetime) -> datetime:
        if self._looked_at is not None:
            return self._looked_at - _OVERLAP
        name = self._line.name
        last = await self._database.read(lambda conn: last_received(conn, name))
        # What came before this service knew its numbers is not its own.
        return now - _OVERLAP if last is None else max(last - _FIRST_OVERLAP, now - _FURTHEST)

    async def _take(self, incoming: IncomingText) -> bool | None:
        """Whether it was not known; None where it could not be taken."""
        received = received_of(incoming)
        now = self._clock.now()
        try:
            understood = await understanding_of(self._understand, received.body)
            return await self._database.write(
                lambda conn: receive_text(
                    conn, received, line=self._line, rules=self._rules, now=now, understood=understood
                )
            )
        except Exception:
            # One that cannot be taken holds up no other; the next look brings it again.
            log.exception("missed_text_not_taken")
            return None


def received_of(incoming: IncomingText) -> ReceivedText:
    """A carrier's text as the community takes it."""
    return ReceivedText(
        carrier_id=incoming.carrier_id,
        number=incoming.from_number,
        own_number=incoming.to_number,
        body=incoming.body,
        pictures=incoming.pictures,
        unsubscribed=incoming.unsubscribed,
        written_at=incoming.written_at,
    )
