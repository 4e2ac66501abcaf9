"""From what Rasa said to what is sent: who gets it, and nothing private in a group."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.base import Reply
from community.model.private_text import find_private, hide_private
from community.texts.say import say

GROUP, PERSON = "group", "person"


@dataclass(frozen=True, slots=True)
class TurnAnswer:
    """One turn as it is stored.

    Attributes:
        replies: in the order they were said.
        case_number: the case that the turn touched.
        understanding: {intent, asks…} as the actions told it.
    """

    replies: tuple[Reply, ...]
    case_number: str | None
    understanding: Mapping[str, Any]


def read_items(items: Iterable[Mapping[str, Any]], *, scene: str) -> TurnAnswer:
    """Read Rasa's items: plain `text`, or `custom` {text, to, buttons, case, asks, intent}."""
    replies: list[Reply] = []
    case_number: str | None = None
    understanding: dict[str, Any] = {}
    for item in items:
        custom = item.get("custom")
        source = custom if isinstance(custom, dict) else item
        text = str(source.get("text") or "").strip()
        if text:
            to = source.get("to") if source.get("to") in (GROUP, PERSON) else scene
            buttons = _buttons(source.get("buttons") or item.get("buttons"))
            replies.append(Reply(text=text, to=GROUP if to == GROUP == scene else PERSON, buttons=buttons))
        case_number = case_number or (str(source["case"]) if source.get("case") else None)
        # After an interruption the form asks again: what the message was is said first, what is asked for last.
        if source.get("intent") is not None:
            understanding.setdefault("intent", source["intent"])
        if source.get("asks") is not None:
            understanding["asks"] = source["asks"]
    return TurnAnswer(tuple(replies), case_number, understanding)


def protect_group(replies: Sequence[Reply], *, text: str, scene: str, own_numbers: Sequence[str]) -> tuple[Reply, ...]:
    """Keep private things out of a group.

    A phone or identity number in a line for the group is hidden, the author of one is told privately, and where everything
    goes to the person the group gets one neutral line.

    Args:
        replies: what is to be said.
        text: the message that is answered.
        scene: `group` or `private`.
        own_numbers: the community's published numbers, which are no secret.
    """
    if scene != GROUP or not replies:
        return tuple(replies)
    safe = [
        Reply(text=hide_private(reply.text, keep=own_numbers), to=reply.to, buttons=reply.buttons)
        if reply.to == GROUP
        else reply
        for reply in replies
    ]
    posted = find_private(text, keep=own_numbers)
    if posted:
        safe.append(
            Reply(text=say("chat", "private_posted", what="、".join(say("chat", f"private_{kind}") for kind in posted)))
        )
    if all(reply.to == PERSON for reply in safe):
        safe.append(Reply(text=say("chat", "answered_privately"), to=GROUP))
    return tuple(safe)


def as_documents(replies: Iterable[Reply]) -> list[dict[str, Any]]:
    """Return replies as they are stored and answered: [{text, to, buttons}]."""
    return [
        {"text": reply.text, "to": reply.to, "buttons": [dict(button) for button in reply.buttons]} for reply in replies
    ]


def from_document(document: Mapping[str, Any]) -> Reply:
    """Read one stored reply."""
    return Reply(
        text=str(document["text"]), to=str(document.get("to", PERSON)), buttons=tuple(document.get("buttons") or ())
    )


def merge(replies: Sequence[Reply], *, to: str) -> Reply | None:
    """Join what one reader gets in a turn into one message, so that it arrives in order; None when there is nothing."""
    mine = [reply for reply in replies if reply.to == to]
    if not mine:
        return None
    buttons = tuple(button for reply in mine for button in reply.buttons)
    return Reply(text="\n".join(reply.text for reply in mine), to=to, buttons=buttons)


def numbered(reply: Reply) -> str:
    """Return a reply as plain text, its buttons as a numbered list."""
    if not reply.buttons:
        return reply.text
    lines = [f"{number}. {button['title']}" for number, button in enumerate(reply.buttons, start=1)]
    return "\n".join([reply.text, *lines, say("chat", "choose")])


def chosen(text: str, previous: Sequence[Mapping[str, Any]]) -> str:
    """Return the payload of the button that a bare number, or a button's own words, chooses; else the text itself."""
    buttons = [button for reply in previous for button in reply.get("buttons") or ()]
    word = text.strip().rstrip(".。、)） ")
    for number, button in enumerate(buttons, start=1):
        if word in (str(number), chr(ord("０") + number) if number < 10 else "", button["title"]):
            return str(button["payload"])
    return text


def _buttons(found: Any) -> tuple[Mapping[str, str], ...]:
    if not isinstance(found, list):
        return ()
    return tuple(
        {"title": str(button["title"]), "payload": str(button.get("payload") or button["title"])}
        for button in found
        if isinstance(button, dict) and button.get("title")
    )
