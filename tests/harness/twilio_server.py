"""A server that speaks Twilio's Calls API, signs its webhooks, walks TwiML with scripted people, and misbehaves on demand."""

import asyncio
import base64
import random
import uuid
import wave
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from io import BytesIO
from typing import Any, Self

import aiohttp
from aiohttp import web
from aiohttp.test_utils import unused_port

from tests.harness.twilio_texts import TwilioTexts
from voice.carriers.base import PlaceRequest
from voice.carriers.simulated.call import SimulatedCall, call_in, talk
from voice.carriers.simulated.characters import Character
from voice.carriers.simulated.line import Line
from voice.carriers.simulated.pace import ScaledPace
from voice.carriers.simulated.resident import Reply
from voice.script.steps import CallUrls

ACCOUNT, TOKEN = "AC" + "1" * 32, "twilio-test-token"
FROM_NUMBER = "+85230000000"


class Fault(StrEnum):
    """What goes wrong with one POST of a call."""

    #: The call is placed, the answer never arrives.
    LOST_REPLY = "lost_reply"
    #: The call is placed, and the answer is a 500.
    ERROR_AFTER_PLACING = "error_after_placing"
    #: Nothing is placed, and the answer is a 500.
    ERROR = "error"
    TOO_MANY = "too_many"
    UNAUTHORISED = "unauthorised"
    BAD_NUMBER = "bad_number"
    #: The call is placed, and the answer is no JSON.
    UNREADABLE = "unreadable"
    #: The call is placed, and the answer takes longer than anybody waits.
    SLOW = "slow"


_REFUSALS: dict[Fault, tuple[int, int]] = {
    Fault.ERROR: (500, 20500),
    Fault.ERROR_AFTER_PLACING: (500, 20500),
    Fault.TOO_MANY: (429, 20429),
    Fault.UNAUTHORISED: (401, 20003),
    Fault.BAD_NUMBER: (400, 21211),
}
_PLACED_ANYWAY = frozenset({Fault.LOST_REPLY, Fault.ERROR_AFTER_PLACING, Fault.UNREADABLE, Fault.SLOW})


@dataclass(slots=True)
class Person:
    """Somebody with a telephone.

    Attributes:
        says: what is said or pressed when the line listens, in order; None is silence, digits are keys.
        pickup: how the phone reacts, as in characters.yml.
        heard: all that was said to them.
    """

    says: list[str | Reply | None] = field(default_factory=list)
    pickup: str = "answered"
    heard: list[str] = field(default_factory=list)
    hang_up_at_end: bool = False

    def answer(self, heard: str) -> Reply:
        """React to the prompts."""
        self.heard.append(heard)
        if not self.says:
            return Reply(hang_up=True) if self.hang_up_at_end else Reply()
        words = self.says.pop(0)
        if isinstance(words, Reply):
            return words
        if words is None:
            return Reply()
        return Reply(digits=words) if words.isdigit() or words == "*" else Reply(speech=words)


