"""What a message event says: who spoke, where, to whom, in words or in another form."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels.base import IncomingMessage

CHANNEL = "feishu"
_ID = re.compile(r"[\w\-]{1,64}")
#: Sent to be looked at, not to be answered.
_SILENT = {"sticker", "system", "hongbao", "vote", "todo", "general_calendar", "share_calendar_event", "video_chat"}
_KINDS = {"image": "image", "audio": "audio"}


def mentions_somebody(event: Mapping[str, Any]) -> bool:
    """Tell whether a message event mentions anybody, so that it matters who we are."""
    message = event.get("message")
    return isinstance(message, dict) and bool(_mentions(message))


def read_message(event: Mapping[str, Any], *, app_id: str, bot_open_id: str) -> IncomingMessage | None:
    """Read the `event` part of im.message.receive_v1; None for what is no person's message.

    Args:
        event: as Feishu sends it.
        app_id: our app.
        bot_open_id: how our bot is named in mentions; empty when it is not known.
    """
    message, sender = event.get("message") or {}, event.get("sender") or {}
    open_id = str((sender.get("sender_id") or {}).get("open_id") or "")
    ids = (open_id, str(message.get("message_id") or ""), str(message.get("chat_id") or ""))
    kind = str(message.get("message_type") or "")
    if sender.get("sender_type") != "user" or kind in _SILENT or not all(_ID.fullmatch(part) for part in ids):
        return None
    _, message_id, chat_id = ids
    in_group = message.get("chat_type") != "p2p"
    mentions = _mentions(message)
    addressed = not in_group or any(_open_id(mention) == bot_open_id != "" for mention in mentions)
    text, images = _content(kind, str(message.get("content") or ""))
    return IncomingMessage(
        channel=CHANNEL,
        account=app_id,
        message_id=message_id,
        conversation_id=f"{CHANNEL}:{app_id}:{chat_id}:{open_id}",
        scene="group" if in_group else "private",
        text=_without_keys(text, mentions, bot_open_id),
        addressed=addressed,
        chat_id=chat_id,
        person_id=open_id,
        attachment="" if kind in ("text", "location") else _KINDS.get(kind, "image" if images else _other(kind)),
        envelope={
            "message_id": message_id,
            "chat_id": chat_id,
            "open_id": open_id,
            "group": in_group,
            **({"images": images} if images else {}),
        },
    )


def _other(kind: str) -> str:
    return "" if kind == "post" else kind or "other"


def _mentions(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = message.get("mentions")
    return [mention for mention in found if isinstance(mention, dict)] if isinstance(found, list) else []


def _open_id(mention: Mapping[str, Any]) -> str:
    named = mention.get("id")
    return str(named.get("open_id") or "") if isinstance(named, dict) else str(named or "")


def _without_keys(text: str, mentions: Sequence[Mapping[str, Any]], bot_open_id: str) -> str:
    """Take the mention of the bot out and put names for the others; the longest key first: @_user_1 begins @_user_10."""
    text = text.replace("@_all", "@所有人")
    for mention in sorted(mentions, key=lambda mention: -len(str(mention.get("key") or ""))):
        key = str(mention.get("key") or "")
        if key:
            ours = bot_open_id != "" and _open_id(mention) == bot_open_id
            text = text.replace(key, " " if ours else f"@{mention.get('name') or ''} ")
    return re.sub(r"[ \u00a0]+", " ", text).strip()


def _content(kind: str, content: str) -> tuple[str, list[str]]:
    """Return the words of a message and the keys of its pictures."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return "", []
    if not isinstance(document, dict):
        return "", []
    if kind == "text":
        return str(document.get("text") or ""), []
    if kind == "location":
        return str(document.get("name") or ""), []
    if kind == "image":
        return "", [str(document["image_key"])] if document.get("image_key") else []
    return _post(document) if kind == "post" else ("", [])


def _post(document: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Read rich text: {title, content: [[element]]}, bare or under a language."""
    if "content" not in document:
        document = next((part for part in document.values() if isinstance(part, dict)), {})
    lines = [str(document.get("title") or "")]
    images: list[str] = []
    rows = document.get("content")
    for row in rows if isinstance(rows, list) else []:
        words = []
        for element in row if isinstance(row, list) else []:
            if not isinstance(element, dict):
                continue
            if element.get("tag") == "img" and element.get("image_key"):
                images.append(str(element["image_key"]))
            words.append(str(element.get("user_id" if element.get("tag") == "at" else "text") or ""))
        lines.append("".join(words))
    return "\n".join(line for line in lines if line.strip()), images
