"""What the group robots have in common: one POST of a text, judged as delivered, refused or unknown."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp
import structlog
from yarl import URL

from bot.outbox import Delivery, DeliveryResult
from community.clock import Clock

log = structlog.get_logger()

_TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)
_MOST_BYTES = 65_536
_AGAIN = "「重发」"
#: Angle brackets are markup to some platforms (a resident must not be able to mention everybody).
_HARMLESS = str.maketrans({"<": "＜", ">": "＞"})
#: Failures before anything was sent.
_NOT_CONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientProxyConnectionError,
    aiohttp.InvalidURL,
)


class RobotWebhook(ABC):
    """One robot in one group; its address is a secret and is never logged."""

    #: What staff call the platform.
    platform: str
    per_minute: int | None = 20
    #: Where the platform's answer has its result code, 0 for success: the first of these names that is there.
    code_names: tuple[str, ...] = ("errcode",)

    def __init__(self, url: URL, clock: Clock) -> None:
        self._url = url
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    @abstractmethod
    def address(self, url: URL) -> URL:
        """The address to post to now."""

    @abstractmethod
    def body(self, text: str, *, mention_all: bool) -> dict[str, Any]:
        """The document to post."""

    @abstractmethod
    def explain(self, code: int) -> Delivery:
        """What a result code other than 0 means."""

    async def send(self, payload: Mapping[str, Any], *, key: str, again: bool) -> Delivery:
        """Post one text to the group, once.

        Args:
            payload: `text` and `mention_all`.
            key: of the letter; for the log.
            again: it may be in the group already.
        """
        text = str(payload["text"]).translate(_HARMLESS)
        body = self.body(f"{_AGAIN}{text}" if again else text, mention_all=bool(payload.get("mention_all")))
        delivery = await self._post(body)
        log.info("robot_answered", platform=self.platform, key=key, result=delivery.result)
        return delivery

    async def close(self) -> None:
        """Release the connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _post(self, body: Mapping[str, Any]) -> Delivery:
        data = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        post = self._connected().post(self.address(self._url), data=data, headers=headers, allow_redirects=False)
        try:
            async with post as response:
                return self._judge(response.status, response.headers, await _read(response))
        except _NOT_CONNECTED:
            return self._refused("连不上，请检查网络和地址")
        except (aiohttp.ClientError, OSError) as error:  # a time-out is an OSError
            return Delivery(
                result=DeliveryResult.UNKNOWN, error=f"{self.platform}机器人没有回音（{type(error).__name__}）"
            )

    def _judge(self, status: int, headers: Mapping[str, str], answer: bytes) -> Delivery:
        if status >= 500:
            return Delivery(result=DeliveryResult.UNKNOWN, error=f"{self.platform}机器人出错（HTTP {status}）")
        if status == 429:
            return self._refused("发得太快，稍后再发", retry_after=_retry_after(headers))
        if not 200 <= status < 300:
            return self._refused(f"不接受（HTTP {status}），请核对机器人地址")
        code = self._code(_document(answer))
        return self.explain(code) if code else Delivery(result=DeliveryResult.DELIVERED)

    def _code(self, document: Mapping[str, Any]) -> int | None:
        code = next((document[name] for name in self.code_names if name in document), None)
        return code if isinstance(code, int) else None

    def _refused(self, why: str, *, retry_after: timedelta | None = None) -> Delivery:
        return Delivery(result=DeliveryResult.REFUSED, error=f"{self.platform}机器人{why}", retry_after=retry_after)

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            # A connection that the other side closed meanwhile would make a refusal look like a lost reply.
            connector = aiohttp.TCPConnector(force_close=True, limit=2)
            self._session = aiohttp.ClientSession(connector=connector, timeout=_TIMEOUT)
        return self._session


def shorten_bytes(text: str, most: int) -> str:
    """Cut a text to `most` bytes of UTF-8, with … where something is missing."""
    encoded = text.encode()
    if len(encoded) <= most:
        return text
    return encoded[: most - len("…".encode())].decode(errors="ignore") + "…"


async def _read(response: aiohttp.ClientResponse) -> bytes:
    answer = b""
    try:
        async for chunk in response.content.iter_any():
            answer += chunk
            if len(answer) > _MOST_BYTES:
                break
    except (aiohttp.ClientError, OSError):
        # The status has come: what it says stands, also without the rest. (A time-out is an OSError.)
        return b""
    return answer


def _document(answer: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(answer)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    value = headers.get("Retry-After", "")
    return timedelta(seconds=min(int(value), 3600)) if value.isdecimal() and len(value) < 9 else timedelta(minutes=1)
