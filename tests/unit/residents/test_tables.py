"""Files that are made to do harm, or are not what they say."""

import io
import zipfile

import openpyxl
import pytest

from community.errors import InvalidInput
from community.files.tables import read_tables
from tests.harness.lists import saved, workbook

GOOD = workbook([["姓名", "电话"], ["张三", "13800000001"]])


def _with_part(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, data)
    return buffer.getvalue()


def test_a_zip_bomb_is_refused_by_what_it_unpacks_to() -> None:
    bomb = _with_part("xl/media/image1.png", b"\0" * (80 * 1024 * 1024))

    with pytest.raises(InvalidInput, match="大得不正常"):
        read_tables("名单.xlsx", bomb)


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(_with_part("xl/media/image1.png", b"\0" * (30 * 1024 * 1024)))
    real = (30 * 1024 * 1024).to_bytes(4, "little")
    assert content.count(real) >= 2
    lying = bytes(content).replace(real, (1000).to_bytes(4, "little"))

    with pytest.raises(InvalidInput, match="大得不正常"):
        read_tables("名单.xlsx", lying)


def test_two_cells_in_opposite_corners_do_not_fill_the_memory() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["XFD1048576"] = "姓名", "x"

    with pytest.raises(InvalidInput, match="特别远"):
        read_tables("名单.xlsx", saved(book))


def test_formatting_far_away_does_no_harm() -> None:
    book = openpyxl.load_workbook(io.BytesIO(GOOD))
    sheet = book.active
    assert sheet is not None
    sheet["XFD1048576"].fill = openpyxl.styles.PatternFill("solid", "FFFF00")

    assert len(read_tables("名单.xlsx", saved(book))[0].rows) == 2


def test_entities_of_a_dtd_are_not_expanded() -> None:
    sheet = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
    )
    try:
        tables = read_tables("名单.xlsx", _with_part("xl/worksheets/sheet1.xml", sheet.encode()))
    except InvalidInput:
        return
    assert "aaaaaaaaaa" not in str(tables)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (GOOD[:400], "损坏"),
        (GOOD[: len(GOOD) // 2], "损坏"),
        (b"PK\x03\x04" + b"x" * 200, "损坏"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 2000, "打不开"),
        (b"   ", "空的"),
        ("姓名,电话\n".encode("utf-16-le"), "不是表格"),
        (b"\xff\xfe\x00", "编码"),
        (b"x" * (51 * 1024 * 1024), "50 MB"),
    ],
    ids=["cut early", "cut in the middle", "no zip", "no old Excel", "blank", "utf-16", "no text", "too large"],
)
def test_a_damaged_file_says_what_to_do(content: bytes, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        read_tables("名单.csv", content)


def test_a_text_called_xlsx_is_refused() -> None:
    with pytest.raises(InvalidInput, match="另存为"):
        read_tables("名单.xlsx", "姓名,电话".encode())


def test_excels_way_to_keep_numbers_as_text_is_understood() -> None:
    (table,) = read_tables("a.csv", '姓名,电话\n张三,"=""13800000001"""\n'.encode())

    assert table.rows[1] == ["张三", "13800000001"]
