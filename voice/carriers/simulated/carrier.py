"""A carrier that rings nobody: simulated residents answer, through the same webhooks and the same TwiML as real ones.

What it knows is in memory only; after a restart it has never heard of a call, as a carrier that never got the request.
"""

import asyncio
import secrets
import uuid
from collections import Counter
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog

from community.clock import Clock, SystemClock
from community.model.calls.call import AttemptStatus
from voice.carriers.base import (
    Abilities,
    Acceptance,
    CallEvent,
    CarrierRequest,
    CarrierResponse,
    FoundCall,
    FoundRecording,
    PlaceRequest,
    PlaceResult,
    Sound,
)
from voice.carriers.simulated.call import SimulatedCall, call_in, talk
from voice.carriers.simulated.characters import Cast, default_cast
from voice.carriers.simulated.line import Line
from voice.carriers.simulated.pace import Pace, ScaledPace
from voice.carriers.simulated.resident import SimulatedResident
from voice.carriers.simulated.texting import SimulatedTexts
from voice.carriers.texting import FoundText, IncomingText, TextReport, TextRequest, TextResult
from voice.carriers.twilio import events, texts
from voice.carriers.twilio.signature import SignatureCheck
from voice.carriers.twilio.twiml import render
from voice.script.steps import CallUrls, Step

log = structlog.get_logger()

_FROM_NUMBER = "+8613800000000"
_REQUEST_SECONDS = 30.0
_REMEMBERED = timedelta(hours=24)


