"""Where something is, as residents write it."""

import pytest

from community.model.address import Address
from community.model.address_text import Places, extract_location
from community.model.numerals import plate_number

PLACES = Places(("锦绣苑", "青禾家园"), {"老厂区": "青禾家园"})


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("三号楼", Address(building="3")),
        ("3#楼下", Address(building="3")),
        ("3栋2单元501", Address(building="3", unit="2", room="501")),
        ("5-2-601门口", Address(building="5", unit="2", room="601")),
        ("21-2单元门口那灯", Address(building="21", unit="2")),
        ("锦绣苑7栋停水了", Address(community="锦绣苑", building="7")),
        ("老厂区十二幢后面", Address(community="青禾家园", building="12")),
        ("三单元幺零三这边", Address(unit="3", room="103")),
        ("B座1204", Address(building="B", room="1204")),
        ("不是3号楼，是5号楼", Address(building="5")),
        ("十四號後巷", Address(building="14")),
        ("7懂楼下井盖没了", Address(building="7")),
        ("三冻二单原灯不亮", Address(building="3", unit="2")),
        ("八耗楼门口垃圾没人收", Address(building="8")),
        ("502阳台拉线下来充电", Address(room="502")),
        ("新来的租客住我对门1203", Address(room="1203")),
        ("602家狗叫一夜", Address(room="602")),
        ("我要投诉1102半夜拖家具", Address(room="1102")),
        ("7号楼一门三楼堆东西", Address(building="7", unit="1")),
        ("58弄9号门口的水管", Address(building="9")),
    ],
)
def test_the_address_is_read(text: str, address: Address) -> None:
    found = extract_location(text, PLACES)
    assert found is not None
    assert found.address == address


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("菜鸟驿站旁边井盖没了", "菜鸟驿站旁边"),
        ("街市後巷冇人執垃圾", "街市後巷"),
        ("坑！丰收路拐弯那儿，骑手摔三个", "丰收路拐弯那儿"),
        ("甜水井胡同那棵老槐树要倒", "甜水井胡同"),
        ("星河广场A口玻璃碎了", "星河广场A口"),
        ("树枝砸到车棚，北门", "车棚，北门"),
        ("地库负一B区全是水", "地库负一B区"),
        ("灯坏了，6楼", "6楼"),
        ("四楼走廊全是水", "四楼走廊"),
        ("头一栋楼门口路灯坏了", "头一栋楼门口"),
        ("倒数第二栋电梯坏了", "倒数第二栋"),
        ("东南角井盖没了", "东南角"),
        ("三期南门树倒了", "三期南门"),
        ("滑梯旁边有玻璃渣", "滑梯旁边"),
        ("老邮局后面的灯不亮", "老邮局后面"),
        ("水果店门口占道", "水果店门口"),
        ("村口大槐树那儿井盖没了", "村口大槐树那儿"),
        ("石狮子旁边井盖松了", "石狮子旁边"),
        ("采石场那边掉石头", "采石场那边"),
        ("世纪城那边路灯全黑", "世纪城那边"),
        ("桂园3栋垃圾没人倒", "桂园3栋"),
        ("纺织厂老宿舍二号楼往外歪", "纺织厂老宿舍二号楼"),
        ("鳳凰街個路面爛晒", "鳳凰街"),
        ("福安里巷口打了铁桩", "福安里巷口"),
        ("柳树巷子灯杆歪了", "柳树巷子"),
        ("枣园胡同口的井盖没了", "枣园胡同口"),
        ("靠马路那栋楼漏水", "靠马路那栋楼"),
        ("15层消防门关不上", "15层消防门"),
        ("车库入口减速带坏了", "车库入口"),
    ],
)
def test_a_landmark_keeps_the_residents_own_words(text: str, words: str) -> None:
    found = extract_location(text, PLACES)
    assert found is not None
    assert found.text == words


@pytest.mark.parametrize(
    "text",
    [
        "就我家楼下啊",
        "我们门口路灯不亮",
        "楼道里",
        "昨天3点下了2小时雨",
        "110平的房子",
        "高龄津贴怎么领",
        "1111",
        "女儿墙的压顶石松了",
        "我们宿舍仨人都被咬了",
        "养老院投资骗局，交了六千",
        "这路成停车场了，消防车进不来",
        "楼道成菜市场了，吵死",
        "派出所都报过三回了，没人管",
        "爬二十层楼，老人受不了",
        "二十多人送医院挂水",
        "里头几十号小孩呢",
        "导视牌指反了，天天迷路",
        "有个自称社区的上门收体检费",
        "派出所的人来过了",
        "两单元都停水",
        "图书馆几点开门",
        "交了六千块说是入股养老院",
    ],
)
def test_what_names_no_place_gives_none(text: str) -> None:
    assert extract_location(text, PLACES) is None


@pytest.mark.parametrize(
    ("text", "number"), [("十四", "14"), ("幺零三", "103"), ("二十", "20"), ("012", "12"), ("b", "B")]
)
def test_numerals_become_digits(text: str, number: str) -> None:
    assert plate_number(text) == number
