"""Feishu outside the machine: sends encrypted, signed events to us, takes our answers over its message API, and misbehaves."""

import base64
import hashlib
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

APP_ID, APP_SECRET = "cli_community", "app-secret"
ENCRYPT_KEY, VERIFICATION_TOKEN = "encrypt-key", "verification-token"
BOT = "ou_bot"


@dataclass
class Sent:
    """One message that arrived."""

    how: str
    to: str
    text: str
    uuid: str


@dataclass
class FeishuServer:
    """Both sides of Feishu.

    `faults` are taken one by one by requests for messages: `429`, `500` (delivered, then an error), `lost` (delivered, then the
    line breaks), `expired` (the token has ended), or an error code as a number.
    """

    sent: list[Sent] = field(default_factory=list)
    faults: list[str | int] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    asked_who: int = 0
    knows_bot: bool = True
    url: str = ""
    events: int = 0

    # what we call

    async def token(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if body != {"app_id": APP_ID, "app_secret": APP_SECRET}:
            return web.json_response({"code": 10014, "msg": "app secret invalid"})
        self.tokens.append(f"t-{len(self.tokens)}")
        return web.json_response({"code": 0, "tenant_access_token": self.tokens[-1], "expire": 7200})

    async def bot_info(self, request: web.Request) -> web.StreamResponse:
        self.asked_who += 1
        if not self.knows_bot:
            return web.json_response({"code": 99991672, "msg": "no permission"}, status=400)
        return web.json_response({"code": 0, "msg": "ok", "bot": {"open_id": BOT, "app_name": "社区助手"}})

    async def reply(self, request: web.Request) -> web.StreamResponse:
        return await self._message(request, "reply", request.match_info["message_id"])

    async def create(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        return await self._message(request, request.query["receive_id_type"], body["receive_id"])

    async def _message(self, request: web.Request, how: str, to: str) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self.tokens[-1]}":
            return web.json_response({"code": 99991663, "msg": "invalid access token"}, status=400)
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "expired":
            self.tokens.append("another")
            return web.json_response({"code": 99991663, "msg": "invalid access token"}, status=400)
        if fault == "429":
            headers = {"x-ogw-ratelimit-reset": "2"}
            return web.json_response(
                {"code": 99991400, "msg": "request trigger frequency limit"}, status=429, headers=headers
            )
        if isinstance(fault, int):
            return web.json_response({"code": fault, "msg": "refused"}, status=400)
        body = await request.json()
        assert body["msg_type"] == "text"
        assert len(body["uuid"]) <= 50
        if body["uuid"] not in {sent.uuid for sent in self.sent}:
            self.sent.append(Sent(how, to, json.loads(body["content"])["text"], body["uuid"]))
        if fault == "500":
            return web.json_response({"code": 1500, "msg": "internal error"}, status=500)
        if fault == "lost" and request.transport is not None:
            request.transport.abort()
        return web.json_response({"code": 0, "msg": "success", "data": {"message_id": f"om_bot_{len(self.sent)}"}})

    # what calls us

    def message_event(
        self,
        text: str = "",
        *,
        person: str = "ou_wang",
        group: bool = False,
        mentions: tuple[str, ...] = (),
        **more: Any,
    ) -> dict[str, Any]:
        """Build im.message.receive_v1; `mentions` are open_ids, written in the text as @_user_1, @_user_2…"""
        self.events += 1
        kind = more.pop("kind", "text")
        content = more.pop("content", {"text": text})
        message = {
            "message_id": more.pop("message_id", f"om_{self.events}"),
            "create_time": "1784080800000",
            "chat_id": "oc_group" if group else f"oc_{person}",
            "chat_type": "group" if group else "p2p",
            "message_type": kind,
            "content": json.dumps(content, ensure_ascii=False),
        }
        if mentions:
            message["mentions"] = [
                {"key": f"@_user_{number}", "id": {"open_id": open_id, "union_id": "on_1"}, "name": f"名{number}"}
                for number, open_id in enumerate(mentions, start=1)
            ]
        sender = {"sender_id": {"open_id": person, "union_id": "on_x"}, "sender_type": "user", "tenant_key": "tk"}
        return self.event("im.message.receive_v1", {"sender": sender | more.pop("sender", {}), "message": message})

    def event(self, kind: str, event: dict[str, Any]) -> dict[str, Any]:
        header = {
            "event_id": secrets.token_hex(8),
            "event_type": kind,
            "create_time": "1784080800000",
            "token": VERIFICATION_TOKEN,
            "app_id": APP_ID,
            "tenant_key": "tk",
        }
        return {"schema": "2.0", "header": header, "event": event}


def encrypt(document: Any, key: str = ENCRYPT_KEY) -> str:
    padder = PKCS7(128).padder()
    plain = document if isinstance(document, bytes) else json.dumps(document, ensure_ascii=False).encode()
    padded = padder.update(plain) + padder.finalize()
    iv = secrets.token_bytes(16)
    encryptor = Cipher(algorithms.AES(hashlib.sha256(key.encode()).digest()), modes.CBC(iv)).encryptor()
    return base64.b64encode(iv + encryptor.update(padded) + encryptor.finalize()).decode()


def signed_headers(body: bytes, now: datetime, key: str = ENCRYPT_KEY) -> dict[str, str]:
    timestamp, nonce = str(int(now.timestamp())), secrets.token_hex(8)
    signature = hashlib.sha256(f"{timestamp}{nonce}{key}".encode() + body).hexdigest()
    return {
        "X-Lark-Request-Timestamp": timestamp,
        "X-Lark-Request-Nonce": nonce,
        "X-Lark-Signature": signature,
        "Content-Type": "application/json; charset=utf-8",
    }


async def push(url: str, event: dict[str, Any], now: datetime) -> tuple[int, Any]:
    """Send one event as Feishu does."""
    body = json.dumps({"encrypt": encrypt(event)}).encode()
    return await push_raw(url, body, signed_headers(body, now))


async def push_raw(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as response:
        return response.status, await response.json()


@asynccontextmanager
async def feishu_server() -> AsyncIterator[FeishuServer]:
    feishu = FeishuServer()
    app = web.Application()
    app.router.add_post("/open-apis/auth/v3/tenant_access_token/internal", feishu.token)
    app.router.add_get("/open-apis/bot/v3/info", feishu.bot_info)
    app.router.add_post("/open-apis/im/v1/messages/{message_id}/reply", feishu.reply)
    app.router.add_post("/open-apis/im/v1/messages", feishu.create)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)
    feishu.url = str(server.make_url("/")).rstrip("/")
    yield feishu
    await server.close()