class SimulatedCarrier:
    """Simulated residents as a carrier.

    Args:
        webhook_base_url: where our own server listens, `http://127.0.0.1:8080`.
        speed: how much faster than life the residents live; 0 for no waiting.
        seed: with a number it decides who that resident is.
        characters: other than those of characters.yml.
        clock: when calls are created; the system's unless given.
        pace: how time passes; by speed unless given.
        token: signs the webhooks; random for every process unless given.
    """

    name = "simulated"
    rehearsal = True
    abilities = Abilities()
    from_numbers: tuple[str, ...] = (_FROM_NUMBER,)

    def __init__(
        self,
        webhook_base_url: str,
        *,
        speed: float = 1.0,
        seed: int = 0,
        characters: Cast | None = None,
        clock: Clock | None = None,
        pace: Pace | None = None,
        token: str | None = None,
    ) -> None:
        self._base_url = webhook_base_url.rstrip("/")
        self._seed = seed
        self._cast = characters or default_cast()
        self._clock: Clock = clock or SystemClock()
        self._pace: Pace = pace or ScaledPace(speed)
        self._token = token or secrets.token_hex(16)
        self._signed = SignatureCheck((self._token,))
        self._texts = SimulatedTexts(
            self._cast, seed, self._pace, self._clock.now, self._line_to, self._ring_after_text
        )
        self._calls: dict[str, SimulatedCall] = {}
        self._rung: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    async def place(self, request: PlaceRequest) -> PlaceResult:
        """Let a simulated phone ring; always accepted."""
        self._forget_old()
        character = self._cast.of(request.to, self._seed, self._rung[request.to])
        self._rung[request.to] += 1
        call = SimulatedCall(f"CA{uuid.uuid4().hex}", request, self._clock.now(), character)
        self._calls[call.sid] = call
        resident = SimulatedResident(self._cast, character, request.to, self._seed)
        self._begin(self._live(call, resident))
        return PlaceResult(placement=Acceptance.ACCEPTED, carrier_id=call.sid)

    async def send_text(self, request: TextRequest) -> TextResult:
        """Let a simulated phone get a text; always accepted."""
        taken = self._texts.take(request)
        self._begin(self._live_text(request, taken.carrier_id or ""))
        return taken

    async def find_texts(self, *, to: str, since: datetime) -> list[FoundText]:
        """The texts to a number that this process remembers."""
        sent = self._texts.sent.values()
        return [text for text in sent if text.to == to and (text.created_at or since) >= since]

    async def find_incoming_texts(self, *, to: str, since: datetime) -> list[IncomingText]:  # noqa: ARG002 - none is missed
        """Nothing: what simulated residents write is brought at once, by this very process."""
        return []

    def parse_incoming_text(self, request: CarrierRequest) -> IncomingText:
        """Read a verified webhook, which has Twilio's form."""
        return texts.parse_incoming(request)

    def parse_text_report(self, request: CarrierRequest) -> TextReport:
        """Read a verified webhook, which has Twilio's form."""
        return texts.parse_report(request)

    def take_note(self) -> CarrierResponse:
        """Empty TwiML."""
        return texts.take_note()

    async def cancel(self, carrier_id: str) -> bool:
        """Stop a call that was not picked up."""
        call = self._calls.get(carrier_id)
        if call is None:
            return False
        call.cancelled = call.cancelled or call.status in {"queued", "initiated", "ringing"}
        return call.cancelled or call.is_over

    async def find(self, *, to: str, since: datetime) -> list[FoundCall]:
        """The calls to a number that this process remembers."""
        return [_found(c) for c in self._calls.values() if c.request.to == to and c.created_at >= since]

    async def fetch(self, carrier_id: str) -> FoundCall | None:
        """How one call stands; None when this process does not remember it."""
        call = self._calls.get(carrier_id)
        return _found(call) if call else None

    async def start_recording(self, carrier_id: str, urls: CallUrls) -> None:
        """Nothing can be recorded; that is told when the call is over."""
        call = self._calls.get(carrier_id)
        if call is not None:
            call.recording_url = urls.recording

    async def stop_recording(self, carrier_id: str) -> bool:  # noqa: ARG002 - the interface's signature
        """Nothing is recorded."""
        return True

    async def find_recordings(self, carrier_id: str) -> list[FoundRecording]:  # noqa: ARG002 - the interface's signature
        """Nothing was recorded."""
        return []

    async def fetch_recording(self, recording_id: str) -> Sound | None:  # noqa: ARG002 - the interface's signature
        """Nothing was recorded."""
        return None

    async def delete_recording(self, recording_id: str) -> bool:  # noqa: ARG002 - the interface's signature
        """Nothing is kept."""
        return True

    def verify(self, request: CarrierRequest) -> bool:
        """Tell whether this process has signed the webhook."""
        return self._signed(request)

    def parse(self, request: CarrierRequest) -> CallEvent:
        """Read a verified webhook, which has Twilio's form."""
        return events.parse(request)

    def render(self, step: Step, urls: CallUrls) -> CarrierResponse:
        """TwiML of a step."""
        return CarrierResponse(body=render(step, urls).encode(), content_type="text/xml")

    async def close(self) -> None:
        """Hang up all calls without another word."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def finished(self) -> None:
        """Wait until no simulated call is going on; for tests."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _live(self, call: SimulatedCall, resident: SimulatedResident) -> None:
        with self._pace.working():
            try:
                await talk(call, resident, self._line(call), self._pace, self._cast.voicemail)
                if call.character.rings_back is not None and call.status == "no-answer":
                    await self._ring_back(call, call.character.rings_back)
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                call.end("failed")
                log.warning("simulated_call_broke_off", error=type(error).__name__)

    async def _ring_back(self, missed: SimulatedCall, after: float) -> None:
        """Let somebody who missed our call ring us."""
        await self._pace.sleep(after)
        await self._ring_us(missed.request.to, missed.request.from_number, missed.request.urls.base)

    async def _ring_after_text(self, text: TextRequest) -> None:
        await self._ring_us(text.to, text.from_number, text.urls.base)

    async def _ring_us(self, number: str, own_number: str, base: str) -> None:
        character = self._cast.of(number, self._seed, self._rung[number])
        urls = CallUrls(base, self.name, "", "")
        request = PlaceRequest(to=own_number, from_number=number, urls=urls)
        call = SimulatedCall(f"CA{uuid.uuid4().hex}", request, self._clock.now(), character, is_inbound=True)
        self._calls[call.sid] = call
        resident = SimulatedResident(self._cast, character, number, self._seed)
        await call_in(call, resident, self._line(call), self._pace)

    def _begin(self, life: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(life)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _live_text(self, request: TextRequest, carrier_id: str) -> None:
        with self._pace.working():
            try:
                await self._texts.live(request, carrier_id)
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                log.warning("simulated_text_broke_off", error=type(error).__name__)

    def _line(self, call: SimulatedCall) -> Line:
        return self._line_to(call.request.urls.base)

    def _line_to(self, public_url: str) -> Line:
        if self._session is None:
            limits = aiohttp.ClientTimeout(total=_REQUEST_SECONDS)
            self._session = aiohttp.ClientSession(timeout=limits, connector=aiohttp.TCPConnector(limit=0))
        return Line(self._session, self._token, public_url, self._base_url)

    def _forget_old(self) -> None:
        limit = self._clock.now() - _REMEMBERED
        while self._calls:
            oldest = next(iter(self._calls.values()))
            if oldest.created_at >= limit or not oldest.is_over:
                return
            del self._calls[oldest.sid]


def _found(call: SimulatedCall) -> FoundCall:
    details: dict[str, Any] = call.end_details
    return FoundCall(
        carrier_id=call.sid,
        to=call.request.to,
        from_number=call.request.from_number,
        status=events.status_of(call.status) or AttemptStatus.PLACED,
        outcome=events.outcome_of(call.status, details),
        created_at=call.created_at,
        duration=int(call.duration) if call.is_over else None,
        attempt_id=call.request.urls.attempt_id or None,
    )
