"""A campaign's figures laid out as tables: the same ones for the console's page, the workbook and the CSV file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from community.model.calls.call import OUTCOME_NAMES
from community.model.calls.campaign import TargetStatus
from community.model.calls.results import CampaignResults, Counts, Numbers, Place, QuestionResult, Reach
from community.model.duration import span_text

#: More lines than this make no picture that anybody could read.
_MOST_BARS = 40


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole; written as a percentage."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """0…1; 0 of nothing."""
        return self.part / self.whole if self.whole else 0.0

    def __str__(self) -> str:
        return f"{self.value * 100:.0f}%" if self.whole else "—"


Cell = str | int | float | Share


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One line of a table.

    Attributes:
        who: the filter of the result lines that lists the residents behind it; empty where there is none.
        target_id: the resident it is about; None where it is about several.
    """

    cells: tuple[Cell, ...]
    who: Mapping[str, str] = field(default_factory=dict)
    target_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultTable:
    """A table, and how a picture of it is drawn.

    Attributes:
        note: a sentence below it.
        chart: `bars` (lying), `columns` (standing), `stacked`; empty without a picture.
        drawn: the places of the columns in the picture, after the first, which names the bars.
    """

    title: str
    heads: tuple[str, ...]
    rows: Iterable[ResultRow]
    note: str = ""
    chart: str = ""
    drawn: tuple[int, ...] = (1,)


@dataclass(frozen=True, slots=True)
class ResultSheet:
    """Tables that belong together: a sheet of the workbook, a part of the page."""

    name: str
    tables: Sequence[ResultTable]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is said of the campaign itself."""

    name: str
    purpose: str
    legal_ground: str
    status: str
    launched_at: datetime | None
    now: datetime
    zone: ZoneInfo


def figure_sheets(results: CampaignResults, about: About) -> list[ResultSheet]:
    """汇总, 按题, 按网格, 按楼栋."""
    return [
        ResultSheet("汇总", _summary(results, about)),
        ResultSheet("按题", [table for question in results.questions for table in _question(question, about.zone)]),
        ResultSheet("按网格", [_places("网格", "grid", results.grids, results.counts)]),
        ResultSheet("按楼栋", [_places("楼栋", "building", results.buildings, results.counts)]),
    ]


def moment_text(moment: datetime | None, zone: ZoneInfo) -> str:
    """A moment as files show it: 2026-07-15 14:30."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else ""


def _summary(results: CampaignResults, about: About) -> list[ResultTable]:
    counts = results.counts
    facts = {
        "外呼任务": about.name,
        "为什么打": about.purpose,
        "依据": about.legal_ground,
        "状态": about.status,
        "启动时间": moment_text(about.launched_at, about.zone) or "还没有启动",
        "统计时间": moment_text(about.now, about.zone),
    }
    outcomes = [
        ResultRow((OUTCOME_NAMES[row.outcome], row.calls, row.people), {"outcome": row.outcome.value})
        for row in results.outcomes
    ]
    return [
        ResultTable(title="任务", heads=("项目", "内容"), rows=_rows(facts.items())),
        funnel_table(counts),
        ResultTable(title="现在怎样", heads=("情况", "人数", "占名单"), rows=_standing(counts)),
        ResultTable(
            title="呼叫结果",
            heads=("结果", "呼叫次数", "最后一次是这样的人"),
            rows=outcomes,
            chart="bars",
            drawn=(1, 2),
        ),
        *_reach(results.reach, counts.connected),
    ]


def _rows(lines: Iterable[tuple[Cell, ...]]) -> list[ResultRow]:
    return [ResultRow(tuple(line)) for line in lines]


def funnel_table(counts: Counts) -> ResultTable:
    """How many came how far: 名单, 拨出, 接通, 本人, 答完, 无需跟进."""
    stages = (
        ("名单", counts.total),
        ("拨出", counts.dialled),
        ("接通", counts.connected),
        ("本人", counts.spoke),
        ("答完", counts.completed),
        ("无需跟进", counts.settled),
    )
    note = ""
    if counts.elsewhere:
        note = f"有 {counts.elsewhere} 人没有接电话，是用短信、链接、聊天或者自己打来答完的，算在“本人”和后面几步里。"
    rows = [(name, people, Share(people, counts.total)) for name, people in stages]
    return ResultTable(title="漏斗", heads=("到了哪一步", "人数", "占名单"), rows=_rows(rows), note=note, chart="bars")


def _standing(counts: Counts) -> list[ResultRow]:
    lines = (
        ("已完成", counts.completed, "completed"),
        ("已转工单", counts.handed_over, "case"),
        ("不呼叫", counts.excluded, "excluded"),
        ("还没打完", counts.open, ""),
    )
    whole = counts.total
    return [
        ResultRow((name, people, Share(people, whole)), {"status": key} if key else {}) for name, people, key in lines
    ]


