"""What kind of answer a question wants, and which clauses hold one of that kind."""

import pytest

from community.model.policies.asking import answer_types, manner_of, wants_of
from community.model.policies.entries import plain_text
from community.policies.policy_knowledge import load_policy_knowledge


def kinds(question: str) -> set[str]:
    return {want.kind for want in wants_of(load_policy_knowledge().understand(question).text)}


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("租个车位要掏几个钱", "money"),
        ("残疾人一个月能补多少", "money"),
        ("上门评估要不要钱", "paid"),
        ("坏了打哪个电话", "phone"),
        ("楼道灯坏了找谁修", "agent"),
        ("登记是去哪里办", "place"),
        ("食堂早上几点开", "clock"),
        ("津贴几号到卡里", "day"),
        ("材料交了几天下来", "duration"),
        ("办卡要带啥", "papers"),
        ("住院能报几成", "percent"),
        ("乱停车会被罚吗", "penalty"),
        ("一回能借几本", "count:本"),
        ("几岁能领", "age"),
    ],
)
def test_question_words_tell_what_is_wanted(question: str, kind: str) -> None:
    assert kind in kinds(question)


@pytest.mark.parametrize(
    "question",
    [
        "有人打电话来说要交钱是真的吗",
        "前几天刚搬来，能登记吗",
        "凭什么他家能装",
        "我爸年纪大了，能不能送饭",
        "两档差在哪里",
    ],
)
def test_words_that_only_look_like_question_words_want_nothing(question: str) -> None:
    assert kinds(question).isdisjoint({"phone", "duration", "papers", "age", "place"})


@pytest.mark.parametrize(
    ("clause", "kind"),
    [
        ("60至69周岁每餐12元。", "money"),
        ("上门认证不收费。", "paid"),
        ("打6231-0440预约。", "phone"),
        ("每人最多借4本。", "count:本"),
        ("周一、周三上午接种。", "day"),
        ("7个工作日内办结。", "duration"),
        ("逾期每日加收千分之一滞纳金。", "penalty"),
    ],
)
def test_a_clause_tells_which_answers_it_holds(clause: str, kind: str) -> None:
    assert kind in answer_types(plain_text(clause))


@pytest.mark.parametrize(
    ("clause", "kind"),
    [
        ("租的车位不得转租。", "money"),
        ("每人最多借4本。", "count:次"),
        ("到社区登记，当天办好。", "phone"),
        ("燃油车不得占用。", "duration"),
    ],
)
def test_a_clause_without_the_figure_holds_no_such_answer(clause: str, kind: str) -> None:
    assert kind not in answer_types(plain_text(clause))


def test_opinions_reasons_and_names_are_told_apart_from_rules() -> None:
    assert "opinion" in manner_of("哪家医院看得好")
    assert "why" in manner_of("电费怎么又涨了")
    assert "name" in manner_of("社区主任叫什么")
    assert not manner_of("办证带身份证") & {"opinion", "why", "name"}


def test_the_focus_is_what_the_question_words_stand_beside() -> None:
    asked = load_policy_knowledge().understand("我妈办了门禁卡，电梯维修的师傅几点上班")
    assert [unit.word for unit in asked.focus] != ["门禁卡"]
    assert all(unit.start > asked.text.index("门禁卡") for unit in asked.focus)
