"""Residents' lists as communities have them, built in memory: workbooks, text tables, and what came of importing them."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import openpyxl
from sqlalchemy import select

from community.files.tables import read_tables
from community.model.actor import Actor
from community.model.residents.import_report import ImportReport
from community.model.residents.resident_list import ListRules, ResidentList, read_resident_list
from community.store.database import Database
from community.store.residents import households, phones, resident_tags, residents
from community.usecases.import_residents import import_residents

NOW = datetime(2026, 7, 15, 2, 0, tzinfo=UTC)
RULES = ListRules(secret=b"a secret for tests, 32 bytes long", today=NOW.date())
CLERK = Actor.staff("lin")


def workbook(rows: Sequence[Sequence[Any]], *, merged: Sequence[str] = (), title: str = "名单") -> bytes:
    """A workbook of one sheet; None leaves a cell empty."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value is not None:
                cell = sheet.cell(number, column, value)
                if isinstance(value, str):
                    # What begins with = stays a text, as a form fills it in.
                    cell.data_type = "s"
    for area in merged:
        sheet.merge_cells(area)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def listed(content: bytes, file_name: str = "名单.xlsx", rules: ListRules = RULES) -> ResidentList:
    return read_resident_list(file_name, read_tables(file_name, content), rules)


def bring_in(
    database: Database, content: bytes, file_name: str = "名单.xlsx", *, dry_run: bool = False, rules: ListRules = RULES
) -> ImportReport:
    """Import a file the way both the command line and the console do."""
    read = listed(content, file_name, rules)
    with database.begin() as conn:
        return import_residents(conn, read, actor=CLERK, now=NOW, dry_run=dry_run)


def roster(database: Database) -> list[dict[str, Any]]:
    """Everybody on the roster, with address, phones and tags."""
    with database.reading() as conn:
        query = select(residents, households.c.address_text, households.c.grid, households.c.room).join(households)
        people = [dict(row._mapping) for row in conn.execute(query.order_by(residents.c.id))]
        for person in people:
            numbers = select(phones.c.number).where(phones.c.resident_id == person["id"]).order_by(phones.c.position)
            person["phones"] = list(conn.scalars(numbers))
            tags = select(resident_tags.c.tag).where(resident_tags.c.resident_id == person["id"])
            person["tags"] = sorted(conn.scalars(tags))
    return people
