"""Export a campaign's results: a workbook for staff, or one line of JSON a target for programs."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Literal
from zoneinfo import ZoneInfo

import xlsxwriter
from sqlalchemy import Connection

from community.model.calls.call import OUTCOME_NAMES, Outcome
from community.model.calls.campaign import TARGET_STATUS_NAMES
from community.model.phone import spoken_form
from community.model.questionnaires.answer_text import answer_text
from community.store.answers import Answer
from community.store.campaign_results import (
    ExportedCampaign,
    ExportedTarget,
    exported_campaign,
    iterate_results,
)

_FIRST_COLUMNS = ("姓名", "电话", "住址", "网格", "状态", "呼叫结果", "呼叫次数", "工单号", "说明", "完成时间")
_WIDTHS = (10, 16, 28, 12, 10, 12, 10, 14, 24, 18)
#: A sheet holds 1,048,576 rows; the rest goes on further sheets.
_ROWS_A_SHEET = 1_000_000
_MOST_CHARACTERS_A_CELL = 32_000


def export_campaign(
    conn: Connection,
    campaign_id: int,
    format: Literal["xlsx", "jsonl"],  # noqa: A002 - the word the command line uses
    *,
    zone: ZoneInfo = ZoneInfo("Asia/Shanghai"),  # noqa: B008 - frozen
) -> bytes:
    """Write down everything that came of a campaign.

    Args:
        format: `xlsx`, one row a resident and one column a question; or `jsonl`, one object a target.
        zone: time zone of the moments in the workbook.

    Returns:
        The file's bytes. Strings stay strings: no cell is ever a formula.

    Raises:
        NotFound: there is no such campaign.
    """
    campaign = exported_campaign(conn, campaign_id)
    results = iterate_results(conn, campaign_id)
    if format == "jsonl":
        return "".join(_json_line(campaign, target) + "\n" for target in results).encode()
    return _workbook(campaign, results, zone)


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


def _workbook(campaign: ExportedCampaign, results: Iterator[ExportedTarget], zone: ZoneInfo) -> bytes:
    buffer = BytesIO()
    options = {
        "in_memory": False,
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(buffer, options) as workbook:
        pages = _Pages(workbook, campaign, zone)
        for target in results:
            pages.write(target)
    return buffer.getvalue()


class _Pages:
    """The sheets of the workbook, filled row by row."""

    def __init__(self, workbook: Any, campaign: ExportedCampaign, zone: ZoneInfo) -> None:
        self._workbook = workbook
        self._campaign = campaign
        self._zone = zone
        self._header = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E8F0EA"})
        self._text = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self._number = workbook.add_format({"valign": "top"})
        self._sheets = 0
        self._row = 0
        self._sheet: Any = None
        self._open_sheet()

    def write(self, target: ExportedTarget) -> None:
        """Add one resident's row."""
        if self._row > _ROWS_A_SHEET:
            self._open_sheet()
        questionnaire = self._campaign.questionnaire
        cells: list[Any] = [*self._facts(target)]
        for question in questionnaire.questions:
            answer = target.answers.get(question.id)
            cells.append(_cell(answer, answer_text(question, *answer.meaning, answer.heard)) if answer else "")
        for column, value in enumerate(cells):
            self._put(column, value)
        self._row += 1

    def _facts(self, target: ExportedTarget) -> tuple[Any, ...]:
        return (
            *(("演练",) if self._campaign.rehearsal else ()),
            target.name,
            "、".join(spoken_form(number) for number in target.phones),
            target.address,
            target.grid,
            TARGET_STATUS_NAMES[target.status],
            OUTCOME_NAMES[Outcome(target.outcome)] if target.outcome else "",
            len(target.attempts),
            target.case_number or "",
            target.reason or "",
            f"{target.resolved_at.astimezone(self._zone):%Y-%m-%d %H:%M}" if target.resolved_at else "",
        )

    def _put(self, column: int, value: Any) -> None:
        if isinstance(value, int | float):
            self._sheet.write_number(self._row, column, value, self._number)
        elif value:
            self._sheet.write_string(self._row, column, str(value)[:_MOST_CHARACTERS_A_CELL], self._text)

    def _open_sheet(self) -> None:
        self._sheets += 1
        rehearsal = self._campaign.rehearsal
        name = "演练结果" if rehearsal else "结果"
        self._sheet = self._workbook.add_worksheet(name if self._sheets == 1 else f"{name}{self._sheets}")
        titles = (*(("演练",) if rehearsal else ()), *_FIRST_COLUMNS)
        widths = (*((8,) if rehearsal else ()), *_WIDTHS)
        for column, width in enumerate((*widths, *(24 for _ in self._campaign.questionnaire.questions))):
            self._sheet.set_column(column, column, width)
        questions = (question.say for question in self._campaign.questionnaire.questions)
        for column, title in enumerate((*titles, *questions)):
            self._sheet.write_string(0, column, title, self._header)
        self._sheet.freeze_panes(1, 0)
        self._row = 1


def _cell(answer: Answer, text: str | float) -> str | float:
    if answer.corrected_label is not None:
        return f"{text}（工作人员已更正）"
    return text
