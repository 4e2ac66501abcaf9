"""The carriers' webhooks: verified before anything is read, answered whatever happens, never in the caller's ear as an error."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from aiohttp import web
from sqlalchemy import Connection

from community.clock import Clock
from community.errors import InvalidInput
from community.model.hazards.wish import Wish
from community.model.rulebook import Rulebook
from community.store import calls
from community.store.calls import RunningCall
from community.store.database import Database
from community.store.inbound import attempt_of_call, calls_to_take_back
from community.usecases.receive_call import receive_call
from voice.carriers.base import (
    CallEvent,
    CallRef,
    CallsBackAtOneAddress,
    Carrier,
    CarrierRequest,
    CarrierResponse,
    EventKind,
)
from voice.engine.apply import apply_event, apply_to
from voice.engine.receipts import apply_receipts
from voice.script.steps import INBOUND_PATH, INBOUND_STATUS_PATH, CallUrls, Heard, Language, Step
from voice.script.wording import wording
from voice.web.asides import Asides, AskAssistant, HearWish
from voice.web.call_turn import TakenTurn, take_turn
from voice.web.finding import CallFinder, refuse_another_call, spoken_to
from voice.web.webhook import LARGEST_BODY, LARGEST_SPEECH, read_webhook

log = structlog.get_logger()

_STOP_TRIES = 3
_DONE = CarrierResponse(body=b"", content_type="text/plain", status=204)


def voice_routes(
    *,
    database: Database,
    carriers: Mapping[str, Carrier],
    clock: Clock,
    rules: Rulebook,
    public_url: str,
    ask_assistant: AskAssistant | None = None,
    hear_wish: HearWish | None = None,
) -> list[web.RouteDef]:
    """The routes of the webhooks: `/voice/{carrier}/{attempt}/{token}/{tail}`, `/voice/{carrier}/callbacks/{tail}`.

    Args:
        carriers: by name, as it stands in the URL.
        public_url: where carriers reach us.
        ask_assistant: answers a question that a resident asks back; None answers nothing.
        hear_wish: finds what must be looked after in words that were said to a question; None finds nothing.
    """
    webhooks = _Webhooks(
        database=database,
        carriers=carriers,
        clock=clock,
        rules=rules,
        public_url=public_url,
        ask_assistant=ask_assistant,
        hear_wish=hear_wish,
    )
    return [
        web.post(INBOUND_PATH, webhooks.receive_inbound),
        web.post(INBOUND_STATUS_PATH, webhooks.receive_inbound),
        web.post("/voice/{carrier}/callbacks/{tail:.+}", webhooks.receive_shared),
        web.post("/voice/{carrier}/{attempt}/{token}/{tail:.+}", webhooks.receive),
    ]


class _Webhooks:
    def __init__(
        self,
        *,
        database: Database,
        carriers: Mapping[str, Carrier],
        clock: Clock,
        rules: Rulebook,
        public_url: str,
        ask_assistant: AskAssistant | None,
        hear_wish: HearWish | None,
    ) -> None:
        self._database = database
        self._carriers = carriers
        self._clock = clock
        self._rules = rules
        self._public_url = public_url
        self._finder = CallFinder()
        self._asides = Asides(database, clock, rules, self._finder, ask_assistant=ask_assistant, hear_wish=hear_wish)
        self._background: set[asyncio.Task[None]] = set()

    async def receive(self, request: web.Request) -> web.Response:
        """Answer one webhook of one call."""
        carrier, webhook = await self._verified(request)
        urls = CallUrls(self._public_url, carrier.name, request.match_info["attempt"], request.match_info["token"])
        try:
            event = carrier.parse(webhook)
        except InvalidInput as error:
            raise _bad_webhook(carrier, error) from error
        return _to_web(await self._answer(carrier, urls, event))

    async def receive_shared(self, request: web.Request) -> web.Response:
        """Answer one webhook of a carrier that sends those of all calls to one address."""
        carrier, webhook = await self._verified(request)
        if not isinstance(carrier, CallsBackAtOneAddress):
            raise web.HTTPNotFound(text="no such webhook")
        try:
            told = carrier.parse_shared(webhook)
        except InvalidInput as error:
            raise _bad_webhook(carrier, error) from error
        if isinstance(told, CarrierResponse):
            return _to_web(told)
        if len(told) == 1 and told[0][1].kind is EventKind.STEP:
            ref, event = told[0]
            urls = CallUrls(self._public_url, carrier.name, ref.attempt, ref.token or "")
            return _to_web(await self._answer(carrier, urls, event))
        await self._database.write(lambda conn: self._take_receipts(conn, carrier, told))
        return _to_web(carrier.acknowledge())

    async def receive_inbound(self, request: web.Request) -> web.Response:
        """Answer a call that comes in, or hear how it ended; whichever of our carriers has signed it."""
        path = request.path.removeprefix("/voice/")
        webhook = await read_webhook(request, self._public_url, path=path)
        carrier = next((each for each in self._carriers.values() if each.verify(webhook)), None)
        if carrier is None:
            log.warning("webhook_refused", carrier="", reason="signature")
            raise web.HTTPForbidden(text="signature")
        try:
            event = carrier.parse(webhook)
        except InvalidInput as error:
            raise _bad_webhook(carrier, error) from error
        if event.kind is EventKind.INBOUND:
            return _to_web(await self._answer_caller(carrier, event))
        await self._database.write(lambda conn: self._hear_of_caller(conn, carrier, event))
        return _to_web(_DONE)

    async def _answer_caller(self, carrier: Carrier, event: CallEvent) -> CarrierResponse:
        step = replace(event, kind=EventKind.STEP, heard=Heard())
        try:
            urls, taken, ours = await self._database.write(lambda conn: self._take_caller(conn, carrier, step))
        except Exception:
            log.exception("inbound_call_failed", carrier=carrier.name)
            return _say(carrier, _apology(step), CallUrls(self._public_url, carrier.name, "", ""), step)
        for carrier_id in ours:
            # Nobody talks to us on two lines at once.
            self._in_background(_take_back(carrier, carrier_id))
        return _say(carrier, taken.step, urls, step)

    def _take_caller(
        self, conn: Connection, carrier: Carrier, event: CallEvent
    ) -> tuple[CallUrls, TakenTurn, list[str]]:
        """Write the call down, take its first turn, and find our own calls that are on the way to the same person."""
        now = self._clock.now()
        attempt_id = receive_call(
            conn,
            carrier=carrier.name,
            carrier_id=event.carrier_id or "",
            caller=event.caller,
            called=event.called,
            rehearsal=carrier.rehearsal,
            now=now,
        )
        call = calls.running_call(conn, attempt_id, lock=True)
        assert call is not None, "it was written down a moment ago"  # noqa: S101 - calls are never deleted
        urls = CallUrls(self._public_url, carrier.name, attempt_id, call.token)
        taken = self._turn(conn, carrier, spoken_to(call, carrier), event, answer=None, now=now)
        people = [call.resident_id] if call.resident_id is not None else []
        known = bool(call.number or people)
        ours = calls_to_take_back(conn, carrier.name, call.number, people) if taken.fresh and known else []
        return urls, taken, ours

    def _hear_of_caller(self, conn: Connection, carrier: Carrier, event: CallEvent) -> None:
        attempt_id = attempt_of_call(conn, carrier.name, event.carrier_id or "")
        if attempt_id is not None:
            apply_event(conn, attempt_id, event, rules=self._rules, now=self._clock.now())

    async def _verified(self, request: web.Request) -> tuple[Carrier, CarrierRequest]:
        carrier = self._carriers.get(request.match_info["carrier"])
        if carrier is None:
            raise web.HTTPNotFound(text="no such carrier")
        largest = LARGEST_SPEECH if request.match_info["tail"].startswith("step/") else LARGEST_BODY
        webhook = await read_webhook(request, self._public_url, largest=largest)
        if not carrier.verify(webhook):
            log.warning("webhook_refused", carrier=carrier.name, reason="signature")
            raise web.HTTPForbidden(text="signature")
        return carrier, webhook

    def _take_receipts(self, conn: Connection, carrier: Carrier, told: Sequence[tuple[CallRef, CallEvent]]) -> None:
        events = [(ref.attempt, event) for ref, event in told if event.kind is not EventKind.STEP]
        apply_receipts(conn, events, carrier=carrier.name, rules=self._rules, now=self._clock.now())

    async def _answer(self, carrier: Carrier, urls: CallUrls, event: CallEvent) -> CarrierResponse:
        try:
            wish = await self._asides.wish(carrier, urls, event)
            answer = None if wish else await self._asides.assistant_answer(carrier, urls, event)
            taken = await self._database.write(
                lambda conn: self._take(conn, carrier, urls, event, answer=answer, wish=wish)
            )
        except web.HTTPException:
            raise
        except Exception:
            if event.kind is not EventKind.STEP:
                # The carrier repeats a status that met an error.
                raise
            log.exception("step_failed", attempt_id=urls.attempt_id)
            return _say(carrier, _apology(event), urls, event)
        if taken is None:
            return _DONE
        if taken.fresh and taken.step.start_recording and taken.carrier_id:
            self._in_background(carrier.start_recording(taken.carrier_id, urls))
        elif taken.fresh and taken.step.stop_recording and taken.carrier_id:
            self._in_background(_stop_recording(carrier, taken.carrier_id))
        return _say(carrier, taken.step, urls, event)

    def _take(
        self,
        conn: Connection,
        carrier: Carrier,
        urls: CallUrls,
        event: CallEvent,
        *,
        answer: str | None,
        wish: Wish | None,
    ) -> TakenTurn | None:
        """Apply one event in the transaction that is given; None for an event that wants no words."""
        now = self._clock.now()
        if event.kind is not EventKind.STEP:
            apply_to(conn, self._finder.attempt(conn, carrier, urls, event), event, rules=self._rules, now=now)
            return None
        call = self._finder.call(conn, carrier, urls, event, lock=True)
        refuse_another_call(conn, call, event)
        return self._turn(conn, carrier, call, event, answer=answer, wish=wish, now=now)

    def _turn(
        self,
        conn: Connection,
        carrier: Carrier,
        call: RunningCall,
        event: CallEvent,
        *,
        answer: str | None,
        wish: Wish | None = None,
        now: datetime,
    ) -> TakenTurn:
        return take_turn(
            conn,
            call,
            event,
            questionnaire_of=lambda campaign_id: self._finder.questionnaire(conn, campaign_id, carrier),
            rules=self._rules,
            now=now,
            answer=answer,
            wish=wish,
            records=carrier.abilities.records,
        )

    def _in_background(self, work: Awaitable[None]) -> None:
        async def run() -> None:
            try:
                await work
            except Exception:
                # Nobody waits for it: what failed is looked up and tried again by the engine's own rounds.
                log.exception("background_failed")

        task = asyncio.create_task(run())
        self._background.add(task)
        task.add_done_callback(self._background.discard)


async def _stop_recording(carrier: Carrier, carrier_id: str) -> None:
    for _ in range(_STOP_TRIES):
        if await carrier.stop_recording(carrier_id):
            return
    log.error("recording_runs_on", carrier_id=carrier_id)


async def _take_back(carrier: Carrier, carrier_id: str) -> None:
    await carrier.cancel(carrier_id)


def _bad_webhook(carrier: Carrier, error: InvalidInput) -> web.HTTPBadRequest:
    log.warning("webhook_refused", carrier=carrier.name, reason=error.code)
    return web.HTTPBadRequest(text=error.code)


def _say(carrier: Carrier, step: Step, urls: CallUrls, event: CallEvent) -> CarrierResponse:
    if isinstance(carrier, CallsBackAtOneAddress):
        return carrier.answer(step, urls, event.carrier_id)
    return carrier.render(step, urls)


def _apology(event: CallEvent) -> Step:
    prompts = tuple(wording(Language.MANDARIN).prompts("apology"))
    return Step(number=int(event.detail.get("step", 0)) + 1, prompts=prompts, hang_up=True)


def _to_web(response: CarrierResponse) -> web.Response:
    if not response.body:
        return web.Response(status=response.status)
    return web.Response(body=response.body, status=response.status, content_type=response.content_type, charset="utf-8")