def _reach(reach: Reach, connected: int) -> list[ResultTable]:
    waits = (("一半的人在多久内接通", reach.median), ("九成的人在多久内接通", reach.nine_in_ten))
    tries = [(f"第 {count} 次", people, Share(people, connected)) for count, people in reach.tries.items()]
    hours = [(f"{row.hour}点", row.calls, row.answered, Share(row.answered, row.calls)) for row in reach.hours]
    return [
        ResultTable(
            title="多久联系上",
            heads=("从启动算起", "时间"),
            rows=_rows((name, wait_text(seconds)) for name, seconds in waits),
            note="只算有人接通的。",
        ),
        ResultTable(title="打到第几次接通", heads=("次数", "人数", "占接通的人"), rows=_rows(tries), chart="columns"),
        ResultTable(
            title="几点打得通",
            heads=("时段", "拨出", "接通", "接通率"),
            rows=_rows(hours),
            chart="columns",
            drawn=(1, 2),
        ),
    ]


def wait_text(seconds: float | None) -> str:
    """Say how long: 45秒, 12分钟, 3小时20分, 2天4小时."""
    if seconds is None:
        return "—"
    return span_text(timedelta(seconds=seconds), hours_of_days=True)


def _question(question: QuestionResult, zone: ZoneInfo) -> list[ResultTable]:
    heads = ("回答", "人数", "占回答的人", "其中更正", "要关注")
    rows = [
        ResultRow(
            (row.text, row.count, Share(row.count, question.answered), row.corrected, "是" if row.worrying else ""),
            {"question": question.id, "label": row.key},
        )
        for row in question.rows
    ]
    said = f"{question.answered} 人回答" + (f"，其中更正 {question.corrected} 个" if question.corrected else "") + "。"
    chart = "bars" if len(rows) > 1 else ""
    tables = [ResultTable(title=question.say, heads=heads, rows=rows, note=said, chart=chart)]
    if question.numbers:
        tables += _numbers(question.say, question.numbers)
    if question.words:
        words = [
            ResultRow((word.name, word.text, moment_text(word.at, zone)), {}, word.target_id) for word in question.words
        ]
        left = sum(row.count for row in question.rows if row.key in {"keep", "value"}) - len(words)
        note = f"这里是最近的 {len(words)} 条，另外 {left} 条在明细里。" if left > 0 else ""
        tables.append(
            ResultTable(title=f"{question.say}（原话）", heads=("姓名", "原话", "时间"), rows=words, note=note)
        )
    return tables


def _numbers(say: str, numbers: Numbers) -> list[ResultTable]:
    middle: list[tuple[Cell, ...]] = [
        ("最小", numbers.minimum),
        ("中位", numbers.median),
        ("最大", numbers.maximum),
        ("要关注的人数", numbers.worrying),
    ]
    bins = [
        (plain(one.low) if one.low == one.high else f"{plain(one.low)}–{plain(one.high)}", one.count)
        for one in numbers.bins
    ]
    note = "范围含左边的数，不含右边的。" if any(one.low != one.high for one in numbers.bins) else ""
    return [
        ResultTable(title=f"{say}（数字）", heads=("项目", "数值"), rows=_rows(middle)),
        ResultTable(title=f"{say}（分布）", heads=("数值", "人数"), rows=_rows(bins), note=note, chart="columns"),
    ]


def plain(number: float) -> str:
    """A number without an empty fraction: 36.5, 40."""
    return f"{number:g}"


def _places(kind: str, key: str, places: Sequence[Place], everybody: Counts) -> ResultTable:
    heads = (kind, "名单", "拨出", "接通", "本人", "答完", "转工单", "不呼叫", "还没打完", "无需跟进", "接通率")
    rows = [ResultRow(_place_cells(place.name, place.counts), {key: place.name}) for place in places]
    if len(places) > 1:
        rows.append(ResultRow(_place_cells("合计", everybody)))
    few = len(places) <= _MOST_BARS
    return ResultTable(
        title=f"按{kind}", heads=heads, rows=rows, chart="stacked" if few and places else "", drawn=(5, 6, 7, 8)
    )


def _place_cells(name: str, counts: Counts) -> tuple[Cell, ...]:
    return (
        name,
        counts.total,
        counts.dialled,
        counts.connected,
        counts.spoke,
        counts.completed,
        counts.handed_over,
        counts.excluded,
        counts.open,
        counts.settled,
        Share(counts.connected, counts.total),
    )


def why_unreached(status: TargetStatus, attempts: int, reason: str | None) -> str:
    """Say why nobody has spoken with a resident yet."""
    if reason:
        return reason
    if status is TargetStatus.CALLING:
        return "正在拨打"
    if status is TargetStatus.WAITING:
        return "等下一次拨打" if attempts else "还没有轮到"
    return ""
