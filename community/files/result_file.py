"""A campaign's results as a workbook or a CSV file: every cell is a value, none is ever a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import xlsxwriter

from community.files.tables import FORMULA_STARTS
from community.model.calls.result_sheets import Cell, ResultSheet, ResultTable, Share

REHEARSAL = "演练"
#: A sheet holds 1,048,576 rows; the rest goes on further sheets.
_ROWS_A_SHEET = 1_000_000
_MOST_CHARACTERS_A_CELL = 32_000
_WIDTHS = {
    "住址": 28,
    "电话": 18,
    "说明": 26,
    "为什么": 34,
    "原话": 50,
    "内容": 40,
    "回答": 24,
    "从启动算起": 24,
    "完成时间": 18,
    "下次呼叫": 18,
    "时间": 18,
}
_WIDTH, _QUESTION_WIDTH, _LONG_HEAD = 12, 24, 8
_OPTIONS = {
    "in_memory": False,
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}


def as_workbook(sheets: Iterable[ResultSheet], *, rehearsal: bool) -> bytes:
    """Write sheets as .xlsx.

    Args:
        rehearsal: every sheet's name says so, and every line does in a first column.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, dict(_OPTIONS)) as workbook:
        look = _Look(workbook)
        for sheet in sheets:
            _Pages(workbook, look, sheet.name, rehearsal=rehearsal).write(sheet.tables)
    return buffer.getvalue()


def as_csv(sheets: Sequence[ResultSheet], *, rehearsal: bool) -> bytes:
    """Write sheets one below the other as CSV in UTF-8 with the mark by which Excel knows it.

    A single table is written alone; several have their titles above them and a blank line between them.
    """
    text = io.StringIO(newline="")
    text.write("\ufeff")
    writer = csv.writer(text)
    alone = len(sheets) == 1 and len(sheets[0].tables) == 1
    for sheet in sheets:
        for table in sheet.tables:
            if not alone:
                writer.writerow([_harmless(_title(sheet.name, table, rehearsal=rehearsal))])
            writer.writerows([_harmless(cell) for cell in line] for line in _lines(table, rehearsal=rehearsal))
            if table.note and not alone:
                writer.writerow([_harmless(table.note)])
            if not alone:
                writer.writerow([])
    return text.getvalue().encode()


def _title(sheet: str, table: ResultTable, *, rehearsal: bool) -> str:
    mark = f"（{REHEARSAL}）" if rehearsal else ""
    return f"【{sheet}】{mark}" if table.title == sheet else f"【{sheet}】{table.title}{mark}"


def _lines(table: ResultTable, *, rehearsal: bool) -> Iterator[tuple[Cell, ...]]:
    mark: tuple[Cell, ...] = (REHEARSAL,) if rehearsal else ()
    yield (*mark, *table.heads)
    for row in table.rows:
        yield (*mark, *row.cells)


def _harmless(cell: Cell) -> str | int | float:
    """A cell that no spreadsheet runs; numbers stay numbers."""
    if not isinstance(cell, str):
        return str(cell) if isinstance(cell, Share) else cell
    return f"'{cell}" if cell.startswith((*FORMULA_STARTS, "\n")) else cell


class _Look:
    """How cells are drawn."""

    def __init__(self, workbook: Any) -> None:
        self.title = workbook.add_format({"bold": True, "font_size": 13})
        self.header = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E8F0EA"})
        # The quote keeps a text a text even after somebody has edited the cell.
        self.text = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "quote_prefix": True})
        self.number = workbook.add_format({"valign": "top"})
        self.share = workbook.add_format({"valign": "top", "num_format": "0%"})
        self.note = workbook.add_format({"italic": True, "font_color": "#5C6A65"})


class _Pages:
    """One sheet, or as many as its lines need."""

    def __init__(self, workbook: Any, look: _Look, name: str, *, rehearsal: bool) -> None:
        self._workbook, self._look, self._name, self._rehearsal = workbook, look, name, rehearsal
        self._count = self._row = 0
        self._sheet: Any = None

    def write(self, tables: Sequence[ResultTable]) -> None:
        """Fill the sheet."""
        self._open(tables)
        for table in tables:
            self._write_table(table, tables)

    def _write_table(self, table: ResultTable, tables: Sequence[ResultTable]) -> None:
        if len(tables) > 1:
            self._sheet.write_string(self._row, 0, table.title, self._look.title)
            self._row += 1
        for place, line in enumerate(_lines(table, rehearsal=self._rehearsal)):
            if self._row > _ROWS_A_SHEET:
                self._open(tables)
                self._write_line(tuple(table.heads), is_head=True)
            self._write_line(line, is_head=place == 0)
        if table.note and len(tables) > 1:
            self._sheet.write_string(self._row, 0, table.note, self._look.note)
            self._row += 1
        self._row += 1

    def _write_line(self, line: tuple[Cell, ...], *, is_head: bool) -> None:
        for column, cell in enumerate(line):
            self._put(column, cell, is_head=is_head)
        self._row += 1

    def _put(self, column: int, cell: Cell, *, is_head: bool) -> None:
        if isinstance(cell, Share) and cell.whole:
            self._sheet.write_number(self._row, column, cell.value, self._look.share)
        elif isinstance(cell, int | float):
            self._sheet.write_number(self._row, column, cell, self._look.number)
        elif text := str(cell)[:_MOST_CHARACTERS_A_CELL]:
            self._sheet.write_string(self._row, column, text, self._look.header if is_head else self._look.text)

    def _open(self, tables: Sequence[ResultTable]) -> None:
        self._count += 1
        name = self._name if self._count == 1 else f"{self._name}{self._count}"
        self._sheet = self._workbook.add_worksheet(f"{name}（{REHEARSAL}）" if self._rehearsal else name)
        for column, width in enumerate(_widths(tables, rehearsal=self._rehearsal)):
            self._sheet.set_column(column, column, width)
        if len(tables) == 1:
            self._sheet.freeze_panes(1, 0)
        self._row = 0


def _widths(tables: Sequence[ResultTable], *, rehearsal: bool) -> list[int]:
    mark = (REHEARSAL,) if rehearsal else ()
    heads = [(*mark, *table.heads) for table in tables]
    columns = range(max((len(line) for line in heads), default=0))
    return [max(_width(line[column]) for line in heads if column < len(line)) for column in columns]


def _width(head: str) -> int:
    return _WIDTHS.get(head, _QUESTION_WIDTH if len(head) > _LONG_HEAD else _WIDTH)
