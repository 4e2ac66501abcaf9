"""The rows an import could not use, in a file that staff correct and import again: the list's own columns and 原因."""

import csv
import io
from typing import Any

import xlsxwriter

from community.files.tables import FORMULA_STARTS
from community.model.residents.import_report import ImportReport, RowResult
from community.model.residents.import_table import Cell, cell_text
from community.model.residents.resident_list import ResidentList

REASON = "原因"


def rejected_rows(listed: ResidentList, report: ImportReport, *, as_csv: bool = False) -> bytes:
    """Write the rejected rows with their reasons, one sheet a sheet; every cell is text, nothing is a formula.

    Args:
        listed: the list as it was read.
        report: what became of its rows, in the same order.
        as_csv: a text file (UTF-8 with BOM, which Excel opens rightly); else .xlsx.
    """
    sheets: dict[int, list[list[str]]] = {}
    for row, told in zip(listed.rows, report.rows, strict=True):
        if told.result is RowResult.REJECTED:
            lines = sheets.setdefault(row.table, [])
            lines.append([*_cells(row.cells, len(listed.tables[row.table].titles)), told.reason])
    tables = [(listed.tables[place].name, _titles(listed, place), lines) for place, lines in sheets.items()]
    return _as_csv(tables) if as_csv else _as_workbook(tables)


def _titles(listed: ResidentList, place: int) -> list[str]:
    return [title if title != REASON else "" for title in listed.tables[place].titles] + [REASON]


def _cells(cells: tuple[Cell, ...], width: int) -> list[str]:
    texts = [cell_text(cell) for cell in cells]
    return [*texts, *[""] * (width - len(texts))][:width]


def _as_csv(tables: list[tuple[str, list[str], list[list[str]]]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for _, titles, lines in tables:
        writer.writerow([_harmless(title) for title in titles])
        writer.writerows([_harmless(cell) for cell in line] for line in lines)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _harmless(cell: str) -> str:
    # A spreadsheet runs what begins like this; a number keeps its plus.
    is_formula = cell.startswith(FORMULA_STARTS) and len(cell) > 1 and not cell[1:].replace(" ", "").isdigit()
    return f"'{cell}" if is_formula else cell


def _as_workbook(tables: list[tuple[str, list[str], list[list[str]]]]) -> bytes:
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        header = workbook.add_format({"bold": True, "bg_color": "#F3E5D8"})
        text = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        for place, (_, titles, lines) in enumerate(tables):
            sheet: Any = workbook.add_worksheet("未导入" if place == 0 else f"未导入{place + 1}")
            sheet.set_column(0, len(titles) - 2, 16, text)
            sheet.set_column(len(titles) - 1, len(titles) - 1, 50, text)
            for column, title in enumerate(titles):
                sheet.write_string(0, column, title, header)
            for number, line in enumerate(lines, start=1):
                for column, cell in enumerate(line):
                    sheet.write_string(number, column, cell, text)
            sheet.freeze_panes(1, 0)
    return buffer.getvalue()
