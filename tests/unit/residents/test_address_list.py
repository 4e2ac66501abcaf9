"""Addresses as lists write them."""

import pytest

from community.model.address import Address
from community.model.residents.address_list import address_from_columns, merge_address, parse_address


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("锦绣苑3号楼2单元501", ("锦绣苑", "3", "2", "501")),
        ("锦绣苑3号楼2单元501室", ("锦绣苑", "3", "2", "501")),
        ("3#-2-501", ("", "3", "2", "501")),
        ("锦绣苑3-2-501", ("锦绣苑", "3", "2", "501")),
        ("三栋2单元五零一", ("", "3", "2", "501")),
        ("锦绣苑 ３ 号楼 ２ 单元 ５０１", ("锦绣苑", "3", "2", "501")),
        ("云川市临溪区青禾街道锦绣苑3号楼2单元501室", ("锦绣苑", "3", "2", "501")),
        ("云川市临溪区青禾社区锦绣苑3栋501", ("锦绣苑", "3", "", "501")),
        ("锦绣苑3号楼2-501", ("锦绣苑", "3", "2", "501")),
        ("朝阳路88号院2号楼3单元402", ("朝阳路88号院", "2", "3", "402")),
        ("新华路5号3栋201室", ("新华路5号", "3", "", "201")),
        ("A座1203", ("", "A", "", "1203")),
        ("锦绣苑B3栋1单元101", ("锦绣苑", "B3", "1", "101")),
        ("阳光花园12栋3单元5楼502", ("阳光花园", "12", "3", "502")),
        ("锦绣苑第3栋501", ("锦绣苑", "3", "", "501")),
        ("501室", ("", "", "", "501")),
        ("501", ("", "", "", "501")),
        ("锦绣苑", ("锦绣苑", "", "", "")),
    ],
)
def test_an_address_is_taken_apart(written: str, parts: tuple[str, str, str, str]) -> None:
    address, text = parse_address(written)

    assert address == Address(*parts)
    assert text == ""


@pytest.mark.parametrize("written", ["村东头老槐树旁", "锦绣苑3号楼2单元501（租户）", "锦绣苑3号楼2单元501/502"])
def test_what_the_parts_do_not_say_is_kept_as_written(written: str) -> None:
    assert parse_address(written)[1] == written


def test_a_house_in_a_lane_is_no_building() -> None:
    assert parse_address("柳巷 12号") == (Address("柳巷", "12"), "柳巷12号")


def test_parts_in_columns_lose_their_words() -> None:
    assert address_from_columns(community="锦绣苑", building="3号楼", unit="二单元", room="501.0") == Address(
        "锦绣苑", "3", "2", "501"
    )


def test_a_nickname_becomes_the_standard_name() -> None:
    names = {"老柳巷": "柳巷"}

    assert parse_address("老柳巷3栋201", place_names=names)[0] == Address("柳巷", "3", "", "201")
    assert address_from_columns(community="老柳巷", place_names=names).community == "柳巷"


def test_columns_and_cell_complete_each_other() -> None:
    cell, _ = parse_address("2单元501")

    assert merge_address(Address("锦绣苑", "3"), cell) == Address("锦绣苑", "3", "2", "501")
