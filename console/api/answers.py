"""What the API's handlers share: reading a request, and answering."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from community.errors import InvalidInput, NotFound
from community.store import progress
from console.forms import Fields
from console.guards import FORM_LIMIT

#: Lines of one page.
PAGE = 100
#: No id is that large.
_MOST = 10**9


def campaign_of(conn: Connection, campaign_id: int) -> progress.CampaignLine:
    """One campaign.

    Raises:
        NotFound: there is no such one.
    """
    line = progress.campaign_line(conn, campaign_id)
    if line is None:
        raise NotFound(f"没有编号为 {campaign_id} 的外呼任务：请核对编号。")
    return line


async def body_of(request: web.Request, known: set[str], *, lists: Collection[str] = ()) -> Fields:
    """The JSON object of a request; true is read as the form's `yes`, a list of numbers as `3,5`.

    Args:
        known: the fields that are words, or true and false; lists: those that are lists of numbers.

    Raises:
        InvalidInput: it is none, or has fields that are not known.
    """
    text = await request.clone(client_max_size=FORM_LIMIT).text()
    try:
        document = json.loads(text or "{}")
    except ValueError:
        raise InvalidInput("内容不是 JSON：请检查引号和逗号。") from None
    if not isinstance(document, dict):
        raise InvalidInput("内容应是一个 JSON 对象，例如 {“reason”: “…”}。")
    allowed = {*known, *lists}
    if unknown := sorted(set(document) - allowed):
        raise InvalidInput(f"不认识的字段 {'、'.join(unknown)[:200]}：可用的是 {'、'.join(sorted(allowed))}。")
    texts = {name: _numbers(name, document.pop(name)) for name in lists if name in document}
    if not all(isinstance(value, str | bool) for value in document.values()):
        raise InvalidInput("字段的值只能是文字或 true、false。")
    return Fields(texts | {key: _text(value) for key, value in document.items()}, {})


def _numbers(name: str, value: Any) -> str:
    listed = value if isinstance(value, list) else [value]
    if not all(type(each) is int and 0 < each < _MOST for each in listed):
        raise InvalidInput(f"{name} 应是编号的列表，例如 {{“{name}”: [3, 5]}}。")
    return ",".join(str(each) for each in listed)


def _text(value: str | bool) -> str:  # noqa: FBT001 - a JSON value
    return value if isinstance(value, str) else ("yes" if value else "no")


def only(request: web.Request, known: set[str]) -> None:
    """Refuse parameters that are not known, which may be misspelt.

    Raises:
        InvalidInput: there is one.
    """
    if unknown := sorted(set(request.query) - known):
        raise InvalidInput(f"不认识的参数 {'、'.join(unknown)[:200]}：可用的是 {'、'.join(sorted(known))}。")


def json_answer(document: Mapping[str, Any], *, status: int = 200) -> web.Response:
    """A document as the API sends it: Chinese as it is written."""
    return web.json_response(document, status=status, dumps=lambda value: json.dumps(value, ensure_ascii=False))
