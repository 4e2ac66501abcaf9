"""Tables as people keep them: title rows above the header, headers of two rows, merged cells, totals below."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from community.model.residents.list_headers import Heading, ListField, read_header, read_heading

Cell = str | float | int | bool | date | datetime | time | timedelta | None

#: The header is looked for in this many rows from the top.
_HEADER_WITHIN = 60
_FOOTER = re.compile(
    r"^(合计|总计|小计|共计|共\s*\d+|填表|制表|填报|审核|审批|负责人|统计|注\s*[:：]|备注\s*[:：]|说明\s*[:：])"
)
#: Control characters and zero-width marks that come along when people copy and paste.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ERROR_CELL = re.compile(r"^#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)$")


@dataclass(frozen=True, slots=True)
class RawTable:
    """One sheet as it was read.

    Attributes:
        name: the sheet's name; empty for a text file.
        rows: cells from the sheet's first row and column on.
        merged: ranges as (first row, first column, last row, last column), from 0.
    """

    name: str
    rows: list[list[Cell]]
    merged: Sequence[tuple[int, int, int, int]] = ()


@dataclass(frozen=True, slots=True)
class ListTable:
    """A sheet with its header found.

    Attributes:
        headings: what each column holds; None for columns the import leaves alone.
        titles: the header as written, for the file of rejected rows.
        first_row: index of the first row of data.
    """

    name: str
    headings: Sequence[Heading | None]
    titles: Sequence[str]
    rows: list[list[Cell]] = field(repr=False)
    first_row: int

    def take_rows(self) -> Iterator[tuple[int, list[Cell], list[str]]]:
        """Rows that hold a person: the number as the spreadsheet shows it, from 1, the cells, and the cells in words.

        Each is given away and not kept: a long list would fill the memory twice.
        """
        for index in range(self.first_row, len(self.rows)):
            row, self.rows[index] = self.rows[index], []
            texts = [cell_text(cell) for cell in row]
            if not self._is_skipped(texts):
                yield index + 1, row, texts

    def _is_skipped(self, texts: Sequence[str]) -> bool:
        written = [text for text in texts if text]
        if not written or (len(written) <= 3 and _FOOTER.match(written[0])):
            return True
        # A header that is printed again on every page.
        return sum(text == title != "" for text, title in zip(texts, self.titles, strict=False)) >= max(
            2, len(written) - 1
        )


def cell_text(cell: Cell) -> str:
    """Write a cell as people would read it: `13800000001` and not `13800000001.0`; a damaged number stays visibly so."""
    if isinstance(cell, str):
        text = cell.strip() if cell.isprintable() else _INVISIBLE.sub("", cell).strip()
        return "" if text.startswith("#") and _ERROR_CELL.match(text) else text
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        return _number_text(float(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(" ", "minutes")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def find_list(table: RawTable) -> ListTable | None:
    """Find the header of a sheet and fill its merged cells; None when no row names people and anything about them."""
    rows = _fill_merged(table)
    best: tuple[int, int] | None = None
    for index, row in enumerate(rows[:_HEADER_WITHIN]):
        score = _score(read_header([cell_text(cell) for cell in row]))
        if score >= 2 and (best is None or score > best[1]):
            best = (index, score)
    if best is None:
        return None
    return _with_header(table.name, rows, best[0])


def _with_header(name: str, rows: list[list[Cell]], index: int) -> ListTable:
    top = [cell_text(cell) for cell in rows[index]]
    if index + 1 < len(rows):
        below = [cell_text(cell) for cell in rows[index + 1]]
        # A second header row: 姓名 merged over both rows, 紧急联系人 over 姓名, 电话 and 关系.
        groups = _carried_on(_padded(top, len(below)), below)
        titles = [_joined_title(low, high) for low, high in zip(below, groups, strict=True)]
        second = read_header(titles)
        if _is_subheader(groups, below, second):
            return ListTable(name, second, titles, rows, index + 2)
    above = [cell_text(cell) for cell in rows[index - 1]] if index else []
    titles = [_joined_title(title, _at(above, column)) for column, title in enumerate(top)]
    return ListTable(name, read_header(titles), titles, rows, index + 1)


def _carried_on(top: Sequence[str], below: Sequence[str]) -> list[str]:
    """Group headings stand in their first column only where merged cells were lost on the way to CSV."""
    carried: list[str] = []
    for column, title in enumerate(top):
        goes_on = not title and bool(below[column]) and bool(carried)
        carried.append(carried[-1] if goes_on else title)
    return carried


def _joined_title(title: str, group: str) -> str:
    """姓名 under 紧急联系人 is 紧急联系人姓名; under a title such as 高龄老人名单 it stays 姓名."""
    if not title or title == group:
        return title or group
    joined = read_heading(group + title) if group else None
    is_guardian = joined is not None and joined.field.value.startswith("guardian")
    return group + title if is_guardian else title


def _is_subheader(top: Sequence[str], below: Sequence[str], second: Sequence[Heading | None]) -> bool:
    names = [i for i, heading in enumerate(second) if heading and heading.field is ListField.NAME]
    own = [heading for i, heading in enumerate(second) if heading and below[i] and below[i] != _at(top, i)]
    is_person = any(below[i] not in {"", _at(top, i)} for i in names)
    return bool(own) and bool(names) and not is_person and _score(second) >= _score(read_header(top))


def _at(cells: Sequence[str], index: int) -> str:
    return cells[index] if index < len(cells) else ""


def _padded(cells: Sequence[str], length: int) -> list[str]:
    return [_at(cells, index) for index in range(length)]


def _score(headings: Sequence[Heading | None]) -> int:
    fields = [heading.field for heading in headings if heading and heading.field is not ListField.IGNORED]
    return len(fields) if ListField.NAME in fields and len(set(fields)) >= 2 else 0


def _fill_merged(table: RawTable) -> list[list[Cell]]:
    rows = table.rows
    for top, left, bottom, right in table.merged:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        for index in range(top, min(bottom + 1, len(rows))):
            row = rows[index]
            for column in range(left, min(right + 1, len(row))):
                row[column] = value
    return rows


def _number_text(value: float) -> str:
    if math.isnan(value) or abs(value) >= 1e15:
        return f"{value:.14E}"
    return str(int(value)) if value == int(value) else repr(value)
