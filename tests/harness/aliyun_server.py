"""A server that speaks Alibaba Cloud's voice API (signed as the SDK signs), calls scripted people, and misbehaves on demand."""

import asyncio
import json
import random
import re
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, Self
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web
from aiohttp.test_utils import unused_port
from alibabacloud_tea_openapi.utils import Utils

from voice.carriers.simulated.resident import Reply

KEY_ID, KEY_SECRET, SECRET = "LTAI5tTestKey", "aliyun-test-secret", "callback-secret-of-the-tests"
SHOW_NUMBER = "+8657112345678"
_ALGORITHM = "ACS3-HMAC-SHA256"
_ZONE = ZoneInfo("Asia/Shanghai")
_PUSHES = 4
_ACTIONS = {"play", "hangup", "transfer", "donothing"}
_FORBIDDEN = set('@=:"${}^*¥')
_MOST_TURNS = 60


class Fault(StrEnum):
    """What goes wrong with one request for a call."""

    #: The call is placed, the answer never arrives.
    LOST_REPLY = "lost_reply"
    #: The call is placed, and the answer is a 500.
    ERROR_AFTER_PLACING = "error_after_placing"
    #: The call is placed, and the answer is no JSON.
    UNREADABLE = "unreadable"
    #: The call is placed, and the answer takes longer than anybody waits.
    SLOW = "slow"
    #: Nothing is placed, and nobody hears of it.
    LOST_REQUEST = "lost_request"


#: How phones that nobody answers end: the operator's result, and the more exact reason.
UNANSWERED: dict[str, tuple[str, str]] = {
    "no_answer": ("200003", "NO_ANSWER"),
    "busy": ("200002", "USER_BUSY"),
    "rejected": ("200005", "CALL_REJECTED"),
    "switched_off": ("200010", "POWERED_OFF"),
    "not_in_service": ("200004", "INVALID_NUMBER"),
    "suspended": ("200011", ""),
    "blocked": ("200012", "OPERATOR_BLOCK"),
}


@dataclass(slots=True)
class Resident:
    """Somebody with a telephone.

    Attributes:
        says: what is said or pressed after each play, in order; None is silence, digits are keys.
        opening: what is said when the greeting is heard; None is silence.
        pickup: `answered`, or why not.
        heard: all that was said to them.
        talks_over: the last word of each answer comes while we still speak.
    """

    says: list[str | Reply | None] = field(default_factory=list)
    opening: str | None = "喂"
    pickup: str = "answered"
    heard: list[str] = field(default_factory=list)
    talks_over: bool = False

    def react(self, words: str) -> Reply:
        first = not self.heard
        self.heard.append(words)
        said = self.opening if first else (self.says.pop(0) if self.says else None)
        if isinstance(said, Reply):
            return said
        if said is None:
            return Reply()
        return Reply(digits=said) if re.fullmatch(r"[0-9*]+", said) else Reply(speech=said)


@dataclass(slots=True)
class Call:
    """One call that was really placed."""

    call_id: str
    asked: dict[str, str]
    to: str
    created_at: datetime
    state: str = ""
    smart: str = ""
    picked_up: bool = False
    over: bool = False
    answers: list[dict[str, Any]] = field(default_factory=list)
    transferred_to: str = ""
    hung_up_by_us: bool = False


