"""What a hazard report says, and what a report told in pieces adds up to."""

import pytest

from community.model.address_text import Places
from community.model.hazards.hazard_report import categorise, corrected_category, read_reports
from community.model.hazards.report_draft import Draft, hear
from community.model.text import align, normalise
from community.usecases.told_category import told_category

PLACES = Places(("锦绣苑",))


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("楼道里有人给电动车充电", "ebike_charging"),
        ("消防通道停满了车", "fire_lane_blocked"),
        ("污水冒出来了", "sewer"),
        ("條渠又塞咗呀", "sewer"),
        ("路灯不亮", "lighting"),
        ("独居老人几天没出门", "welfare_check"),
    ],
)
def test_plain_words_name_the_category(text: str, category: str) -> None:
    assert categorise(text) == category


def test_a_sure_guess_helps_where_no_word_is_known() -> None:
    assert categorise("下谁道赌了", {"sewer": 0.9, "noise": 0.1}) == "sewer"


def test_two_hazards_at_two_places_are_two_reports() -> None:
    reports = read_reports("3号楼路灯不亮，5号楼电梯坏了", places=PLACES)
    assert [(report.category, report.location_text) for report in reports] == [
        ("lighting", "3号楼"),
        ("elevator", "5号楼"),
    ]


@pytest.mark.parametrize(
    "text", ["过道里堆的破沙发没人管，老鼠都做窝了，12号楼五层", "化粪池直往外冒，就在幼儿园围墙底下"]
)
def test_what_comes_of_a_hazard_or_stands_beside_it_is_no_second_one(text: str) -> None:
    assert len(read_reports(text, places=PLACES)) == 1


def test_one_hazard_told_at_length_is_one_report() -> None:
    text = "同志啊我说个事儿，甜水井胡同那棵老槐树，今年雨水大，根都翻出来了，底下还停着电动车"
    assert len(read_reports(text, places=PLACES)) == 1


def test_danger_is_whatever_is_an_emergency() -> None:
    (report,) = read_reports("4栋1单元一股煤气味，呛得头晕", places=PLACES)
    assert report.danger


def test_a_correction_names_the_new_category() -> None:
    assert corrected_category("不是漏水，是下水道堵了") == "sewer"
    assert corrected_category("不对，是5号楼") is None


def test_a_report_in_pieces_is_complete_when_the_place_comes() -> None:
    draft = hear(Draft(), "楼下停水了", message="1", intent="report_hazard", places=PLACES)
    assert draft.has_detail
    assert not draft.has_location
    draft = hear(draft, "就我家楼下啊", message="2", intent="inform_location", places=PLACES)
    assert draft.asked == 1
    draft = hear(draft, "锦绣苑7栋", message="3", intent="inform_location", places=PLACES)
    (report,) = draft.complete()
    assert (report.category, report.location_text) == ("water_supply", "锦绣苑7栋")


def test_the_same_message_twice_changes_nothing() -> None:
    draft = hear(Draft(), "楼下停水了", message="1", intent="report_hazard", places=PLACES)
    draft = hear(draft, "不知道", message="2", intent="deny", places=PLACES)
    assert hear(draft, "不知道", message="2", intent="deny", places=PLACES) == draft


def test_a_draft_survives_being_kept_as_json() -> None:
    draft = hear(Draft(), "锦绣苑3栋路灯不亮", message="1", intent="report_hazard", places=PLACES)
    assert Draft.from_json(draft.to_json()) == draft


def test_normalised_text_knows_where_it_came_from() -> None:
    aligned = align("３號樓　２單元[图片]")
    assert aligned.text == "3号楼 2单元"
    assert aligned.source(0, 3) == "３號樓"
    assert normalise(aligned.text) == aligned.text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("3号楼2单元停水，还有4号楼垃圾没人收", [("water_supply", "3号楼2单元"), ("sanitation", "4号楼")]),
        ("外墙掉砖 7栋 树也倒了 8栋", [("falling_object", "7栋"), ("tree", "8栋")]),
    ],
)
def test_a_second_hazard_stands_beside_the_first_however_it_is_parted(text: str, told: list[tuple[str, str]]) -> None:
    reports = read_reports(text, places=PLACES)
    assert [(report.category, report.location_text) for report in reports] == told


def test_a_few_words_that_name_nothing_are_asked_about_instead_of_guessed_at() -> None:
    guesses = {"fire_equipment": 0.2, "noise": 0.1}
    draft = hear(Draft(), "就是那个", message="1", intent="report_hazard", places=PLACES, guesses=guesses)
    assert not draft.has_detail


def test_plain_words_that_come_later_count_for_more_than_the_first_guess() -> None:
    guesses = {"other": 0.6, "unspecified": 0.1}
    draft = hear(Draft(), "那个又不行啦", message="1", intent="report_hazard", places=PLACES, guesses=guesses)
    draft = hear(draft, "化粪池冒了", message="2", intent="report_hazard", places=PLACES, guesses=guesses)
    assert draft.reports[0].category == "sewer"


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("漏水", "water_supply"),
        ("也不是充电，是堆东西", "clutter"),
        ("不对，是5号楼", None),
        ("不是3单元，是2单元", None),
        ("我写错了", None),
    ],
)
def test_a_few_words_beside_a_place_or_in_a_correction_tell_the_category(text: str, category: str | None) -> None:
    assert told_category(text) == category