class TwilioServer:
    """The carrier's side.

    Attributes:
        people: by number; who is not named never picks up.
        faults: what happens to the next POSTs of calls, in order.
        calls: every call that was really placed.
        posts: every POST of a call, placed or not.
        recordings: calls that were asked to be recorded.
        sounds: what recordings are there, by id; a call that was recorded has one.
        answers_to_recordings: what happens to the next requests for a recording: a status, a redirect's address, a body.
        deleted: recordings that we had deleted.
        recording_states: of recordings beside calls: `in-progress` until we stop them.
        numbers / service: what is entered for the account's numbers, and for its Messaging Service.
        repeat_callbacks / shuffle_callbacks: everything is sent twice / statuses arrive in any order, after the call.
    """

    def __init__(self, server_url: str = "") -> None:
        self.people: dict[str, Person] = {}
        self.faults: deque[Fault] = deque()
        self.calls: dict[str, SimulatedCall] = {}
        self.posts: list[dict[str, list[str]]] = []
        self.recordings: list[str] = []
        self.sounds: dict[str, bytes] = {}
        self.answers_to_recordings: deque[int | str | bytes] = deque()
        self.deleted: list[str] = []
        self.recording_states: dict[str, str] = {}
        self.numbers: list[dict[str, Any]] = []
        self.service: dict[str, Any] = {}
        self.repeat_callbacks = False
        self.shuffle_callbacks: random.Random | None = None
        self.no_callbacks = False
        #: Where our server listens; the URLs it hands out may name another host.
        self.server_url = server_url
        self.port = unused_port()
        #: Until then slow answers do not come.
        self._closing = asyncio.Event()
        self.texts = TwilioTexts(TOKEN, error=_error, authorised=_authorised)
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        app = web.Application()
        root = f"/2010-04-01/Accounts/{ACCOUNT}"
        app.router.add_post(f"{root}/Calls.json", self._create)
        app.router.add_get(f"{root}/Calls.json", self._list)
        app.router.add_get(f"{root}/Calls/{{sid}}.json", self._fetch)
        app.router.add_post(f"{root}/Calls/{{sid}}.json", self._update)
        app.router.add_post(f"{root}/Calls/{{sid}}/Recordings.json", self._record)
        app.router.add_get(f"{root}/Calls/{{sid}}/Recordings.json", self._list_recordings)
        app.router.add_post(f"{root}/Calls/{{sid}}/Recordings/{{recording}}.json", self._stop_recording)
        app.router.add_delete(f"{root}/Recordings/{{sid}}.json", self._delete_recording)
        app.router.add_get(f"{root}/Recordings/{{sid}}", self._give_recording)
        app.router.add_get(f"{root}/IncomingPhoneNumbers.json", self._list_numbers)
        app.router.add_get("/v1/Services/{sid}", self._give_service)
        self.texts.add_routes(app.router, root)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        await self.hang_up_all()
        assert self._session is not None
        assert self._runner is not None
        await self._session.close()
        await self._runner.cleanup()

    async def _list_numbers(self, request: web.Request) -> web.Response:
        if not _authorised(request):
            return _error(401, 20003)
        page = {"incoming_phone_numbers": self.numbers, "next_page_uri": None, "page": 0, "page_size": 50}
        return web.json_response(page)

    async def _give_service(self, request: web.Request) -> web.Response:
        if request.match_info["sid"] != self.service.get("sid"):
            return _error(404, 20404)
        return web.json_response(self.service)

    async def hang_up_all(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def quiet(self) -> None:
        """Wait until every call is over and every callback delivered."""
        while self._tasks:
            await asyncio.gather(*list(self._tasks))

    def rings(self, number: str) -> int:
        """How often a phone was really rung."""
        return sum(call.request.to == number for call in self.calls.values())

    async def _create(self, request: web.Request) -> web.StreamResponse:
        if not _authorised(request):
            return _error(401, 20003)
        form = await request.post()
        self.posts.append({name: [str(v) for v in form.getall(name)] for name in form})
        fault = self.faults.popleft() if self.faults else None
        if fault in _REFUSALS and fault not in _PLACED_ANYWAY:
            return _error(*_REFUSALS[fault])
        call = self._place({name: str(value) for name, value in form.items()})
        if fault is Fault.LOST_REPLY:
            assert request.transport is not None
            request.transport.abort()
        if fault is Fault.SLOW:
            await self._closing.wait()
        if fault is Fault.UNREADABLE:
            return web.Response(status=201, text="<html>")
        return _error(*_REFUSALS[fault]) if fault in _REFUSALS else web.json_response(_json(call), status=201)

    def _place(self, form: dict[str, str]) -> SimulatedCall:
        base, _, rest = form["Url"].partition("/voice/")
        carrier, attempt, token = rest.split("/")[:3]
        urls = CallUrls(base, carrier, attempt, token)
        person = self.people.get(form["To"], Person(pickup="no_answer"))
        character = Character(about="scripted", pickup=person.pickup)  # type: ignore[arg-type]
        wanted = PlaceRequest(
            to=form["To"], from_number=form["From"], urls=urls, detect_machine="MachineDetection" in form
        )
        call = SimulatedCall(f"CA{uuid.uuid4().hex}", wanted, datetime.now(UTC), character)
        self.calls[call.sid] = call
        task = asyncio.create_task(self._live(call, person))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return call

    def ring(self, number: str, public_url: str, to: str = FROM_NUMBER) -> SimulatedCall:
        """Let the person with that number call us; everything that follows is theirs and ours to say."""
        urls = CallUrls(public_url, "twilio", "", "")
        request = PlaceRequest(to=to, from_number=number, urls=urls)
        character = Character(about="rings us")
        call = SimulatedCall(f"CA{uuid.uuid4().hex}", request, datetime.now(UTC), character, is_inbound=True)
        self.calls[call.sid] = call
        task = asyncio.create_task(self._live_inbound(call, self.people.get(number, Person())))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return call

    async def _live_inbound(self, call: SimulatedCall, person: Person) -> None:
        assert self._session is not None
        base = call.request.urls.base
        line = _UnreliableLine(self, self._session, TOKEN, base, self.server_url or base)
        await call_in(call, person, line, ScaledPace(0))  # type: ignore[arg-type]
        await line.deliver()

    async def _live(self, call: SimulatedCall, person: Person) -> None:
        assert self._session is not None
        base = call.request.urls.base
        line = _UnreliableLine(self, self._session, TOKEN, base, self.server_url or base)
        await talk(call, person, line, ScaledPace(0), "您好，我现在不方便接听电话，请在嘀声后留言")  # type: ignore[arg-type]
        await line.deliver()

    async def _list(self, request: web.Request) -> web.Response:
        if not _authorised(request):
            return _error(401, 20003)
        to = request.query.get("To")
        found = [_json(call) for call in reversed(self.calls.values()) if to in {None, call.request.to}]
        return web.json_response({"calls": found, "next_page_uri": None, "page": 0, "page_size": 50})

    async def _fetch(self, request: web.Request) -> web.Response:
        call = self.calls.get(request.match_info["sid"])
        return web.json_response(_json(call)) if call else _error(404, 20404)

    async def _update(self, request: web.Request) -> web.Response:
        call = self.calls.get(request.match_info["sid"])
        if call is None:
            return _error(404, 20404)
        form = await request.post()
        if call.is_over:
            return _error(400, 21220)
        if form.get("Status") == "canceled" and call.status in {"queued", "initiated", "ringing"}:
            call.cancelled = True
            return web.json_response({**_json(call), "status": "canceled"})
        return web.json_response(_json(call))

    async def _record(self, request: web.Request) -> web.Response:
        sid = request.match_info["sid"]
        form = await request.post()
        self.recordings.append(sid)
        call = self.calls[sid]
        call.recording_url = str(form["RecordingStatusCallback"])
        call.recorded = True
        self.sounds["RE" + sid[2:]] = wav()
        self.recording_states["RE" + sid[2:]] = "in-progress"
        return web.json_response({"sid": "RE" + sid[2:], "call_sid": sid, "status": "in-progress"}, status=201)

    async def _list_recordings(self, request: web.Request) -> web.Response:
        if not _authorised(request):
            return _error(401, 20003)
        call = self.calls.get(request.match_info["sid"])
        if call is None:
            return _error(404, 20404)
        found = [(sid, "RecordVerb", "completed") for sid in call.messages]
        if call.recorded:
            sid = "RE" + call.sid[2:]
            state = self.recording_states[sid]
            found.append((sid, "StartCallRecordingAPI", "completed" if call.is_over else state))
        listed = [
            {"sid": sid, "call_sid": call.sid, "status": status, "source": source, "duration": "6"}
            for sid, source, status in found
            if sid in self.sounds or sid in call.messages
        ]
        return web.json_response({"recordings": listed, "next_page_uri": None, "page": 0, "page_size": 50})

    async def _stop_recording(self, request: web.Request) -> web.Response:
        if not _authorised(request):
            return _error(401, 20003)
        form = await request.post()
        sid = request.match_info["recording"]
        if self.recording_states.get(sid) != "in-progress":
            return _error(404, 20404)
        self.recording_states[sid] = str(form["Status"])
        return web.json_response({"sid": sid, "status": form["Status"]})

    async def _give_recording(self, request: web.Request) -> web.Response:
        if not _authorised(request):
            return _error(401, 20003)
        answer = self.answers_to_recordings.popleft() if self.answers_to_recordings else None
        if isinstance(answer, str):
            return web.Response(status=307, headers={"Location": answer})
        if isinstance(answer, int):
            return _error(answer, 20404)
        sid = request.match_info["sid"]
        message = wav(0.2) if any(sid in call.messages for call in self.calls.values()) else None
        sound = answer or self.sounds.get(sid) or (None if sid in self.deleted else message)
        return web.Response(body=sound, content_type="audio/x-wav") if sound else _error(404, 20404)

    async def _delete_recording(self, request: web.Request) -> web.Response:
        if not _authorised(request):
            return _error(401, 20003)
        sid = request.match_info["sid"]
        message = any(sid in call.messages for call in self.calls.values()) and sid not in self.deleted
        if self.sounds.pop(sid, None) is None and not message:
            return _error(404, 20404)
        self.deleted.append(sid)
        return web.Response(status=204)


class _UnreliableLine(Line):
    """A line whose callbacks may come twice, late, in any order, or never."""

    def __init__(self, server: TwilioServer, *args: Any) -> None:
        super().__init__(*args)
        self._behaviour = server
        self._late: list[tuple[str, dict[str, str]]] = []

    async def ask(self, url: str, form: dict[str, str]) -> str:
        if self._behaviour.repeat_callbacks:
            await super().ask(url, form)
        return await super().ask(url, form)

    async def tell(self, url: str, form: dict[str, str]) -> None:
        if self._behaviour.no_callbacks:
            return
        if self._behaviour.shuffle_callbacks is not None:
            self._late.append((url, form))
            return
        await super().tell(url, form)

    async def deliver(self) -> None:
        """Send what was held back, in any order."""
        if self._behaviour.shuffle_callbacks is not None:
            self._behaviour.shuffle_callbacks.shuffle(self._late)
        for url, form in self._late:
            await super().tell(url, form)


def wav(seconds: float = 0.1) -> bytes:
    """A short silence."""
    target = BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(2 * round(8000 * seconds)))
    return target.getvalue()


def _authorised(request: web.Request) -> bool:
    expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    return request.headers.get("Authorization") == expected


def _error(status: int, code: int) -> web.Response:
    return web.json_response({"code": code, "message": "refused", "status": status}, status=status)


def _json(call: SimulatedCall) -> dict[str, Any]:
    return {
        "sid": call.sid,
        "account_sid": ACCOUNT,
        "to": call.request.to,
        "from": call.request.from_number,
        "status": "queued" if call.status == "initiated" else call.status,
        "date_created": format_datetime(call.created_at),
        "start_time": None,
        "duration": str(round(call.duration)) if call.is_over else None,
        "answered_by": None,
        "direction": "outbound-api",
    }
