"""The only caller of Rasa. Whatever goes wrong is a value, so that a message is kept and tried again.

Rasa's answer to a turn may be lost although the turn was made; `recall` asks the conversation's tracker for it, so that the
turn is not made twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp

#: Rasa is given no more of a text than this, characters.
MAX_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Answered:
    """Rasa made the turn; `items` are what it said, in Rasa's own form, never empty."""

    items: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows whether the turn was made, or certainly nothing was said.

    Attributes:
        reason: `unreachable`, `timeout`, `refused`, `failed`, `empty` or `not_json`.
    """

    reason: str


class RasaClient:
    """Talks to one Rasa server (or a balancer before several).

    Args:
        url: base address, loopback by default.
        token: goes with every request, in the query.
        timeout: seconds one turn may take.
    """

    def __init__(self, url: str, token: str = "", *, timeout: float = 10.0) -> None:
        self._url = url.rstrip("/")
        self._params = {"token": token} if token else {}
        self.timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, conversation_id: str, text: str, metadata: Mapping[str, Any]) -> Answered | Unknown:
        """Make one turn of a conversation.

        A leading `/` is stripped: Rasa takes such a text for an intent, and residents are not to choose intents.
        """
        body = {"sender": conversation_id, "message": plain_text(text), "metadata": dict(metadata)}
        answer = await self._call("POST", "/webhooks/rest/webhook", body)
        if isinstance(answer, Unknown):
            return answer
        items = [item for item in answer if isinstance(item, dict)] if isinstance(answer, list) else []
        return Answered(items) if items else Unknown("empty")

    async def parse(self, text: str) -> Mapping[str, Any] | None:
        """What Rasa understands by a text, without any conversation; None where it did not say."""
        answer = await self._call("POST", "/model/parse", {"text": plain_text(text)})
        return answer if isinstance(answer, dict) else None

    async def recall(self, conversation_id: str, message: int) -> Answered | None:
        """Return what Rasa already said to the message whose row is in its metadata; None when it knows of none."""
        path = f"/conversations/{quote(conversation_id, safe='')}/tracker"
        tracker = await self._call("GET", path, None)
        if not isinstance(tracker, dict):
            return None
        items = _said_to(tracker.get("events") or [], message)
        return Answered(items) if items else None

    async def begin_session(self, conversation_id: str) -> None:
        """Let a conversation begin anew, as Rasa itself does after a long silence."""
        body = {"sender": conversation_id, "message": "/session_start"}
        await self._call("POST", "/webhooks/rest/webhook", body)

    async def close(self) -> None:
        """Release connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(self, method: str, path: str, body: Any) -> Any:
        try:
            async with self._open().request(method, self._url + path, params=self._params, json=body) as response:
                if response.status >= 400:
                    return Unknown("refused" if response.status < 500 else "failed")
                return await response.json(content_type=None)
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            return Unknown(_reason(error))

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.timeout))
        return self._session


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "unreachable"
    return "failed" if isinstance(error, aiohttp.ClientError) else "not_json"


def plain_text(text: str) -> str:
    """Return what Rasa may be given of a resident's text: no command of Rasa's, at most 2,000 characters, never nothing."""
    return text.strip().lstrip("/／").strip()[:MAX_TEXT] or "？"


def _said_to(events: Sequence[Mapping[str, Any]], message: int) -> list[dict[str, Any]]:
    """Collect the bot's lines between the message and the moment Rasa listened again; none if it never did."""
    lines: list[dict[str, Any]] = []
    found = False
    for event in events:
        kind = event.get("event")
        if kind == "user":
            if found:
                break
            found = (event.get("metadata") or {}).get("message") == message
        elif found and kind == "bot":
            lines.append(_line(event))
        elif found and kind == "action" and event.get("name") == "action_listen":
            return lines
    return []


def _line(event: Mapping[str, Any]) -> dict[str, Any]:
    data = event.get("data") or {}
    line = {key: data[key] for key in ("custom", "buttons") if data.get(key)}
    if event.get("text"):
        line["text"] = event["text"]
    return line