class AliyunServer:
    """The carrier's side.

    Attributes:
        people: by E.164; who is not named never picks up.
        faults: what happens to the next requests for calls, in order; a string is an error code of theirs.
        calls: every call that was really placed.
        posts: every request for a call, placed or not.
        server_url: where our callbacks listen.
        repeat_callbacks / shuffle_receipts: everything is sent twice / receipts come in any order, after the call.
        no_receipts: receipts are switched off in the console.
        nobody_lives: calls are placed and nothing ever happens in them.
        details_known: QueryCallDetailByCallId knows the calls that are over.
        refused_pushes: receipts that our side did not take.
    """

    def __init__(self, server_url: str = "") -> None:
        self.people: dict[str, Resident] = {}
        self.faults: deque[Fault | tuple[int, str]] = deque()
        self.calls: dict[str, Call] = {}
        self.posts: list[dict[str, str]] = []
        self.queries: list[dict[str, str]] = []
        self.server_url = server_url
        self.repeat_callbacks = False
        self.shuffle_receipts: random.Random | None = None
        self.no_receipts = False
        self.nobody_lives = False
        self.details_known = True
        self.refused_pushes = 0
        self.port = unused_port()
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/", self._receive)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        assert self._session is not None
        assert self._runner is not None
        await self._session.close()
        await self._runner.cleanup()

    async def quiet(self) -> None:
        """Wait until every call is over and every callback delivered."""
        while self._tasks:
            await asyncio.gather(*list(self._tasks))

    def rings(self, number: str) -> int:
        """How often a phone was really rung."""
        return sum(call.to == number for call in self.calls.values())

    async def push(self, tail: str, receipts: list[dict[str, Any]]) -> int:
        """Push a batch of receipts; return the status of the last try."""
        status = 0
        for _ in range(_PUSHES):
            status, body = await self._post(
                tail, data=json.dumps(receipts), headers={"Content-Type": "application/json"}
            )
            if status == 200 and json.loads(body)["code"] == 0:
                return status
            self.refused_pushes += 1
        return status

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        asked = dict(request.query)
        if not await _is_signed(request):
            return _error(
                404, "InvalidAccessKeyId.NotFound" if KEY_ID not in _authorization(request) else "SignatureDoesNotMatch"
            )
        if request.headers["x-acs-action"] == "QueryCallDetailByCallId":
            return self._detail(asked)
        assert request.headers["x-acs-action"] == "SmartCall"
        assert request.headers["x-acs-version"] == "2017-05-25"
        return await self._smart_call(request, asked)

    async def _smart_call(self, request: web.Request, asked: dict[str, str]) -> web.StreamResponse:
        self.posts.append(asked)
        fault = self.faults.popleft() if self.faults else None
        if isinstance(fault, tuple):
            return _error(*fault)
        if fault is Fault.LOST_REQUEST:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        call = self._place(asked)
        if fault is Fault.LOST_REPLY:
            assert request.transport is not None
            request.transport.abort()
        if fault is Fault.SLOW:
            await asyncio.sleep(1)
        if fault is Fault.UNREADABLE:
            return web.Response(text="<html>")
        if fault is Fault.ERROR_AFTER_PLACING:
            return _error(500, "InternalError")
        return web.json_response({"Code": "OK", "Message": "OK", "RequestId": "R", "CallId": call.call_id})

    def _place(self, asked: dict[str, str]) -> Call:
        assert 1 <= len(asked["OutId"]) <= 15
        assert 300 <= int(asked["PauseTime"]) <= 1200
        assert 1000 <= int(asked["MuteTime"]) <= 20000
        assert asked["CalledShowNumber"] == "057112345678"
        number = f"+86{asked['CalledNumber'].removeprefix('0')}"
        call = Call(f"1160{len(self.calls):08d}^1028{len(self.calls):08d}", asked, number, datetime.now(UTC))
        self.calls[call.call_id] = call
        if self.nobody_lives:
            return call
        task = asyncio.create_task(self._live(call, self.people.get(number, Resident(pickup="no_answer"))))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return call

    def _detail(self, asked: dict[str, str]) -> web.Response:
        self.queries.append(asked)
        assert asked["ProdId"] == "11030000180001"
        call = self.calls.get(asked["CallId"])
        data = None
        if call is not None and call.over and self.details_known:
            at = call.created_at.astimezone(_ZONE).strftime("%Y-%m-%d %H:%M:%S")
            called, shown = call.asked["CalledNumber"], call.asked["CalledShowNumber"]
            known = {"caller": shown, "callee": called, "state": call.state, "stateDesc": "", "duration": 31}
            data = json.dumps({**known, "gmtCreate": at, "startDate": at, "endDate": at, "calleeShowNumber": shown})
        return web.json_response({"Code": "OK", "Message": "OK", "RequestId": "R", "Data": data})

    async def _live(self, call: Call, person: Resident) -> None:
        late: list[tuple[str, dict[str, Any]]] = []
        await self._report(call, "progress", "200101", late)
        await self._report(call, "progress", "200201", late)
        call.state, call.smart = UNANSWERED.get(person.pickup, ("200000", "ANSWERED"))
        if person.pickup == "answered":
            call.picked_up = True
            await self._report(call, "progress", "200102", late)
            await self._talk(call, person)
        else:
            await self._early_media(call)
        call.over = True
        await self._report(call, "progress", "200100", late)
        await self._report(call, "report", call.state, late)
        if self.shuffle_receipts is not None:
            self.shuffle_receipts.shuffle(late)
            for tail, receipt in late:
                await self.push(tail, [receipt])

    async def _report(self, call: Call, tail: str, code: str, late: list[tuple[str, dict[str, Any]]]) -> None:
        if self.no_receipts:
            return
        receipt: dict[str, Any] = {"call_id": call.call_id, "out_id": call.asked["OutId"], "status_code": code}
        if tail == "report":
            receipt |= {"smart_status_code": call.smart, "callee": call.asked["CalledNumber"], "voice_type": "voice"}
            receipt |= {"duration": "31" if call.picked_up else "0", "end_time": "2026-07-15 10:00:40"}
        else:
            receipt["status_time"] = "2026-07-15 10:00:01"
        if self.shuffle_receipts is not None:
            late.append((tail, receipt))
            return
        await self.push(tail, [receipt])
        if self.repeat_callbacks:
            await self.push(tail, [receipt])

    async def _early_media(self, call: Call) -> None:
        """您拨打的电话已关机 is recognised too, and told to us while nobody has picked up."""
        content = {
            "words": "您拨打的电话已关机",
            "current_media_code": "early_media",
            "dynamic_id": call.asked["DynamicId"],
        }
        answer = await self._ask(call, "normal", content)
        assert answer["action"] == "donothing"

    async def _talk(self, call: Call, person: Resident) -> None:
        dynamic_id = call.asked["DynamicId"]
        words = json.loads(call.asked["VoiceCodeParam"])[call.asked["VoiceCode"].strip("$")]
        for _ in range(_MOST_TURNS):
            reply = person.react(words)
            if reply.hang_up:
                return
            if person.talks_over and reply.speech:
                data = await self._ask(call, "normal", _said(reply.speech, dynamic_id, playing=True))
            else:
                data = await self._tell(call, reply, dynamic_id)
            while data["action"] == "donothing":
                data = await self._ask(call, "mute", {"dynamic_id": data["dynamic_id"]})
            if data["action"] != "play":
                call.transferred_to = data.get("number", "")
                call.hung_up_by_us = data["action"] == "hangup"
                return
            dynamic_id, words = data["dynamic_id"], json.loads(data["action_code_param"])["tts"]
            assert not _FORBIDDEN & set(words), words
        raise AssertionError("the call never ends")

    async def _tell(self, call: Call, reply: Reply, dynamic_id: str) -> dict[str, Any]:
        """Tell what a person did: words at once, keys one by one, and silence when it has lasted."""
        if reply.speech:
            return await self._ask(call, "normal", _said(reply.speech, dynamic_id))
        data: dict[str, Any] = {"action": "donothing", "dynamic_id": dynamic_id}
        for key in reply.digits:
            data = await self._ask(call, "dtmf", {"dtmf_digits": key, "dynamic_id": data["dynamic_id"]})
            if data["action"] != "donothing":
                return data
        return await self._ask(call, "mute", {"dynamic_id": data["dynamic_id"]})

    async def _ask(self, call: Call, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        fields = {"call_id": call.call_id, "timestamp": "1504174341229", "content_type": kind}
        fields["content"] = json.dumps(content, ensure_ascii=False)
        if self.repeat_callbacks:
            await self._post("talk", params=fields)
        # The page shows the fields in the query; a form is what a POST of such fields is otherwise.
        status, body = await (
            self._post("talk", params=fields) if kind == "normal" else self._post("talk", data=fields)
        )
        assert status == 200, (status, body)
        answer = json.loads(body)
        assert (answer["result"], answer["code"]) == ("success", 200)
        data: dict[str, Any] = answer["data"]
        assert data["call_id"] == call.call_id
        assert data["action"] in _ACTIONS
        assert not _FORBIDDEN & set(data["dynamic_id"])
        call.answers.append(data)
        return data

    async def _post(self, tail: str, **what: Any) -> tuple[int, str]:
        assert self._session is not None
        url = f"{self.server_url}/voice/aliyun/callbacks/{SECRET}/{tail}"
        async with self._session.post(url, **what) as response:
            return response.status, await response.text()


def _said(words: str, dynamic_id: str, *, playing: bool = False) -> dict[str, Any]:
    offsets = {"begin_offset": "1000", "end_offset": "9000", "begin_time": "2017-06-01 10:00:00"}
    return {"words": words, **offsets, "is_playing": "true" if playing else "false", "dynamic_id": dynamic_id}


def _authorization(request: web.Request) -> str:
    return request.headers.get("Authorization", "")


async def _is_signed(request: web.Request) -> bool:
    """Sign what came in by the SDK's own algorithm, with the secret that the account really has."""
    payload = Utils.hash(await request.read(), _ALGORITHM).hex()
    signed = re.search(r"SignedHeaders=([^,]*)", _authorization(request))
    if signed is None or payload != request.headers.get("x-acs-content-sha256"):
        return False
    headers = {name: request.headers[name] for name in signed[1].split(";")}
    again = SimpleNamespace(method=request.method, pathname="/", query=dict(request.query), headers=headers)
    return bool(Utils.get_authorization(again, _ALGORITHM, payload, KEY_ID, KEY_SECRET) == _authorization(request))


def _error(status: int, code: str) -> web.Response:
    return web.json_response({"Code": code, "Message": "refused", "RequestId": "R"}, status=status)
