"""Twilio's Messages API as a server: takes texts, tells what became of them, delivers what residents write, and misbehaves."""

import asyncio
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import aiohttp
from aiohttp import web

from voice.carriers.twilio.signature import sign


@dataclass(slots=True)
class SentText:
    """A text that the carrier took."""

    sid: str
    to: str
    sender: str
    body: str
    callback: str
    created_at: datetime
    status: str = "queued"
    error_code: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "to": self.to,
            "from": self.sender,
            "body": self.body,
            "status": self.status,
            "error_code": self.error_code,
            "direction": "outbound-api",
            "date_created": format_datetime(self.created_at),
            "date_sent": None if self.status == "queued" else format_datetime(self.created_at),
            "num_media": "0",
        }


@dataclass(slots=True)
class TwilioTexts:
    """The carrier's side of texts.

    Attributes:
        faults: what happens to the next POSTs, in order: a fault of calls by name, or an error code of texts.
        fates: by number, the error code with which its texts are not delivered.
        sent: every text that was really taken; received: what residents wrote, whether it was delivered to us or not.
        posts: every POST, taken or not.
        no_callbacks / repeat_callbacks / late: nothing is told / everything twice / what would be told is kept here.
        now: the carrier's clock.
        meanwhile: what happens while the carrier is at a POST, one by one.
    """

    token: str
    error: Callable[[int, int], web.Response]
    authorised: Callable[[web.Request], bool]
    faults: deque[str | int] = field(default_factory=deque)
    fates: dict[str, int] = field(default_factory=dict)
    sent: dict[str, SentText] = field(default_factory=dict)
    received: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: list[dict[str, str]] = field(default_factory=list)
    no_callbacks: bool = False
    repeat_callbacks: bool = False
    late: list[tuple[str, dict[str, str]]] | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    unreachable: bool = False
    meanwhile: deque[Callable[[], Awaitable[object]]] = field(default_factory=deque)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def add_routes(self, router: web.UrlDispatcher, root: str) -> None:
        router.add_post(f"{root}/Messages.json", self._create)
        router.add_get(f"{root}/Messages.json", self._list)

    def bodies(self, number: str) -> list[str]:
        """What really went to a number, in order."""
        return [text.body for text in self.sent.values() if text.to == number]

    async def quiet(self) -> None:
        """Wait until every callback is delivered."""
        while self._tasks:
            await asyncio.gather(*list(self._tasks))

    async def write(
        self, url: str, sender: str, body: str, *, sid: str = "", to: str = "+85230000000", **more: str
    ) -> tuple[int, str]:
        """A resident writes: post it, signed, to our address; with a `sid`, that message once more."""
        form = {"MessageSid": sid or f"SM{uuid.uuid4().hex}", "From": sender, "To": to, "Body": body, "NumMedia": "0"}
        self.received.setdefault(form["MessageSid"], {**form, "created_at": self.now()})
        return await self.post(url, form | more)

    def write_in_vain(self, sender: str, body: str, *, to: str = "+85230000000") -> None:
        """A resident writes while nobody answers at our address."""
        sid = f"SM{uuid.uuid4().hex}"
        self.received[sid] = {"MessageSid": sid, "From": sender, "To": to, "Body": body, "created_at": self.now()}

    async def post(self, url: str, form: dict[str, str], *, token: str | None = None) -> tuple[int, str]:
        """Post a form, signed with the account's token unless another is given."""
        headers = sign(self.token if token is None else token, url, form) if token != "" else {}
        async with aiohttp.ClientSession() as session, session.post(url, data=form, headers=headers) as response:
            return response.status, await response.text()

    async def _create(self, request: web.Request) -> web.StreamResponse:
        if not self.authorised(request):
            return self.error(401, 20003)
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.posts.append(form)
        if self.meanwhile:
            await self.meanwhile.popleft()()
        fault = self.faults.popleft() if self.faults else None
        if isinstance(fault, int):
            return self.error(429 if fault == 20429 else 400, fault)
        if fault in {"error", "unauthorised"}:
            return self.error(*{"error": (500, 20500), "unauthorised": (401, 20003)}[fault])
        text = SentText(
            f"SM{uuid.uuid4().hex}", form["To"], form["From"], form["Body"], form["StatusCallback"], self.now()
        )
        self.sent[text.sid] = text
        if fault == "lost_reply":
            assert request.transport is not None
            request.transport.abort()
        self._in_background(self._deliver(text))
        if fault == "slow":
            await asyncio.sleep(0.8)
        if fault == "unreadable":
            return web.Response(status=201, text="<html>")
        return (
            self.error(500, 20500) if fault == "error_after_placing" else web.json_response(text.as_json(), status=201)
        )

    async def _deliver(self, text: SentText) -> None:
        code = self.fates.get(text.to)
        for status in ("sent", "undelivered" if code else "delivered"):
            text.status = status
            text.error_code = code if status == "undelivered" else None
            form = {"MessageSid": text.sid, "MessageStatus": status, "To": text.to, "From": text.sender}
            if text.error_code:
                form["ErrorCode"] = str(text.error_code)
            if self.late is not None:
                self.late.append((text.callback, form))
            elif not self.no_callbacks:
                for _ in range(2 if self.repeat_callbacks else 1):
                    await self.post(text.callback, form)

    async def _list(self, request: web.Request) -> web.Response:
        if self.unreachable:
            return self.error(503, 20503)
        to = request.query.get("To")
        found = [text.as_json() for text in reversed(self.sent.values()) if to in {None, text.to}]
        since = request.query.get("DateSent>")
        earliest = None if since is None else datetime.fromisoformat(since)
        received = reversed(self.received.values())
        found += [_as_received(text) for text in received if to in {None, text["To"]}]
        if earliest is not None:
            found = [
                text for text in found if text["date_sent"] and parsedate_to_datetime(text["date_sent"]) >= earliest
            ]
        return web.json_response({"messages": found, "next_page_uri": None, "page": 0, "page_size": 50})

    def _in_background(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _as_received(form: dict[str, Any]) -> dict[str, Any]:
    moment = format_datetime(form["created_at"])
    return {
        "sid": form["MessageSid"],
        "to": form["To"],
        "from": form["From"],
        "body": form["Body"],
        "status": "received",
        "error_code": None,
        "direction": "inbound",
        "date_created": moment,
        "date_sent": moment,
        "num_media": "0",
    }
