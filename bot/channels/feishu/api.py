"""Feishu's message API: the app's token, who our bot is, and sending; every fault told as what is known of the delivery."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog

from community.clock import Clock
from community.errors import Refused, Unavailable

log = structlog.get_logger()

#: The token is missing, wrong or has ended: get another one and try once more.
_TOKEN_FAULTS = {99991661, 99991663, 99991664, 99991668, 99991671, 99991677}
#: Too fast: for the whole API, and for one group or person.
_TOO_FAST = {99991400, 230020, 11232}
#: The message that is answered was taken back.
MESSAGE_GONE = "230011"
#: The person may not be written to by this app.
PERSON_CLOSED = frozenset({"230013", "230002", "230053"})
_ADVICE = {
    230002: "机器人不在这个群里：请把它加进群。",
    230006: "应用没有开机器人能力：请在飞书后台“添加应用能力”里打开。",
    230013: "这个人不在应用的可用范围里：请在飞书后台“版本管理与发布”里扩大可用范围。",
    230018: "群里只让群主说话：请群主放开机器人发言。",
    99991672: "应用缺少权限：请在飞书后台开通“以应用的身份发消息”，再发布一版。",
    10003: "App ID 或 App Secret 不对：请核对 SHOUWANG_FEISHU_APP_ID 和 SHOUWANG_FEISHU_APP_SECRET。",
    10014: "App Secret 不对：请核对 SHOUWANG_FEISHU_APP_SECRET。",
}
#: A token is renewed so many seconds before its end.
_EARLY = 300.0
#: A sending has 30 seconds: twice a token and a message, and once a message of its own instead of a reply.
_TIMEOUT = aiohttp.ClientTimeout(total=5, connect=3)
_LONGEST_PAUSE = 60.0


class FeishuApi:
    """One app's way to the API.

    Args:
        app_id: the app.
        app_secret: its secret.
        base_url: `https://open.feishu.cn`, or a private deployment.
        clock: tells when a token ends.
    """

    def __init__(self, app_id: str, app_secret: str, *, base_url: str, clock: Clock) -> None:
        self.app_id = app_id
        self._app_secret = app_secret
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._renewing = asyncio.Lock()
        self._token = ""
        self._token_ends = 0.0
        self._silent_until = 0.0
        self._bot_open_id = ""

    async def bot_open_id(self) -> str:
        """Return how our bot is named in mentions; asked once.

        Raises:
            Refused, Unavailable: it cannot be asked now.
        """
        if not self._bot_open_id:
            answer = await self._call("GET", "/open-apis/bot/v3/info")
            self._bot_open_id = str((answer.get("bot") or {}).get("open_id") or "")
        return self._bot_open_id

    async def reply(self, message_id: str, text: str, *, uuid: str) -> None:
        """Answer a message where it was written.

        Args:
            message_id: what is answered.
            text: in Feishu's own markup.
            uuid: the same again within an hour is delivered once.

        Raises:
            Refused: certainly not delivered.
            Unavailable: nobody knows.
        """
        body = _text_message(text) | {"uuid": uuid}
        await self._call("POST", f"/open-apis/im/v1/messages/{message_id}/reply", body)

    async def send(self, id_type: str, receiver: str, text: str, *, uuid: str) -> None:
        """Write to a person (`open_id`) or a group (`chat_id`); raises as `reply` does."""
        body = _text_message(text) | {"receive_id": receiver, "uuid": uuid}
        await self._call("POST", "/open-apis/im/v1/messages", body, {"receive_id_type": id_type})

    async def close(self) -> None:
        """Release connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, params: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        if self._clock.monotonic() < self._silent_until:
            raise Refused("飞书嫌发得太快，歇一会儿再发。", code="too_fast")
        for last in (False, True):
            headers = {"Authorization": f"Bearer {await self._valid_token()}"}
            status, answer = await self._request(method, path, body, params, headers)
            code = answer.get("code")
            if code == 0 and status < 400:
                return answer
            if code in _TOKEN_FAULTS and not last:
                self._token = ""
                continue
            break
        raise self._fault(status, answer)

    async def _valid_token(self) -> str:
        async with self._renewing:
            if self._token and self._clock.monotonic() < self._token_ends:
                return self._token
            credentials = {"app_id": self.app_id, "app_secret": self._app_secret}
            try:
                status, answer = await self._request(
                    "POST", "/open-apis/auth/v3/tenant_access_token/internal", credentials, None, {}
                )
            except Unavailable as error:
                # the message itself was not sent yet, so its delivery is no secret
                raise Refused(error.message, code="unreachable") from error
            if answer.get("code") != 0 or not answer.get("tenant_access_token"):
                fault = self._fault(status, answer)
                raise Refused(fault.message, code=fault.code) from fault
            self._token = str(answer["tenant_access_token"])
            self._token_ends = self._clock.monotonic() + max(float(answer.get("expire") or 0) - _EARLY, 30.0)
            return self._token

    async def _request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str],
    ) -> tuple[int, dict[str, Any]]:
        try:
            async with self._open().request(
                method, self._base_url + path, json=body, params=params, headers=headers, allow_redirects=False
            ) as response:
                self._note_pace(response)
                text = await response.text()
                return response.status, _object(text)
        except aiohttp.ClientConnectorError as error:
            raise Refused("连不上飞书：请检查网络和 SHOUWANG_FEISHU_API_BASE_URL。", code="unreachable") from error
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            raise Unavailable("飞书没有回话，不知道发出去没有。") from error

    def _note_pace(self, response: aiohttp.ClientResponse) -> None:
        if response.status == 429:
            asked = response.headers.get("x-ogw-ratelimit-reset") or response.headers.get("Retry-After") or ""
            seconds = float(asked) if asked.isdigit() else 1.0
            self._silent_until = self._clock.monotonic() + min(max(seconds, 1.0), _LONGEST_PAUSE)

    def _fault(self, status: int, answer: Mapping[str, Any]) -> Refused | Unavailable:
        code = answer.get("code")
        log.warning("feishu_refused", status=status, code=code)
        if status == 429 or code in _TOO_FAST:
            return Refused("飞书嫌发得太快，歇一会儿再发。", code="too_fast")
        if status >= 500 or not isinstance(code, int) or code == 0:
            return Unavailable(f"飞书出错（HTTP {status}），不知道发出去没有。")
        return Refused(_ADVICE.get(code, f"飞书不收（错误码 {code}）：请在飞书开放平台查这个错误码。"), code=str(code))

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        return self._session


def _text_message(text: str) -> dict[str, Any]:
    return {"msg_type": "text", "content": json.dumps({"text": text}, ensure_ascii=False)}


def _object(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
