"""Numbers as people write them in lists."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.errors import InvalidInput
from community.model.phone import (
    is_mainland,
    is_premium,
    is_sample,
    mask,
    parse_phones,
    read_phones,
    spoken_form,
    why_not_dial,
)


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("13800000001", ["+8613800000001"]),
        ("138 0000 0001", ["+8613800000001"]),
        ("138-0000-0001", ["+8613800000001"]),
        ("１３８００００００１１", ["+8613800000011"]),
        ("13800000001.0", ["+8613800000001"]),
        ("1.3800000001E10", ["+8613800000001"]),
        ("+86 138 0000 0001", ["+8613800000001"]),
        ("008613800000001", ["+8613800000001"]),
        ("8613800000001", ["+8613800000001"]),
        ("'13800000001", ["+8613800000001"]),
        ("0571-88880000", ["+8657188880000"]),
        ("(0571)88880000", ["+8657188880000"]),
        ("0571 88880000", ["+8657188880000"]),
        ("010-62345678", ["+861062345678"]),
        ("0571-88880000-801", ["+8657188880000"]),
        ("0571-88880000转801", ["+8657188880000"]),
        ("13800000001/13800000002", ["+8613800000001", "+8613800000002"]),
        ("13800000001、0571-88880000；13800000002", ["+8613800000001", "+8657188880000", "+8613800000002"]),
        ("13800000001\n13800000002", ["+8613800000001", "+8613800000002"]),
        ("138 0000 0001 138 0000 0002", ["+8613800000001", "+8613800000002"]),
        ("1380000000113800000002", ["+8613800000001", "+8613800000002"]),
        ("手机：13800000001 座机：0571-88880000", ["+8613800000001", "+8657188880000"]),
        ("儿子13800000001", ["+8613800000001"]),
        ("13800000001、13800000001", ["+8613800000001"]),
        ("+852 9876 5432", ["+85298765432"]),
        ("+886912345678", ["+886912345678"]),
        ("85298765432.0", ["+85298765432"]),
        ("852-9876-5432 / 852 9876 5433（女儿）", ["+85298765432", "+85298765433"]),
        ("８５３６６１２３４５６", ["+85366123456"]),
        ("886 912 345 678", ["+886912345678"]),
        ("没有电话", []),
        ("", []),
        ("无", []),
        (" - ", []),
    ],
)
def test_a_cell_becomes_the_numbers_in_it(written: str, numbers: list[str]) -> None:
    assert parse_phones(written) == numbers


def test_a_local_landline_needs_an_area_code() -> None:
    assert parse_phones("88880000", area_code="0571") == ["+8657188880000"]
    with pytest.raises(InvalidInput, match="缺区号"):
        parse_phones("88880000")


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("1380000000", "10 位"),
        ("138000000012", "12 位"),
        ("12345", "不是有效"),
        ("110", "不是有效"),
        ("16812345678", "收费"),
        ("4001234567", "服务号码"),
        ("13491234567", "卫星"),
        ("17400123456", "卫星"),
        ("+88216123456", "卫星"),
        ("+18762345678", "境外"),
        ("1.38E+10", "科学计数法"),
        ("电话不记得", "不是电话号码"),
        ("138********", "位"),
    ],
)
def test_a_number_that_must_not_be_dialled_says_why(written: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        parse_phones(written)


def test_an_error_never_shows_the_whole_number() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_phones("138000000012")

    assert "138****0012" in refused.value.message
    assert not re.search(r"\d{6}", refused.value.message)


def test_good_numbers_are_kept_beside_a_bad_one() -> None:
    reading = read_phones("13800000001、12345")

    assert reading.numbers == ("+8613800000001",)
    assert len(reading.problems) == 1


def test_an_extension_is_kept_apart_because_it_cannot_be_dialled() -> None:
    assert read_phones("0571-88880000转801").extensions == ("+8657188880000 转 801",)


def test_a_community_abroad_takes_the_numbers_of_its_country() -> None:
    assert parse_phones("9123 4567", "SG", regions=("SG",)) == ["+6591234567"]


def test_what_kind_of_number_it_is() -> None:
    assert is_sample("+8613800000999")
    assert not is_sample("+8613800001000")
    assert is_mainland("+8657188880000")
    assert not is_mainland("+85298765432")
    assert is_premium("+8616812345678")
    assert why_not_dial("+8613800000001") is None
    assert why_not_dial("not a number") is not None


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("+8613812341234", "138****1234"),
        ("13812341234", "138****1234"),
        ("110", "***"),
        ("", ""),
        ("88880000", "8****00"),
    ],
)
def test_the_middle_of_a_number_is_hidden(number: str, masked: str) -> None:
    assert mask(number) == masked


def test_a_number_is_shown_as_people_dial_it() -> None:
    assert spoken_form("+8613800000001") == "13800000001"
    assert spoken_form("+8657188880000") == "0571-88880000"
    assert spoken_form("+85298765432") == "+852 9876 5432"


_MOBILE = st.from_regex(r"138[0-9]{8}", fullmatch=True)


@given(
    numbers=st.lists(_MOBILE, min_size=1, max_size=4),
    separator=st.sampled_from(["/", "、", "；", ",", " ", "\n", " 或 "]),
)
def test_however_many_numbers_are_separated_all_are_found(numbers: list[str], separator: str) -> None:
    found = parse_phones(separator.join(numbers))

    assert found == list(dict.fromkeys(f"+86{number}" for number in numbers))


@given(text=st.text(max_size=40))
def test_no_text_breaks_the_reading_and_nothing_but_e164_comes_out(text: str) -> None:
    assert all(re.fullmatch(r"\+\d{6,15}", number) for number in read_phones(text).numbers)


@given(text=st.text(alphabet="0123456789+-/、 ()转xE.", max_size=30))
def test_no_jumble_of_digits_breaks_the_reading(text: str) -> None:
    reading = read_phones(text)

    assert all(why_not_dial(number) is None for number in reading.numbers)
    # The example in the sentence is nobody's number.
    told = [problem.replace("0571-88880000", "") for problem in reading.problems]
    assert not any(re.search(r"\d{7}", problem) for problem in told)
