"""A residents' list, row by row: what each row says about one person, or why it cannot be used."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from community.errors import InvalidInput
from community.model.address import Address
from community.model.phone import HOME_REGIONS, PhoneReading, read_phones
from community.model.residents.address_list import address_from_columns, house_text, merge_address, parse_address
from community.model.residents.identity import Identity, read_identity
from community.model.residents.import_table import Cell, ListTable, RawTable, cell_text, find_list
from community.model.residents.list_headers import ListField
from community.model.residents.resident_words import (
    read_age,
    read_birth_date,
    read_flag,
    read_guardian,
    read_hours,
    read_language,
    read_sex,
    read_tags,
    tags_in_note,
)


def _no_grid(_: Address) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRules:
    """What a list is read by.

    Attributes:
        secret: the community's own key, for hashes of identity numbers.
        today: the day of the import, for ages.
        region: whose numbers are written without a country code.
        regions: countries whose numbers are accepted.
        area_code: for local landlines; empty refuses them.
        place_names: local nicknames of 小区, each with the standard name.
        grid_of: the grid that looks after an address, for rows that do not say; empty where it cannot be told.
    """

    secret: bytes
    today: date
    region: str = "CN"
    regions: Sequence[str] = HOME_REGIONS
    area_code: str = ""
    place_names: Mapping[str, str] = field(default_factory=dict)
    grid_of: Callable[[Address], str] = _no_grid


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentDraft:
    """What one row says about a person; an empty value says nothing.

    Attributes:
        birth_is_guess: the birth date was worked out from an age.
        notes: lines for the resident's note.
    """

    name: str
    phones: tuple[str, ...] = ()
    address: Address = field(default_factory=Address)
    address_text: str = ""
    grid: str = ""
    sex: str = ""
    birth_date: date | None = None
    birth_is_guess: bool = False
    identity_hash: str | None = None
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    language: str = ""
    #: None says nothing; empty says any time.
    preferred_hours: str | None = None
    guardian_name: str = ""
    guardian_relation: str = ""
    guardian_phone: str = ""


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row of the file.

    Attributes:
        number: as the spreadsheet shows it, from 1.
        draft: None when the row is rejected.
        table: place of its sheet in `ResidentList.tables`.
        remarks: what staff should know; for a rejected row, why.
    """

    table: int
    number: int
    draft: ResidentDraft | None
    remarks: tuple[str, ...] = ()
    #: As written, kept where the row is or may yet be rejected.
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class ResidentList:
    """A whole file, read but not yet compared with the roster."""

    file_name: str
    tables: Sequence[ListTable]
    rows: Sequence[ListedRow]
    #: Sheets without a header that names people.
    skipped_sheets: Sequence[str] = ()


def read_resident_list(file_name: str, tables: Iterable[RawTable], rules: ListRules) -> ResidentList:
    """Read every sheet that has a header naming people.

    Raises:
        InvalidInput: no sheet has one, or none has a row below it.
    """
    lists: list[ListTable] = []
    skipped: list[str] = []
    for table in tables:
        found = find_list(table)
        if found is not None:
            lists.append(found)
        elif any(cell_text(cell) for row in table.rows for cell in row):
            skipped.append(table.name)
    if not lists:
        raise InvalidInput(
            "没有找到表头：请在名单上方放一行列名，至少要有“姓名”和“联系电话”（或“住址”），参见居民名册的说明",
            code="list_header",
        )
    rows = [
        _listed(place, number, row, _RowReader(table, texts, rules))
        for place, table in enumerate(lists)
        for number, row, texts in table.take_rows()
    ]
    if not rows:
        raise InvalidInput("表头下面一行居民也没有，请检查是不是选错了文件", code="list_empty")
    return ResidentList(file_name, lists, rows, skipped)


def _listed(place: int, number: int, row: Sequence[Cell], reader: "_RowReader") -> ListedRow:
    try:
        draft = reader.draft()
    except InvalidInput as error:
        return ListedRow(place, number, None, (error.message,), tuple(row))
    may_be_rejected = not draft.phones and not draft.guardian_phone
    return ListedRow(place, number, draft, tuple(reader.remarks), tuple(row) if may_be_rejected else ())


