"""Sends texts: writes to whoever a call did not reach, sends each once, and asks the carrier about those of unknown fate."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from community.clock import Clock
from community.errors import Unavailable
from community.model.calls.line import Line
from community.model.calls.text_message import TextStatus
from community.model.calls.text_rules import Later, Never
from community.model.rulebook import Rulebook
from community.store import pace as pace_store
from community.store import texts as store
from community.store.campaigns import running_campaigns
from community.store.database import Database
from community.store.texts import CODE_PLACE, LINK_PLACE, TextMessage
from community.usecases.invite_by_text import invite_by_text
from voice.carriers.base import Acceptance
from voice.carriers.texting import FoundText, Texting, TextRequest, TextResult, TextUrls
from voice.engine.text_claim import Sender, claim_texts, why_not
from voice.engine.text_settle import give_back, never_taken, settle_found, settle_text, text_pool
from voice.engine.timing import Timing

log = structlog.get_logger(__name__)

#: Makes the link that opens a target's questions, in the transaction that is given.
MakeLink = Callable[[Connection, int, datetime], str]
#: Makes the one-time code that a text with this key bears.
MakeCode = Callable[[Connection, str], str]

#: The carrier's clock and ours may differ by so much.
_CLOCK_DIFFERENCE = timedelta(minutes=1)
#: A text that the carrier knows nothing of after so long was never taken.
_NEVER_TAKEN_AFTER = timedelta(minutes=2)
_ASKED_AT_LEAST = 2
_TRIES = 2
_AT_ONCE = 20


class Texter:
    """One worker that sends texts; any number of them share the work through the database.

    Args:
        texting: the carrier that can.
        public_url: where the carrier sends what happens.
        make_link: makes the link that goes along with an invitation; None where there is none that residents can open.
        make_code: makes a one-time code; None where none is ever asked for.
    """

    def __init__(
        self,
        database: Database,
        texting: Texting,
        clock: Clock,
        rules: Rulebook,
        *,
        line: Line,
        public_url: str,
        worker_id: str,
        make_link: MakeLink | None = None,
        make_code: MakeCode | None = None,
        timing: Timing | None = None,
    ) -> None:
        self._database = database
        self._texting = texting
        self._clock = clock
        self._line = line
        self._rules = rules
        self._public_url = public_url
        self._make_link = make_link
        self._make_code = make_code
        self._timing = timing or Timing()
        self._sender = Sender(worker_id=worker_id, line=line, rules=rules, timing=self._timing)

    async def tick(self) -> None:
        """Write what is to be written, ask about what is unknown, send what is due; danger before each of it."""
        now = self._clock.now()
        if not await self._database.read(self._has_work):
            return
        await self._send_urgent()
        unknown = await self._database.write(lambda conn: self._look_after(conn, now))
        for text in unknown:
            await self._look_for(text)
            await self._send_urgent()
        claimed_at = self._clock.monotonic()
        for text, body in await self._database.write(lambda conn: self._claim(conn, self._clock.now())):
            await self._send_urgent()
            await self._send(text, body, claimed_at)

    async def _send_urgent(self) -> None:
        """Send what somebody in danger is told, also while the carrier rests: it may have recovered a moment ago."""
        now, name = self._clock.now(), self._line.name
        if not await self._database.read(lambda conn: store.has_urgent_texts(conn, name, now)):
            return
        claimed_at = self._clock.monotonic()
        for text in await self._database.write(lambda conn: claim_texts(conn, self._sender, urgent=True, now=now)):
            await self._send(text, text.body, claimed_at)

    def _has_work(self, conn: Connection) -> bool:
        campaigns = running_campaigns(conn, rehearsal=self._line.rehearsal)
        return any(each.questionnaire.text.unreached for each in campaigns) or store.has_text_work(
            conn, self._line.name
        )

    def _look_after(self, conn: Connection, now: datetime) -> Sequence[TextMessage]:
        for campaign in running_campaigns(conn, rehearsal=self._line.rehearsal):
            invite_by_text(
                conn, campaign, line=self._line, links=self._make_link is not None, rules=self._rules, now=now
            )
        for text_id in store.expire_text_leases(conn, now):
            log.warning("text_worker_went_silent", text=text_id)
        next_check = now + self._timing.next_ask / 2
        return store.take_text_checks(conn, self._line.name, now=now, next_check=next_check, limit=_AT_ONCE)

    def _claim(self, conn: Connection, now: datetime) -> list[tuple[TextMessage, str]]:
        """Take texts, each with what is really sent: the link in it is kept nowhere."""
        pace = pace_store.pace_of(conn, text_pool(self._line.name))
        if pace is not None and (pace.rests(now) or (pace.slow_factor > 1 and pace.next_at > now)):
            return []
        return [(text, self._in_full(conn, text, now)) for text in claim_texts(conn, self._sender, now=now)]

    def _in_full(self, conn: Connection, text: TextMessage, now: datetime) -> str:
        if CODE_PLACE in text.body and self._make_code is not None:
            return text.body.replace(CODE_PLACE, self._make_code(conn, text.key))
        if LINK_PLACE not in text.body or self._make_link is None or text.target_id is None:
            return text.body
        return text.body.replace(LINK_PLACE, self._make_link(conn, text.target_id, now))

    async def _send(self, text: TextMessage, body: str, claimed_at: float) -> None:
        against = await self._last_look(text, claimed_at)
        now = self._clock.now()
        if isinstance(against, FoundText):
            found = against
            await self._database.write(lambda conn: settle_found(conn, text, found, now=now))
        elif isinstance(against, Later):
            at = against.at
            await self._database.write(lambda conn: give_back(conn, text, at=at, now=now))
        elif isinstance(against, Never):
            reason = against.reason
            await self._database.write(
                lambda conn: store.move_text(
                    conn, text, TextStatus.DROPPED, now=now, error_text=reason, owner="", lease_until=None
                )
            )
        else:
            result = await self._post(text, body)
            moment = self._clock.now()
            await self._database.write(lambda conn: settle_text(conn, text, result, now=moment))

    async def _last_look(self, text: TextMessage, claimed_at: float) -> Later | Never | FoundText | None:
        """Look once more at all that may have changed since the claim; the carrier is asked where a try was lost."""
        if text.tries > 1:
            try:
                if (found := await self._found(text)) is not None:
                    return found
            except Unavailable:
                return Later(self._clock.now() + self._timing.next_ask)
        now = self._clock.now()
        if not self._lease_holds(text, claimed_at, now):
            # A process that slept is no longer sure that the text is its own.
            return Later(now)
        return await self._database.read(lambda conn: self._why_not(conn, text, now))

    def _why_not(self, conn: Connection, text: TextMessage, now: datetime) -> Later | Never | None:
        stands = store.find_text(conn, text.id)
        if stands is None or stands.fence != text.fence or stands.status is not TextStatus.SENDING:
            return Later(now)
        return why_not(conn, text, self._sender, now=now)

    def _lease_holds(self, text: TextMessage, claimed_at: float, now: datetime) -> bool:
        """By both clocks: one stands still while a machine sleeps, the other may be set."""
        needed = self._timing.place + self._timing.margin
        age = timedelta(seconds=self._clock.monotonic() - claimed_at)
        in_time = text.lease_until is not None and now < text.lease_until - needed
        return in_time and age < self._timing.lease - needed

    async def _post(self, text: TextMessage, body: str) -> TextResult:
        urls = TextUrls(self._public_url, self._line.name, text.id, text.token)
        request = TextRequest(to=text.number, from_number=text.own_number, body=body, urls=urls)
        try:
            async with asyncio.timeout(self._timing.place.total_seconds()):
                return await self._texting.send_text(request)
        except TimeoutError:
            return TextResult(sending=Acceptance.UNKNOWN, error_code="timeout", error_text="线路方没有及时应答")
        except Exception:
            log.exception("send_text_failed", text=text.id)
            return TextResult(sending=Acceptance.UNKNOWN, error_code="error", error_text="线路请求出错")

    async def _look_for(self, text: TextMessage) -> None:
        try:
            found = await self._found(text)
        except Unavailable:
            log.warning("carrier_cannot_be_asked", text=text.id)
            return
        now = self._clock.now()
        await self._database.write(lambda conn: self._conclude(conn, text, found, now))

    async def _found(self, text: TextMessage) -> FoundText | None:
        """The text at the carrier that must be this one; None when there is none.

        Raises:
            Unavailable: the carrier cannot be asked.
        """
        since = (text.tried_at or text.created_at) - _CLOCK_DIFFERENCE
        found = await self._texting.find_texts(to=text.number, since=since)
        ids = [each.carrier_id for each in found]
        known = await self._database.read(lambda conn: store.text_ids_known(conn, ids))
        mine = [each for each in found if each.carrier_id not in known and _is_body(each.body, text.body)]
        return min(mine, key=lambda each: each.created_at or since, default=None)

    def _conclude(self, conn: Connection, text: TextMessage, found: FoundText | None, now: datetime) -> None:
        stands = store.find_text(conn, text.id, lock=True)
        if stands is None or stands.status is not TextStatus.UNKNOWN:
            return
        if found is not None:
            settle_found(conn, stands, found, now=now)
            return
        asks, last = stands.asks + 1, stands.changed_at
        if asks < _ASKED_AT_LEAST or now - last < _NEVER_TAKEN_AFTER:
            store.note_on_text(conn, stands.id, asks=asks, check_at=now + self._timing.next_ask)
        elif stands.tries >= _TRIES:
            never_taken(conn, stands, now=now)
        else:
            store.move_text(conn, stands, TextStatus.WAITING, now=now, next_at=now, asks=0, check_at=None)


def _is_body(sent: str, written: str) -> bool:
    """Whether a body at the carrier is that of a text, which may bear a link or a code; a trial account writes before it."""
    before, place, after = written.partition(CODE_PLACE if CODE_PLACE in written else LINK_PLACE)
    return (before in sent and sent.endswith(after)) if place else sent.endswith(written)
