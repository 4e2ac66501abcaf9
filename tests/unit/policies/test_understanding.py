"""Reading questions: numerals, ages, pinyin, dialect, homophones, and words that mean the same."""

import pytest

from community.model.policies.numbers import ages_in, with_digits
from community.policies.policy_knowledge import load_policy_knowledge


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("八十四的老娘", "84的老娘"),
        ("一百零二了", "102了"),
        ("一百二十块", "120块"),
        ("两千三", "2300"),
        ("一万二", "12000"),
        ("十二岁", "12岁"),
        ("万一忘了", "万一忘了"),
        ("等一下", "等一下"),
        ("两三个月", "两三个月"),
    ],
)
def test_numerals_become_digits_and_phrases_stay(said: str, written: str) -> None:
    assert with_digits(said) == written


def test_ages_are_told_from_amounts_and_days() -> None:
    assert ages_in("我妈84了") == {84}
    assert ages_in("今年62岁") == {62}
    assert ages_in("充电要60元") == frozenset()


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("那个老年钱咋领", "高龄津贴"),
        ("shi tang 的fan ka 丢了", "食堂"),
        ("電瓶車喺邊度叉電", "电动自行车"),
        ("高铃津帖怎么办", "高龄津贴"),
        ("吃低保的", "低保"),
        ("要办狗证", "养犬"),
        ("新农合交几个钱", "医保"),
    ],
)
def test_residents_words_lead_to_the_documents_words(text: str, concept: str) -> None:
    knowledge = load_policy_knowledge()
    assert concept in knowledge.lexicon.widened(knowledge.understand(text).concepts)


@pytest.mark.parametrize(
    ("text", "facet"),
    [("去边度办", "地点"), ("几钱一单", "价格"), ("要带乜", "材料"), ("啥辰光开门", "时间"), ("中不中", "可否")],
)
def test_dialect_questions_ask_the_same(text: str, facet: str) -> None:
    assert facet in load_policy_knowledge().understand(text).facets


def test_latin_words_that_are_no_pinyin_stay() -> None:
    assert load_policy_knowledge().understand("用app还是wifi").text == "用app还是wifi"


def test_a_very_long_question_is_shortened_and_read() -> None:
    assert "高龄津贴" in load_policy_knowledge().understand("我跟你讲啊" * 5000 + "高龄津贴多少钱").topics
