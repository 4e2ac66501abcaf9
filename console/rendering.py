"""How pages are drawn: the template environment, and what every template may use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web
from multidict import MultiDict
from yarl import URL

from community.model.duration import span_text
from community.model.phone import mask
from console import wording
from console.desk import VISITOR, Desk, desk_of

_HERE = Path(__file__).parent
PAGE_SIZE = 50

#: What a page says after a change, by the code in its address.
DONE: Mapping[str, str] = {
    "acknowledged": "已接单，计时重新开始。",
    "closed": "已销号，办理结果会告诉报告人。",
    "handed_over": "已转派，对方会收到通知。",
    "noted": "备注已保存。",
    "returned": "已退单。",
    "suspended": "已挂账，到期会继续提醒。",
    "reopened": "已重开。",
    "cancelled": "工单已撤销。",
    "corrected": "更正已保存。",
    "created": "草稿已保存，请另一位同事批准。",
    "rehearsing": "开始排练了，谁的电话也不会响；好了就显示在下面。",
    "approved": "已批准，可以启动了。",
    "launched": "已启动，下面的进度会自己更新。",
    "paused": "已暂停，不会再拨出新的电话。",
    "resumed": "已继续。",
    "stopped": "任务已取消。",
    "raised": "上限已调高。",
    "answer_corrected": "更正已保存，原来的判断也留着。",
    "answer_case_opened": "更正已保存。这样的回答要有人跟进：工单已开。",
    "answer_case_told": "更正已保存，也写进了这条回答的工单。",
    "answer_case_left": "更正已保存。原来的回答开过工单，还没有销号：请看下面那条回答怎么办。",
    "answer_checked": "好，这条不用改。",
    "answer_published": "已发布：问过的居民会收到，以后再问就这样答。",
    "chat_ended": "已解除，这个聊天不再代表这位居民。",
    "answer_drafted": "草稿已保存，发布以后才会用。",
    "answer_withdrawn": "已撤下，助手不再这样答。",
    "question_set_aside": "已从清单里去掉。",
    "password_changed": "密码已换好。",
    "staff_changed": "账号已更改。",
    "on_duty": "已上班，工单会提醒您。",
    "off_duty": "已下班，升级时会跳过您。",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Which part of a long list is shown."""

    number: int
    total: int
    size: int = PAGE_SIZE

    @property
    def offset(self) -> int:
        """How many lines come before this page."""
        return (self.number - 1) * self.size

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))


def page_number(request: web.Request) -> int:
    """The page asked for; anything odd is the first."""
    text = request.query.get("page", "1")
    return min(max(1, int(text)), 1_000_000) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def set_up_templates(app: web.Application) -> None:
    """Give an application its templates, escaped without exception."""
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        default_helpers=False,
    )
    environment.globals.update(wording.NAMES, zip=zip)
    environment.filters.update(
        mask=lambda number: mask(number) if number else "",
        sure=wording.confidence_words,
        span=span_text,
        written_moment=wording.written_moment_words,
        seconds=lambda seconds: span_text(timedelta(seconds=seconds)),
    )


async def render(
    request: web.Request, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> web.Response:
    """Draw one page or fragment."""
    desk = desk_of(request)
    now = desk.clock.now()
    everything = {
        "desk": desk,
        "now": now,
        "path": request.path,
        "query": request.query,
        "visitor": request.get(VISITOR),
        "csrf": "",
        "moment": _moments(desk, now),
        "distance": lambda moment: wording.distance_words(moment, now),
        "link": lambda **changes: _link(request, changes),
        "done": request.query.get("done", ""),
        "done_sentences": DONE,
        "back": _back(request),
        **(context or {}),
    }
    if everything["visitor"] is not None:
        everything["csrf"] = everything["visitor"].csrf_token
    return aiohttp_jinja2.render_template(template, request, everything, status=status)


def _moments(desk: Desk, now: datetime) -> Any:
    return lambda moment: wording.moment_words(moment, now, desk.rules.timezone)


def _link(request: web.Request, changes: Mapping[str, Any]) -> str:
    """The present address with some of its query changed; an empty value drops one."""
    query = MultiDict(request.query)
    for gone in ("page", "done"):
        query.popall(gone, None)
    for key, value in changes.items():
        query.popall(key, None)
        if value not in {None, ""}:
            query[key] = str(value)
    return str(request.rel_url.with_query(query))


def _back(request: web.Request) -> str:
    """The page of the console that somebody came from."""
    referer = request.headers.get("Referer", "")
    path = URL(referer).path_qs if referer else ""
    return path if path.startswith("/console/") else "/console/"
