"""Export a campaign's results: a workbook or a CSV file for staff, or one line of JSON a target for programs."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from community.errors import InvalidInput
from community.files.result_file import as_csv, as_workbook
from community.model.calls.call import OUTCOME_NAMES, Outcome
from community.model.calls.campaign import CAMPAIGN_STATUS_NAMES, TARGET_STATUS_NAMES
from community.model.calls.result_sheets import (
    About,
    Cell,
    ResultRow,
    ResultSheet,
    ResultTable,
    figure_sheets,
    moment_text,
    why_unreached,
)
from community.model.phone import spoken_form
from community.model.questionnaires.answer_text import CHANNEL_NAMES, answer_text
from community.model.questionnaires.questionnaire import Questionnaire
from community.store.answers import Answer
from community.store.campaign_results import ExportedCampaign, ExportedTarget, exported_campaign, iterate_results
from community.store.progress import campaign_line, campaign_source
from community.store.result_lines import EVERYBODY, ResultFilter, ResultLine
from community.store.unreached import iterate_unreached
from community.usecases.count_results import count_results

ExportFormat = Literal["xlsx", "csv", "jsonl"]
SHEET_NAMES = ("汇总", "按题", "按网格", "按楼栋", "未联系上", "明细")
_UNREACHED_HEADS = ("姓名", "电话", "住址", "网格", "为什么", "最后一次结果", "打了几次", "下次呼叫", "工单号")
_LINE_HEADS = (
    "姓名",
    "电话",
    "住址",
    "网格",
    "状态",
    "呼叫结果",
    "呼叫次数",
    "工单号",
    "说明",
    "完成时间",
    "来源",
)


def export_campaign(
    conn: Connection,
    campaign_id: int,
    format: ExportFormat,  # noqa: A002 - the word the command line uses
    *,
    now: datetime,
    zone: ZoneInfo = ZoneInfo("Asia/Shanghai"),  # noqa: B008 - frozen
    sheet: str = "",
) -> bytes:
    """Write down everything that came of a campaign.

    Args:
        format: `xlsx` and `csv`, the figures, the unreached, and one row a resident with one column a question; or
            `jsonl`, one object a target.
        zone: time zone of the moments in the workbook.
        sheet: one of SHEET_NAMES, to write that one alone; empty for all.

    Returns:
        The file's bytes. Strings stay strings: no cell is ever a formula.

    Raises:
        InvalidInput: there is no sheet of that name, or the format has no sheets.
        NotFound: there is no such campaign.
    """
    campaign = exported_campaign(conn, campaign_id)
    if format == "jsonl":
        if sheet:
            raise InvalidInput("jsonl 没有分表：不要写 --sheet，或者改用 xlsx、csv。")
        return "".join(_json_line(campaign, target) + "\n" for target in iterate_results(conn, campaign_id)).encode()
    if sheet and sheet not in SHEET_NAMES:
        raise InvalidInput(f"没有“{sheet}”这张表：可用的是{'、'.join(SHEET_NAMES)}。")
    sheets = [one for one in _sheets(conn, campaign, now, zone) if sheet in {"", one.name}]
    write = as_workbook if format == "xlsx" else as_csv
    return write(sheets, rehearsal=campaign.rehearsal)


def result_sheets(
    conn: Connection, campaign_id: int, *, now: datetime, zone: ZoneInfo, wanted: ResultFilter = EVERYBODY
) -> list[ResultSheet]:
    """The figures of a campaign, or of the residents that a filter leaves, laid out as tables.

    Raises:
        NotFound: there is no such campaign.
    """
    results = count_results(conn, campaign_id, zone=zone, wanted=wanted)
    line = campaign_line(conn, campaign_id)
    assert line is not None, "it was counted a moment ago"  # noqa: S101 - campaigns are never deleted
    sheet = campaign_source(conn, campaign_id)[0]
    about = About(
        name=line.name,
        purpose=sheet.purpose,
        legal_ground=sheet.legal_text,
        status=CAMPAIGN_STATUS_NAMES[line.status],
        launched_at=line.launched_at,
        now=now,
        zone=zone,
    )
    return figure_sheets(results, about)


def _sheets(conn: Connection, campaign: ExportedCampaign, now: datetime, zone: ZoneInfo) -> Sequence[ResultSheet]:
    unreached = (_unreached_row(line, zone) for line in iterate_unreached(conn, campaign.id))
    lines = (_row(campaign.questionnaire, target, zone) for target in iterate_results(conn, campaign.id))
    heads = (*_LINE_HEADS, *(question.say for question in campaign.questionnaire.questions))
    return [
        *result_sheets(conn, campaign.id, now=now, zone=zone),
        ResultSheet("未联系上", [ResultTable(title="未联系上", heads=_UNREACHED_HEADS, rows=unreached)]),
        ResultSheet("明细", [ResultTable(title="明细", heads=heads, rows=lines)]),
    ]


def _unreached_row(line: ResultLine, zone: ZoneInfo) -> ResultRow:
    cells = (
        line.name,
        spoken_form(line.number) if line.number else "",
        line.address,
        line.grid,
        why_unreached(line.status, line.attempts, line.reason),
        OUTCOME_NAMES[line.outcome] if line.outcome else "",
        line.attempts,
        moment_text(line.next_at, zone),
        line.case_number or "",
    )
    return ResultRow(cells)


def _row(questionnaire: Questionnaire, target: ExportedTarget, zone: ZoneInfo) -> ResultRow:
    cells: list[Cell] = [
        target.name,
        "、".join(spoken_form(number) for number in target.phones),
        target.address,
        target.grid,
        TARGET_STATUS_NAMES[target.status],
        OUTCOME_NAMES[Outcome(target.outcome)] if target.outcome else "",
        len(target.attempts),
        target.case_number or "",
        target.reason or "",
        moment_text(target.resolved_at, zone),
        "、".join(dict.fromkeys(CHANNEL_NAMES.get(one.channel, one.channel) for one in target.answers.values())),
    ]
    for question in questionnaire.questions:
        answer = target.answers.get(question.id)
        cells.append(_cell(answer, answer_text(question, *answer.meaning, answer.heard)) if answer else "")
    return ResultRow(tuple(cells))


def _cell(answer: Answer, text: str | float) -> Cell:
    if answer.corrected_label is not None:
        return f"{text}（工作人员已更正）"
    return text


def _json_line(campaign: ExportedCampaign, target: ExportedTarget) -> str:
    document = {
        "name": target.name,
        "phone": target.phones[0] if target.phones else None,
        "status": target.status.value,
        "outcome": target.outcome,
        "attempts": [
            {
                "id": attempt.id,
                "carrier_id": attempt.carrier_id,
                "outcome": attempt.outcome,
                "placed_at": attempt.placed_at.isoformat() if attempt.placed_at else None,
            }
            for attempt in target.attempts
        ],
        "answers": {question_id: _json_answer(answer) for question_id, answer in target.answers.items()},
        "case": target.case_number,
        "rehearsal": campaign.rehearsal,
    }
    return json.dumps(document, ensure_ascii=False)


def _json_answer(answer: Answer) -> dict[str, Any]:
    label, value = answer.meaning
    document = {
        "heard": answer.heard,
        "digits": answer.digits,
        "label": label,
        "value": value,
        "confidence": answer.confidence,
        "recording": answer.recording,
    }
    if answer.corrected_label is not None:
        document |= {"corrected_by": answer.corrected_by, "taken_for": {"label": answer.label, "value": answer.value}}
    return document
