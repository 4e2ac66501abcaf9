"""Load the community's own rules from its folder: community.yml, hazards.yml, ladders.yml.

Every mistake is one Chinese sentence that names the file and the key.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from community.errors import InvalidInput
from community.model.calls.line import SIMULATED, Line
from community.model.calls.spending import Spending
from community.model.cases.case import CaseKind, LadderStep, Priority
from community.model.duration import Duration
from community.model.hours import Calendar, QuietHours, Span, parse_spans
from community.model.rulebook import ACKNOWLEDGED_FOR, CallCaps, HazardCategory, Rulebook
from community.model.staff import Role
from community.settings import Settings

_T = TypeVar("_T")
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_Hours = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")]
_MOST_BUILDINGS = 1000
#: Characters of the token in an answer link.
_LINK_TOKEN = 24
_RANGE = re.compile(r"^(?P<community>.+)-(?P<first>\d+)~(?P<last>\d+)$")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Community(_Strict):
    name: _Text
    district: str = ""
    phone: _Text
    gas_phone: _Text
    duty_number: Annotated[str, StringConstraints(pattern=r"^(\+\d{6,15})?$")] = ""
    communities: Annotated[list[_Text], Field(min_length=1)]
    place_names: dict[_Text, _Text] = {}
    grids: Annotated[dict[_Text, list[_Text]], Field(min_length=1)]
    working_hours: Annotated[list[_Hours], Field(min_length=1)] = ["09:00-12:00", "14:00-17:30"]
    calendar: dict[date, bool] = {}


class _Hazard(_Strict):
    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$")]
    name: _Text
    priority: Priority
    first_step_minutes: Annotated[int, Field(ge=1)]
    event: str | None = None


class _Step(_Strict):
    role: Role
    wait: Annotated[Duration, Field(gt=timedelta(0))]


_Steps = Annotated[list[_Step], Field(min_length=1, max_length=20)]


class _Default(_Strict):
    emergency: _Steps
    urgent: _Steps
    normal: _Steps


class _Own(_Strict):
    emergency: _Steps | None = None
    urgent: _Steps | None = None
    normal: _Steps | None = None


class _Ladders(_Strict):
    default: _Default
    kinds: dict[CaseKind, _Own] = {}
    acknowledged: dict[Priority, Annotated[Duration, Field(gt=timedelta(0))]] = {}
    returns_at_most: Annotated[int, Field(ge=0, le=100)] = 2


def load_rulebook(settings: Settings) -> Rulebook:
    """Read the rules of the community in `settings.community_dir`.

    Raises:
        InvalidInput: a file is missing or something in it is wrong; the sentence names file and key.
    """
    folder = settings.community_dir
    community = _load(folder / "community.yml", TypeAdapter(_Community))
    hazards = _load(folder / "hazards.yml", TypeAdapter(Annotated[list[_Hazard], Field(min_length=1)]))
    ladders = _load(folder / "ladders.yml", TypeAdapter(_Ladders))
    _check_places(folder / "community.yml", community)
    return Rulebook(
        name=community.name,
        district=community.district,
        phone=community.phone,
        gas_phone=community.gas_phone,
        duty_number=community.duty_number,
        timezone=settings.timezone,
        communities=tuple(community.communities),
        place_names=community.place_names,
        grids={grid: tuple(_expand(places)) for grid, places in community.grids.items()},
        hazards=_hazards(folder / "hazards.yml", hazards),
        ladders=_ladders(ladders),
        acknowledged_for={**ACKNOWLEDGED_FOR, **ladders.acknowledged},
        returns_at_most=ladders.returns_at_most,
        quiet_hours=QuietHours(parse_spans(settings.quiet_hours)),
        calendar=Calendar(community.calendar, _working_hours(community)),
        caps=CallCaps(per_hour=settings.max_calls_per_hour, per_day=settings.max_calls_per_day),
        robots=_robots(settings),
        line=_line(settings),
        region=settings.emergency_region,
        spending=Spending(
            price_per_minute=settings.price_per_minute,
            price_per_call=settings.price_per_call,
            price_per_text=settings.price_per_text,
            calls_per_day=settings.max_calls_total_per_day,
            minutes_per_day=settings.max_minutes_total_per_day,
        ),
    )


def _working_hours(community: _Community) -> tuple[Span, ...]:
    spans = tuple(Span.parse(hours) for hours in community.working_hours)
    moments = [moment for span in spans for moment in (span.start, span.end)]
    if moments != sorted(moments) or any(span.start == span.end for span in spans):
        raise InvalidInput("community.yml：working_hours 要从早到晚写，每段的结束晚于开始，而且互不重叠")
    return spans


def _line(settings: Settings) -> Line:
    return Line(
        name=settings.carrier,
        rehearsal=settings.carrier == SIMULATED.name,
        from_numbers=settings.from_numbers,
        mainland_allowed_because=settings.mainland_allowed_because,
        regions=settings.callable_regions,
        calls_per_second=settings.calls_per_second,
        concurrent_calls=settings.concurrent_calls,
        number_calls_per_second=settings.calls_per_second_per_number or None,
        number_concurrent_calls=settings.concurrent_calls_per_number or None,
        carries_texts=settings.carries_texts,
        answer_link=f"{settings.public_url}/answer/{'x' * _LINK_TOKEN}" if settings.has_public_address else "",
    )


def _robots(settings: Settings) -> tuple[str, ...]:
    urls = {
        "wecom": settings.notify_wecom_url,
        "dingtalk": settings.notify_dingtalk_url,
        "feishu": settings.notify_feishu_url,
    }
    return tuple(name for name, url in urls.items() if url)


def _load(path: Path, shape: TypeAdapter[_T]) -> _T:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InvalidInput(f"缺少文件 {path}：请照 sample/{path.name} 写一份") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} 读不出来：请检查文件权限，并存成 UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行附近" if mark else ""
        raise InvalidInput(f"{path} {where}不是正确的 YAML：请检查缩进、冒号和引号") from error
    try:
        return shape.validate_python(document)
    except ValidationError as error:
        raise InvalidInput(f"{path.name}：" + "；".join(_explain(error))) from error


_SENTENCES = {
    "missing": "没有写，必须写上",
    "extra_forbidden": "不认识这一项，请检查是不是写错了名字",
    "string_type": "应是文字，数字请加引号",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "写法不对",
    "list_type": "应是一个列表",
    "dict_type": "应是“名称: 内容”的形式",
    "model_type": "应是“名称: 内容”的形式",
    "too_short": "不能为空",
    "too_long": "太多了",
    "enum": "不是允许的值",
    "int_parsing": "应是整数",
    "int_type": "应是整数",
    "bool_parsing": "应是 true 或 false",
    "greater_than": "应大于 0",
    "greater_than_equal": "太小了",
    "less_than_equal": "太大了",
    "timedelta_type": "时长应写成 30m、2h 这样",
}


def _explain(error: ValidationError) -> Iterable[str]:
    for problem in error.errors(include_url=False)[:5]:
        key = ".".join(str(part) for part in problem["loc"] if part != "[key]") or "整个文件"
        if problem["type"] == "value_error":
            yield f"{key} {problem['ctx']['error']}"
            continue
        sentence = _SENTENCES.get(problem["type"], "写法不对")
        if problem["type"] == "enum":
            sentence += f"，只能是 {_expected(problem)}"
        yield f"{key} {sentence}"


def _expected(problem: Mapping[str, Any]) -> str:
    return str(problem["ctx"]["expected"]).replace("'", "").replace(" or ", "、").replace(", ", "、")


def _expand(places: Iterable[str]) -> Iterable[str]:
    for place in places:
        match = _RANGE.match(place)
        if match:
            numbers = range(int(match["first"]), int(match["last"]) + 1)[:_MOST_BUILDINGS]
            yield from (f"{match['community']}-{number}" for number in numbers)
        else:
            yield place


def _check_places(path: Path, community: _Community) -> None:
    known = set(community.communities)
    for nickname, name in community.place_names.items():
        if name not in known:
            raise InvalidInput(f"{path.name}：place_names.{nickname} 指向的小区“{name}”不在 communities 里，请补上")
    seen: dict[str, str] = {}
    for grid, places in community.grids.items():
        for place in _expand(places):
            if place.partition("-")[0] not in known:
                raise InvalidInput(f"{path.name}：grids.{grid} 里的“{place}”不属于 communities 里的小区，请补上")
            if place in seen:
                raise InvalidInput(f"{path.name}：“{place}”同时写在 grids.{seen[place]} 和 grids.{grid} 里，只能留一个")
            seen[place] = grid


def _hazards(path: Path, rows: Iterable[_Hazard]) -> dict[str, HazardCategory]:
    found: dict[str, HazardCategory] = {}
    for row in rows:
        if row.code in found:
            raise InvalidInput(f"{path.name}：code {row.code} 写了两次，只能留一个")
        found[row.code] = HazardCategory(
            code=row.code,
            name=row.name,
            priority=row.priority,
            first_step=timedelta(minutes=row.first_step_minutes),
            event=row.event,
        )
    if "other" not in found:
        raise InvalidInput(f"{path.name}：缺少 code 为 other 的一项，认不出种类的隐患要归到它，请补上")
    return found


def _ladders(file: _Ladders) -> dict[tuple[CaseKind, Priority], tuple[LadderStep, ...]]:
    ladders = {}
    for kind in CaseKind:
        own = file.kinds.get(kind, _Own())
        for priority in Priority:
            steps = getattr(own, priority.value) or getattr(file.default, priority.value)
            ladders[kind, priority] = tuple(LadderStep(step.role, step.wait) for step in steps)
    return ladders