class _RowReader:
    """Reads one row; gathers what staff should know."""

    def __init__(self, table: ListTable, texts: Sequence[str], rules: ListRules) -> None:
        self._rules = rules
        self.remarks: list[str] = []
        self._notes: list[str] = []
        self._cells: dict[ListField, list[tuple[int, str, str]]] = {}
        for heading, text in zip(table.headings, texts, strict=False):
            if text and heading is not None and heading.field is not ListField.IGNORED:
                self._cells.setdefault(heading.field, []).append((heading.rank, heading.title, text))
        self._name_rank = min(
            (heading.rank for heading in table.headings if heading and heading.field is ListField.NAME), default=0
        )

    def draft(self) -> ResidentDraft:
        """Read the row.

        Raises:
            InvalidInput: the row cannot be used, and why.
        """
        name = self._name()
        identity = self._identity()
        address, address_text = self._address()
        birth_date, is_guess = self._birth(identity)
        guardian_name, relation, guardian_phone = self._guardian()
        return ResidentDraft(
            name=name,
            phones=self._phones(),
            address=address,
            address_text=address_text,
            grid=self._grid(address),
            sex=self._sex(identity),
            birth_date=birth_date,
            birth_is_guess=is_guess,
            identity_hash=identity.hash if identity else None,
            tags=self._tags(),
            language=self._language(),
            preferred_hours=self._hours(),
            guardian_name=guardian_name,
            guardian_relation=relation,
            guardian_phone=guardian_phone,
            notes=self._all_notes(),
        )

    def _text(self, wanted: ListField) -> str:
        cells = self._cells.get(wanted)
        return min(cells, key=lambda cell: cell[0])[2] if cells else ""

    def _name(self) -> str:
        names = [text for rank, _, text in self._cells.get(ListField.NAME, ()) if rank == self._name_rank]
        name = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", names[0])).strip() if names else ""
        # 张 三 is 张三; 阿依古丽·买买提 and John Smith keep theirs.
        if re.fullmatch(r"[一-鿿]( [一-鿿]){1,3}", name):
            name = name.replace(" ", "")
        if not name:
            raise InvalidInput("没有姓名，请补上", code="name")
        if len(name) > 80 or not re.search(r"[^\W\d_]", name) or re.search(r"\d{5,}", name):
            raise InvalidInput("姓名一栏不像人名，请核对列有没有错位", code="name")
        return name

    def _phones(self) -> tuple[str, ...]:
        numbers: dict[str, None] = {}
        problems: list[str] = []
        for _, _, text in self._cells.get(ListField.PHONE, ()):
            reading = self._read_phones(text)
            numbers |= dict.fromkeys(reading.numbers)
            problems += reading.problems
            self._notes += [f"分机：{extension}" for extension in reading.extensions]
        if problems and not numbers:
            raise InvalidInput("；".join(problems), code="phone")
        self.remarks += [f"{problem}（这个号码没有导入）" for problem in problems]
        return tuple(numbers)

    def _read_phones(self, text: str) -> PhoneReading:
        rules = self._rules
        return read_phones(text, rules.region, area_code=rules.area_code, regions=rules.regions)

    def _identity(self) -> Identity | None:
        text = self._text(ListField.IDENTITY)
        if not text or re.fullmatch(r"[无没有不详/\-—]+", text):
            return None
        return read_identity(text, secret=self._rules.secret, today=self._rules.today)

    def _address(self) -> tuple[Address, str]:
        names = self._rules.place_names
        columns = address_from_columns(
            community=self._text(ListField.COMMUNITY),
            building=self._text(ListField.BUILDING),
            unit=self._text(ListField.UNIT),
            room=self._text(ListField.ROOM),
            place_names=names,
        )
        cell, written = parse_address(self._text(ListField.ADDRESS), place_names=names)
        address = merge_address(columns, cell)
        return address, written or house_text(address, self._text(ListField.BUILDING))

    def _grid(self, address: Address) -> str:
        return (self._text(ListField.GRID) or self._rules.grid_of(address))[:60]

    def _birth(self, identity: Identity | None) -> tuple[date | None, bool]:
        if identity and identity.birth_date:
            return identity.birth_date, False
        today = self._rules.today
        if born := read_birth_date(self._text(ListField.BIRTH), today):
            return born, False
        age = read_age(self._text(ListField.AGE))
        return (date(today.year - age, 1, 1), True) if age is not None else (None, False)

    def _sex(self, identity: Identity | None) -> str:
        text = self._text(ListField.SEX)
        sex = read_sex(text)
        if identity and identity.sex:
            if sex and sex != identity.sex:
                self.remarks.append("性别和身份证号不一致，已按身份证号登记，请核对")
            return identity.sex
        if text and sex is None:
            self.remarks.append(f"性别“{text[:6]}”看不懂，没有登记")
        return sex or ""

    def _tags(self) -> tuple[str, ...]:
        tags: dict[str, None] = {}
        for _, _, text in self._cells.get(ListField.TAGS, ()):
            short, long = read_tags(text)
            tags |= dict.fromkeys(short)
            self._notes += long
        for _, tag, text in self._cells.get(ListField.FLAG, ()):
            answer = read_flag(text)
            if answer or (answer is None and text == tag):
                tags[tag] = None
            elif answer is None:
                self._notes.append(f"{tag}：{text}")
        for _, _, text in self._cells.get(ListField.NOTE, ()):
            tags |= dict.fromkeys(tags_in_note(text))
        return tuple(tags)

    def _language(self) -> str:
        text = self._text(ListField.LANGUAGE)
        language = read_language(text) if text else ""
        if language is None:
            self._notes.append(f"方言：{text}")
        return language or ""

    def _hours(self) -> str | None:
        text = self._text(ListField.HOURS)
        if not text:
            return None
        hours = read_hours(text)
        if hours is None:
            self._notes.append(f"方便时间：{text}")
            self.remarks.append("方便时间看不懂，已记在备注里；可写成 上午 或 9:00-11:00")
        return hours

    def _guardian(self) -> tuple[str, str, str]:
        name, relation, number = read_guardian(self._text(ListField.GUARDIAN))
        relation = self._text(ListField.GUARDIAN_RELATION)[:40] or relation
        reading = self._read_phones(self._text(ListField.GUARDIAN_PHONE) or number)
        self.remarks += [f"联系人的{problem}（没有登记）" for problem in reading.problems]
        if len(reading.numbers) > 1:
            self._notes.append(f"联系人另有号码：{'、'.join(reading.numbers[1:])}")
        return name, relation, reading.numbers[0] if reading.numbers else ""

    def _all_notes(self) -> tuple[str, ...]:
        for rank, title, text in self._cells.get(ListField.NOTE, ()):
            line = re.sub(r"\s+", " ", text)
            self._notes.append(f"{title}：{line}" if rank else line)
        return tuple(dict.fromkeys(note[:500] for note in self._notes))
