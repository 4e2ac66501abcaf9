"""Identity numbers: checked, read, and never kept."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.errors import InvalidInput
from community.model.residents.identity import Sex, check_digit, read_identity

SECRET = b"a secret for tests"
TODAY = date(2026, 7, 15)
FIRST = "33010619440305123"
NUMBER = FIRST + check_digit(FIRST)


def test_birth_date_and_sex_are_derived_and_the_number_is_gone() -> None:
    identity = read_identity(NUMBER, secret=SECRET, today=TODAY)

    assert (identity.birth_date, identity.sex) == (date(1944, 3, 5), Sex.MALE)
    assert len(identity.hash) == 64
    assert NUMBER not in str(identity)


def test_the_old_fifteen_digits_are_the_same_person() -> None:
    old = NUMBER[:6] + NUMBER[8:17]

    assert read_identity(old, secret=SECRET, today=TODAY) == read_identity(NUMBER, secret=SECRET, today=TODAY)


def test_blanks_full_width_and_a_small_x_do_not_matter() -> None:
    first = "33010619440305102"
    number = first + check_digit(first)
    written = f" {number[:6]} {number[6:14]} {number[14:].lower()}".translate(
        str.maketrans("0123456789", "０１２３４５６７８９")
    )

    assert (
        read_identity(written, secret=SECRET, today=TODAY).hash
        == read_identity(number, secret=SECRET, today=TODAY).hash
    )


def test_another_community_cannot_recognise_the_hash() -> None:
    ours = read_identity(NUMBER, secret=SECRET, today=TODAY)
    theirs = read_identity(NUMBER, secret=b"another", today=TODAY)

    assert ours.hash != theirs.hash


@pytest.mark.parametrize("written", ["3.3010619440305E+17", "330106194403051230000.0"[:18] + ".0", NUMBER[:15] + "000"])
def test_a_number_that_a_spreadsheet_damaged_is_explained(written: str) -> None:
    with pytest.raises(InvalidInput, match="表格软件改成了数字"):
        read_identity(written, secret=SECRET, today=TODAY)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (NUMBER[:17] + ("1" if NUMBER[17] != "1" else "2"), "校验位"),
        (NUMBER[:16], "16 位"),
        ("33010620440305123" + check_digit("33010620440305123"), "出生日期"),
        ("33010619441305123" + check_digit("33010619441305123"), "出生日期"),
        ("身份证丢了", "18 位"),
    ],
)
def test_a_wrong_number_says_what_is_wrong_without_showing_it(written: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why) as refused:
        read_identity(written, secret=SECRET, today=TODAY)

    assert written not in refused.value.message


def test_other_documents_are_only_hashed() -> None:
    identity = read_identity("H0123456702", secret=SECRET, today=TODAY)

    assert (identity.birth_date, identity.sex) == (None, None)


@given(
    area=st.integers(110000, 659000),
    born=st.dates(date(1900, 1, 1), TODAY),
    order=st.integers(0, 999),
    place=st.integers(0, 17),
    shift=st.integers(1, 9),
)
def test_every_single_wrong_digit_is_noticed(area: int, born: date, order: int, place: int, shift: int) -> None:
    first = f"{area}{born:%Y%m%d}{order:03d}"
    number = first + check_digit(first)
    assert read_identity(number, secret=SECRET, today=TODAY).birth_date == born
    if number[place] == "X":
        return
    wrong = f"{number[:place]}{(int(number[place]) + shift) % 10}{number[place + 1 :]}"

    with pytest.raises(InvalidInput):
        read_identity(wrong, secret=SECRET, today=TODAY)
