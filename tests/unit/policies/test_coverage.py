"""What a question names, and what of it a passage speaks of."""

from community.model.policies.coverage import coverage_features
from community.model.policies.entries import read_document
from community.model.policies.policy import Passage, PolicyDocument
from community.policies.policy_knowledge import load_policy_knowledge

RULES = PolicyDocument(
    id=1, title="杏花苑停车管理规定", document_number="杏〔2026〕1号", issuer="杏花苑物业", district="杏花苑小区"
)


def features(question: str, passage: str) -> dict[str, float]:
    knowledge = load_policy_knowledge()
    asked = knowledge.understand(question)
    document = read_document(RULES, [Passage("月租", passage)], knowledge.lexicon)
    return coverage_features(asked, dict.fromkeys(asked.concepts, 1.0), document.passages[0], document)


def test_a_word_of_several_meanings_is_met_by_any_of_them() -> None:
    met = features("车位包月多少钱", "地下车位每月380元，按季度交。")
    assert met["units_missing"] == 0.0
    assert met["unmet_money"] == 0.0


def test_what_the_passage_lacks_counts_as_missing() -> None:
    lacking = features("车位包月能不能用公积金交", "地下车位每月380元，按季度交。")
    assert lacking["units_missing"] > 0.0


def test_an_amount_that_is_asked_for_and_not_given_is_unmet() -> None:
    assert features("车位包月多少钱", "租的车位不得转租。")["unmet_money"] == 1.0


def test_the_sentence_that_names_it_must_hold_the_figure() -> None:
    apart = features("充电车位占了收多少钱", "燃油车不得占用充电车位。访客停车每小时4元。")
    together = features("充电车位占了收多少钱", "燃油车占用充电车位的，每小时收10元。")
    assert apart["sentence_met"] < together["sentence_met"]


def test_another_town_or_estate_is_noticed() -> None:
    assert features("桃花源小区车位包月多少钱", "地下车位每月380元。")["place_missing"] == 1.0
    assert features("杏花苑小区车位包月多少钱", "地下车位每月380元。")["place_missing"] == 0.0


def test_what_is_asked_of_must_stand_where_the_figure_stands() -> None:
    beside = features("探视是几点开始", "探视时间为15:00至17:00。")
    nowhere = features("食堂是几点开门", "探视时间为15:00至17:00。")
    assert (beside["focus_met"], beside["focus_missing"]) == (1.0, 0.0)
    assert (nowhere["focus_met"], nowhere["focus_missing"]) == (0.0, 1.0)


def test_a_word_of_the_documents_title_is_neither_missing_nor_somewhere_else() -> None:
    met = features("停车几点以后免费", "晚上8点以后不收费。")
    assert met["units_missing"] == 0.0
    assert met["units_elsewhere"] == 0.0
