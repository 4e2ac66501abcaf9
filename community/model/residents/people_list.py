"""A list of people to call: rows with a name, a phone, an identity number, an address or a resident's number."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from community.errors import InvalidInput
from community.model.phone import read_phones
from community.model.residents.identity import read_identity
from community.model.residents.import_table import RawTable, cell_text
from community.model.residents.list_headers import ListField, read_header
from community.model.residents.resident_list import ListRules, ResidentDraft, read_resident_list

#: The roster's own number of a resident, as the console and `residents show` give it.
_ID_TITLES = re.compile(r"居民(编号|号|id)|id", re.IGNORECASE)
_ID = re.compile(r"\d{1,7}")
_HEADER_WITHIN = 10
_MEANT_BY_HEADER = frozenset({ListField.NAME, ListField.PHONE, ListField.IDENTITY})
_NOBODY = "这一行看不出是谁，请写姓名、电话、身份证号或居民编号"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One row of a list.

    Attributes:
        place: the sheet and row as people count them.
        draft: what the row says about the person; None where it says nothing that can be used.
        resident_id: the roster's own number, where the row gives it.
        problem: why the row cannot be used, in Chinese.
    """

    place: str
    draft: ResidentDraft | None
    resident_id: int | None = None
    problem: str = ""


def read_people_list(file_name: str, tables: Sequence[RawTable], rules: ListRules) -> list[PersonRow]:
    """Read a list with or without a header; a whole residents' list is read as the import reads it.

    Raises:
        InvalidInput: nobody is on it.
    """
    try:
        listed = read_resident_list(file_name, tables, rules)
    except InvalidInput:
        rows = [row for table in tables for row in _rows(table, rules)]
    else:
        ids = _ids_by_place(tables)
        rows = [
            PersonRow(
                place,
                row.draft,
                ids.get(place),
                "" if row.draft else "；".join(row.remarks) or _NOBODY,
            )
            for row in listed.rows
            for place in [_place(listed.tables[row.table].name, row.number)]
        ]
    if not rows:
        raise InvalidInput(f"名单“{file_name}”里一个人也没有，请检查是不是选错了文件", code="list_empty")
    return rows


def _place(sheet: str, number: int) -> str:
    return f"{sheet} 第 {number} 行".strip()


def _rows(table: RawTable, rules: ListRules) -> Iterator[PersonRow]:
    texts = [[cell_text(cell) for cell in row] for row in table.rows]
    header = next((index for index, row in enumerate(texts[:_HEADER_WITHIN]) if _is_header(row)), None)
    titles = texts[header] if header is not None else []
    for number, row in enumerate(texts, start=1):
        if (header is not None and number <= header + 1) or not any(row):
            continue
        yield _row(_place(table.name, number), row, titles, rules)


def _is_header(row: Sequence[str]) -> bool:
    known = {heading.field for heading in read_header(row) if heading}
    return bool(known & _MEANT_BY_HEADER) or any(_ID_TITLES.fullmatch(text) for text in row)


def _ids_by_place(tables: Sequence[RawTable]) -> dict[str, int]:
    """The roster's own numbers in sheets that have a column of them."""
    found: dict[str, int] = {}
    for table in tables:
        column: int | None = None
        for number, row in enumerate(table.rows, start=1):
            texts = [cell_text(cell) for cell in row]
            if column is None:
                column = next((place for place, text in enumerate(texts) if _ID_TITLES.fullmatch(text)), None)
            elif column < len(texts) and _ID.fullmatch(texts[column]):
                found[_place(table.name, number)] = int(texts[column])
    return found


def _row(place: str, row: Sequence[str], titles: Sequence[str], rules: ListRules) -> PersonRow:
    headings = read_header(titles) if titles else []
    draft, resident_id = ResidentDraft(name=""), None
    for column, text in enumerate(row):
        if not text:
            continue
        heading = headings[column] if column < len(headings) else None
        is_id = bool(_ID_TITLES.fullmatch(titles[column] if column < len(titles) else ""))
        if titles and heading is None and not is_id:
            continue
        if _ID.fullmatch(text) and (is_id or (not titles and sum(map(bool, row)) == 1)):
            # A number beside a name in a list without a header counts the rows.
            resident_id = int(text)
            continue
        try:
            draft = _add(draft, text, heading.field if heading else None, rules)
        except InvalidInput as error:
            return PersonRow(place, None, None, error.message)
    is_somebody = draft.name or draft.phones or draft.identity_hash or resident_id
    return PersonRow(place, draft, resident_id) if is_somebody else PersonRow(place, None, None, _NOBODY)


def _add(draft: ResidentDraft, text: str, field: ListField | None, rules: ListRules) -> ResidentDraft:
    """What a cell adds, by its heading or else by what it looks like."""
    if field is ListField.PHONE or (field is None and _looks_like_phone(text, rules)):
        reading = read_phones(text, rules.region, area_code=rules.area_code, regions=rules.regions)
        if not reading.numbers:
            raise InvalidInput("；".join(reading.problems) or _NOBODY, code="phone")
        return replace(draft, phones=(*draft.phones, *reading.numbers))
    if field is ListField.IDENTITY or (field is None and re.fullmatch(r"\d{15}|\d{17}[\dXx]", text)):
        identity = read_identity(text, secret=rules.secret, today=rules.today)
        return replace(draft, identity_hash=identity.hash)
    if field is ListField.NAME or (field is None and re.fullmatch(r"[\u3400-\u9fff·]{2,12}", text) and not draft.name):
        return replace(draft, name=text)
    return draft


def _looks_like_phone(text: str, rules: ListRules) -> bool:
    digits = re.sub(r"\D", "", text)
    if len(digits) < 8 or re.fullmatch(r"\d{15}|\d{17}[\dXx]", text):
        return False
    return bool(read_phones(text, rules.region, area_code=rules.area_code, regions=rules.regions).numbers)
