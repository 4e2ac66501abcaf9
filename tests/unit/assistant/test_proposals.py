"""What leaves the machine is masked, and what a language model proposes is believed only as far as it can be checked."""

import pytest

from community.model.address_text import Places
from community.model.hazards.proposal import Proposal, check_proposal, hints_at_place, is_unsure, says_so
from community.model.hazards.report_draft import Draft, hear
from community.model.masked_text import masked

PLACES = Places(("锦绣苑",))
KNOWN = frozenset({"sewer", "lighting", "clutter"})


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("我叫王小明，住锦绣苑3号楼2单元501", "我叫〔姓名〕，住〔地址〕"),
        ("电话１３８ 1234 5678", "电话〔电话〕"),
        ("身份证110101194001011234", "身份证〔证件号〕"),
        ("张阿姨家座机0571-85171234", "〔姓名〕阿姨家座机〔号码〕"),
        ("诸葛先生住501室", "〔姓名〕先生住〔地址〕"),
        ("老周秀兰能领吗", "老〔姓名〕能领吗"),
        ("我妈84了，2026年每月领1000元还是15000元", "我妈84了，2026年每月领1000元还是15000元"),
    ],
)
def test_nothing_that_tells_who_somebody_is_leaves_the_machine(text: str, left: str) -> None:
    assert masked(text, names=["周秀兰"], places=PLACES) == left


@pytest.mark.parametrize(
    ("document", "category", "place"),
    [
        ({"category": "sewer", "place": "老茶铺后头"}, "sewer", "老茶铺后头"),
        ({"category": "sewage", "place": "老茶铺后头"}, "", "老茶铺后头"),
        ({"category": "sewer", "place": "老茶铺的后头"}, "sewer", ""),
        ({"category": "unspecified", "place": "锦绣苑3号楼"}, "", ""),
        ({"category": ["sewer"], "place": 7}, "", ""),
        ({"category": "sewer", "place": "那里"}, "sewer", ""),
        ("sewer", "", ""),
        (None, "", ""),
    ],
)
def test_only_known_categories_and_copied_places_are_proposed(document: object, category: str, place: str) -> None:
    text = "老茶铺后头又在冒那个了，那里臭得很"
    assert check_proposal(document, text, known=KNOWN) == Proposal(category, place, text)


def test_the_model_is_wanted_only_where_the_rules_are_unsure() -> None:
    assert is_unsure("那边又在冒那个了", {"sewer": 0.3})
    assert not is_unsure("那边又在冒那个了", {"sewer": 0.8})
    assert not is_unsure("下水道堵了", {})
    assert hints_at_place("老茶铺后头又在冒了")
    assert not hints_at_place("又来了")


def _proposed() -> Draft:
    draft = hear(
        Draft(), "老茶铺后头又在冒那个了", message="1", intent="report_hazard", places=PLACES, guesses={"tree": 0.2}
    )
    return draft.proposing(Proposal("sewer", "老茶铺后头", "老茶铺后头又在冒那个了"))


def test_a_yes_takes_the_proposal_in() -> None:
    draft = hear(_proposed(), "对的", message="2", intent="affirm", places=PLACES)
    (report,) = draft.complete()
    assert (report.category, report.location_text) == ("sewer", "老茶铺后头")
    assert draft.proposal is None
    assert Draft.from_json(draft.to_json()) == draft


def test_anything_else_drops_it_and_is_heard_as_usual() -> None:
    draft = hear(_proposed(), "不是，锦绣苑5栋", message="2", intent="correct", places=PLACES)
    (report,) = draft.complete()
    assert (report.category != "sewer", report.address.building, draft.proposal) == (True, "5", None)
    assert not says_so("对面小卖部")
    assert not says_so("不是")


def test_a_conversation_from_before_has_no_proposal() -> None:
    kept = _proposed().to_json()
    assert Draft.from_json(kept) == _proposed()
    del kept["proposal"]
    assert Draft.from_json(kept).proposal is None
