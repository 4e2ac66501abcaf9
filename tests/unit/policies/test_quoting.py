"""Which sentences of a clause a resident gets to read."""

from community.model.policies.quoting import quote
from community.policies.policy_knowledge import load_policy_knowledge

SCALE = (
    "年龄：60—69岁，到店：45元。\n年龄：70—79岁，到店：30元。\n年龄：80岁以上，到店：15元，低保再减半。\n"
    "上门服务每次加收20元，须提前两天预约。"
)


def quoted(question: str, text: str = SCALE) -> str:
    knowledge = load_policy_knowledge()
    return quote(text, knowledge.understand(question), knowledge.lexicon)


def test_of_a_scale_of_ages_only_the_rows_for_the_age_asked_are_read_out() -> None:
    assert quoted("我爹七十五，洗一次多少钱") == "年龄：70—79岁，到店：30元。上门服务每次加收20元，须提前两天预约。"
    assert "45元" not in quoted("八十三的老娘洗一次多少钱")


def test_without_an_age_or_for_one_outside_the_scale_nothing_is_left_out() -> None:
    assert quoted("洗一次多少钱") == SCALE.replace("\n", "")
    assert quoted("我四十五岁，洗一次多少钱") == SCALE.replace("\n", "")
