"""Spreadsheets and text tables, read into plain cells; whatever is no table, or is made to do harm, is refused."""

import codecs
import csv
import io
from collections.abc import Iterable
from pathlib import PurePath
from typing import cast

import python_calamine
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from community.errors import InvalidInput
from community.files.workbook_guard import check_workbook
from community.model.residents.import_table import Cell, RawTable, cell_text
from community.model.residents.list_headers import ListField, read_header

#: Staff's lists are a few megabytes; 100,000 rows are about ten.
MOST_BYTES = 50 * 1024 * 1024
_MOST_COLUMNS = 300
_MOST_ROWS = 1_000_000
_SEPARATORS = (",", "\t", ";", "，", "|")
_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: A spreadsheet runs a text cell that begins with one of these.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read_tables(file_name: str, content: bytes) -> list[RawTable]:
    """Read every visible sheet of a spreadsheet, or the one table of a text file.

    The kind is told by the content, not by the name: many lists are text files called .xls.

    Args:
        file_name: for the sentences of the errors only.

    Raises:
        InvalidInput: it is empty, too large, locked by a password, damaged, or no table.
    """
    if not content.strip():
        raise InvalidInput("文件是空的，请重新选择名单文件", code="file")
    if len(content) > MOST_BYTES:
        raise InvalidInput(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请分成几个文件再导入", code="file")
    if content.startswith((_ZIP, _OLD_OFFICE)):
        return _read_workbook(content)
    if PurePath(file_name).suffix.lower() in {".xlsx", ".xlsm", ".ods"}:
        raise InvalidInput("文件打不开，可能已损坏或只改了后缀名；请用 Excel 或 WPS 重新另存为 .xlsx", code="file")
    return [_read_text(content)]


def _read_workbook(content: bytes) -> list[RawTable]:
    if content.startswith(_ZIP):
        check_workbook(content)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            names = [
                sheet.name
                for sheet in workbook.sheets_metadata
                if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
            ]
            return [_read_sheet(workbook, name) for name in names]
    except python_calamine.PasswordError as error:
        raise InvalidInput("文件有打开密码，请先在 Excel 里去掉密码再导入", code="file") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InvalidInput("文件打不开，不是表格或者已损坏；请用 Excel 或 WPS 重新另存为 .xlsx", code="file") from error


def _read_sheet(workbook: CalamineWorkbook, name: str) -> RawTable:
    sheet = workbook.get_sheet_by_name(name)
    if sheet.start is None or sheet.end is None:
        return RawTable(name, [])
    if sheet.end[1] >= _MOST_COLUMNS or sheet.end[0] >= _MOST_ROWS:
        raise InvalidInput(f"工作表“{name[:20]}”太大（列或行过多），请删去空白区域和多余的列再导入", code="file")
    left: list[Cell] = [None] * sheet.start[1]
    rows = [[*left, *cast("list[Cell]", row)] for row in sheet.iter_rows()]
    merged = [(top, first, bottom, last) for (top, first), (bottom, last) in sheet.merged_cell_ranges or ()]
    return RawTable(name, rows, merged)


def _read_text(content: bytes) -> RawTable:
    text = _decode(content)
    separator = max(_SEPARATORS, key=lambda each: _header_score(text, each))
    try:
        rows = [_cells(row) for row in _parse(io.StringIO(text, newline=""), separator)]
    except csv.Error as error:
        raise InvalidInput("文本表格读不了：检查引号是否成对，单个格子不要太长", code="file") from error
    if len(rows) > _MOST_ROWS:
        raise InvalidInput("名单行数太多，请分成几个文件再导入", code="file")
    return RawTable("", rows)


def _cells(row: list[str]) -> list[Cell]:
    return [_cell(cell) for cell in row[:_MOST_COLUMNS]]


def _cell(cell: str) -> Cell:
    if cell.startswith('="') and cell.endswith('"'):
        # Excel's way to keep a number a text: ="13800000001"
        return cell[2:-1]
    # What the file of rejected rows put before such a cell.
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def _decode(content: bytes) -> str:
    for mark, encoding in _ENCODINGS:
        if content.startswith(mark):
            return _decode_as(content, encoding)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = _decode_as(content, "gb18030")
    if "\x00" in text:
        raise InvalidInput("文件不是表格（也不是文字），请选择 .xlsx 或 .csv 名单", code="file")
    return text


def _decode_as(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "文件的文字编码认不出来；请用 Excel 另存为 .xlsx，或者另存为 UTF-8 的 .csv", code="file"
        ) from error


def _header_score(text: str, separator: str) -> int:
    best = 0
    try:
        for row in _parse(io.StringIO(text[:20_000], newline=""), separator, most=30):
            headings = read_header([cell_text(cell) for cell in row[:_MOST_COLUMNS]])
            fields = {heading.field for heading in headings if heading}
            best = max(best, len(fields) if ListField.NAME in fields else 0)
    except csv.Error:
        return best
    return best


def _parse(lines: Iterable[str], separator: str, most: int | None = None) -> Iterable[list[str]]:
    for count, row in enumerate(csv.reader(lines, delimiter=separator)):
        if most is not None and count >= most:
            return
        yield row
