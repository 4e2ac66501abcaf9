"""Asks an OpenAI-compatible endpoint for one short answer. Whatever goes wrong is a value: the built-in path answers then."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

#: An answer is a sentence or two; whoever sends more is not read to the end, in bytes.
MOST_BYTES = 64 * 1024
_MOST_TOKENS = 256
#: Models that think aloud put it between these.
_THOUGHTS = re.compile(r"<think>.*?</think>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """What the model said, without its thoughts."""

    text: str


@dataclass(frozen=True, slots=True)
class Silent:
    """No answer that can be used.

    Attributes:
        reason: `timeout`, `unreachable`, `refused` (4xx), `busy` (429), `failed` (5xx or a broken line), `not_json`, `no_words`,
            `too_large`, `streamed`, `cut_off`.
    """

    reason: str


class LanguageModel:
    """One endpoint and one model of it.

    Args:
        url: up to `/v1`.
        name: of the model.
        api_key: sent as a bearer token; empty for none.
        seconds: time for one answer, connecting included.
        extra: more fields of each request.
    """

    def __init__(
        self, url: str, name: str, *, api_key: str = "", seconds: float = 3.0, extra: Mapping[str, Any] | None = None
    ) -> None:
        self._url = url.rstrip("/")
        self.name = name
        self.seconds = seconds
        # Packed, a small answer could unpack into a huge one.
        self._headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {api_key}"} if api_key else {})
        self._extra = dict(extra or {})
        self._session: aiohttp.ClientSession | None = None

    async def say(self, system: str, user: str, *, seconds: float | None = None) -> Said | Silent:
        """Ask once; it is never tried again."""
        body = {
            **self._extra,
            "model": self.name,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
            "temperature": 0,
            "max_tokens": _MOST_TOKENS,
            "stream": False,
        }
        limit = self.seconds if seconds is None else min(seconds, self.seconds)
        try:
            async with asyncio.timeout(limit):
                return await self._post(body)
        except TimeoutError:
            return Silent("timeout")
        except aiohttp.ClientConnectorError:
            return Silent("unreachable")
        except aiohttp.ClientError:
            return Silent("failed")

    async def close(self) -> None:
        """Release connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _post(self, body: Mapping[str, Any]) -> Said | Silent:
        # A redirect could lead the question, and the key, to another house.
        request = self._open().post(
            f"{self._url}/chat/completions", json=body, headers=self._headers, allow_redirects=False
        )
        async with request as response:
            if response.status != 200:
                return Silent(_refusal(response.status))
            if response.content_type == "text/event-stream":
                return Silent("streamed")
            raw = await _read(response)
        return _words(raw) if raw is not None else Silent("too_large")

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False)
        return self._session


async def _read(response: aiohttp.ClientResponse) -> bytes | None:
    raw = bytearray()
    async for piece in response.content.iter_chunked(8192):
        raw += piece
        if len(raw) > MOST_BYTES:
            response.close()
            return None
    return bytes(raw)


def _refusal(status: int) -> str:
    if status == 429:
        return "busy"
    return "failed" if status >= 500 else "refused"


def _words(raw: bytes) -> Said | Silent:
    try:
        choice = json.loads(raw)["choices"][0]
        text, ended = choice["message"]["content"], choice.get("finish_reason")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Silent("not_json")
    if not isinstance(text, str) or not (text := _THOUGHTS.sub("", text).strip()):
        return Silent("no_words")
    return Silent("cut_off") if ended == "length" else Said(text)
