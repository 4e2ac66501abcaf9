"""What staff are told about the questionnaire they wrote."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.errors import InvalidInput
from community.model.calls.call import Outcome
from community.model.hours import QuietHours
from community.model.questionnaires.questionnaire import Priority, Questionnaire, answer_matches
from community.model.questionnaires.questionnaire_check import find_hints
from community.usecases.load_questionnaire import load_questionnaire

CAMPAIGNS = sorted((Path(__file__).parents[3] / "sample" / "campaigns").glob("*.yml"))
GOOD = """\
name: 高温关怀
purpose: 天热了，问问您的情况
questions:
  - id: ok
    kind: yes_no
    say: 您今天还好吗？
"""


def refusal(text: str) -> str:
    with pytest.raises(InvalidInput) as refused:
        load_questionnaire(text)
    return refused.value.message


@pytest.mark.parametrize("path", CAMPAIGNS, ids=lambda path: path.name)
def test_every_sample_loads_and_is_spoken_in_short_sentences(path: Path) -> None:
    questionnaire = load_questionnaire(path.read_text(encoding="utf-8"))

    texts = [questionnaire.purpose, questionnaire.closing or "", questionnaire.voicemail.say or ""]
    for question in questionnaire.questions:
        texts += [question.say, question.say_again or "", *(rule.say or "" for rule in question.escalate)]
    for mark in "。？！；：、":
        texts = [part for text in texts for part in text.replace(mark, "，").split("，")]
    assert [text for text in texts if len(text) > 20] == []


def test_a_stored_questionnaire_is_the_same_again() -> None:
    for path in CAMPAIGNS:
        questionnaire = load_questionnaire(path.read_text(encoding="utf-8"))
        assert Questionnaire.model_validate(questionnaire.model_dump(mode="json")) == questionnaire


def test_yes_and_no_are_words_and_not_true_and_false() -> None:
    questionnaire = load_questionnaire(
        GOOD + "    next: {no: end}\n    escalate:\n      - when: [no]\n        priority: emergency\n"
    )

    question = questionnaire.questions[0]
    rule = question.escalation_for("no", None)
    assert rule is not None
    assert rule.priority is Priority.EMERGENCY
    assert question.escalation_for("yes", None) is None
    assert questionnaire.next_after("ok", "no", None) is None


def test_durations_and_retries_are_read() -> None:
    questionnaire = load_questionnaire(GOOD + "retries:\n  no_answer: {after: 90s, times: 1}\n")

    assert questionnaire.retry_for(Outcome.NO_ANSWER).after == timedelta(seconds=90)


@pytest.mark.parametrize(
    ("label", "value", "wanted", "met"),
    [
        ("needs:medical", None, "needs", True),
        ("needs:medical", None, "needs:medical", True),
        ("needs:visit", None, "needs:medical", False),
        ("value", "请人上门", "请人上门", True),
        ("value", 39, ">=38", True),
        ("value", 37.9, ">=38", False),
        ("value", 5, "5", True),
        ("value", 2, "<3", True),
        ("value", {"part": "afternoon", "from": None, "to": None}, "afternoon", True),
        ("unclear", None, "unclear", True),
        ("value", "38", ">=38", False),
    ],
)
def test_which_answers_a_rule_speaks_of(label: str, value: object, wanted: str, met: bool) -> None:
    assert answer_matches(label, value, wanted) is met


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["空的", "docs/questionnaire.md"]),
        ("- 1\n- 2\n", ["空的"]),
        ("name: x\n", ["缺少 purpose", "缺少 questions", "例如"]),
        (GOOD + "audiance: {}\n", ["第 7 行", "audiance", "是不是 audience"]),
        (GOOD + "颜色: 红\n", ["第 7 行", "没有 颜色 这个键", "questions"]),
        (GOOD + "    hint: x\n", ["第 7 行", "questions[1].hint"]),
        (GOOD.replace("yes_no", "yesno"), ["第 5 行", "questions[1].kind", "need_help"]),
        ("name: 高温\npurpose: x\nquestions: []\n", ["第 3 行", "至少要有一个"]),
        (GOOD + "name: 又一个\n", ["第 7 行", "name", "写过一次"]),
        ("name: [\n", ["第 2 行", "看不懂"]),
        (GOOD + "hours: [22:00-23:00]\n", ["安静时段"]),
        (GOOD + "hours: [9:00-11:00]\n", ["第 7 行", "hours[1]", "09:00-11:30"]),
        (GOOD + 'hours: ["25:00-26:00"]\n', ["没有“25:00-26:00”"]),
        (GOOD + 'hours: ["11:00-09:00"]\n', ["不晚于开始"]),
        (GOOD + "not_after: 3\n", ["10s、30m、2h"]),
        (GOOD + "audience: {age_from: 90, age_to: 80}\n", ["没有人符合"]),
        (GOOD + "audience: {tags: [独居], without_tags: [独居]}\n", ["又要又不要"]),
        (GOOD + "retries: {no_anser: {times: 1}}\n", ["retries.no_anser", "no_answer"]),
        (GOOD + "retries: {busy: {times: 99}}\n", ["不能大于 10"]),
        (GOOD + "pace: {calls_per_second: 0}\n", ["大于 0"]),
        (GOOD + "voicemail: {leave: true, say: 您该量血压了}\n", ["健康情况", "血压"]),
        (GOOD + "text: {unreached: true, say: 您的糖尿病随访}\n", ["健康情况", "糖尿病"]),
        (GOOD + "    next: {yes: nowhere}\n", ["没有代号叫 nowhere"]),
        (GOOD + "    next: {yes: ok}\n", ["往回跳"]),
        (GOOD + "    next: {maybe: end}\n", ["不会有回答“maybe”"]),
        (GOOD + "    options: [甲, 乙]\n", ["只有 choice"]),
        (GOOD + "    minimum: 3\n", ["只有 number"]),
        (GOOD + "  - {id: ok, kind: yes_no, say: 再问？}\n", ["和第 1 题重复"]),
        (GOOD + "  - {id: end, kind: yes_no, say: 再问？}\n", ["end 已用来"]),
        (GOOD + "  - {id: a, kind: choice, say: 选哪个？}\n", ["至少两个选项"]),
        (GOOD + "  - {id: a, kind: choice, say: 选哪个？, options: [甲, 甲]}\n", ["两个选项一样"]),
        (GOOD + "  - {id: a, kind: number, say: 几个？, minimum: 9, maximum: 1}\n", ["没有数符合"]),
        (GOOD + "  - {id: Q1, kind: yes_no, say: 好吗？}\n", ["questions[2].id", "例如 id: need_help"]),
        (GOOD.replace("您今天还好吗？", "好" * 201), ["太长了", "200"]),
        (GOOD.replace("高温关怀", "名" * 121), ["太长了", "120"]),
        ("a: &x 1\nb: *x\n", ["第 2 行", "引用"]),
        ("x: " + "[" * 5000, ["看不懂"]),
        ("!!python/object/apply:os.system ['ls']", ["看不懂"]),
        ("名" * 200_001, ["太大"]),
    ],
)
def test_each_mistake_is_named_with_its_line_and_an_example(text: str, words: list[str]) -> None:
    message = refusal(text)

    assert [word for word in words if word not in message] == []


@pytest.mark.parametrize(
    ("when", "word"),
    [(">=300", "永远不会发生"), ("<0", "永远不会发生"), ("很多", "看不懂"), ("yes", "看不懂")],
)
def test_a_rule_that_can_never_be_met_is_refused(when: str, word: str) -> None:
    question = f'  - {{id: n, kind: number, say: 几个？, minimum: 0, maximum: 60, escalate: [{{when: ["{when}"]}}]}}\n'

    assert word in refusal(GOOD + question)


def test_all_mistakes_are_told_at_once() -> None:
    message = refusal(GOOD.replace("yes_no", "x") + "foo: 1\nbar: 2\n")

    assert message.startswith("问卷有 3 处要改")


def test_the_communitys_own_quiet_hours_count() -> None:
    night = GOOD + "hours: [22:00-23:00]\n"

    assert load_questionnaire(night, quiet=QuietHours(())).hours == ["22:00-23:00"]


@given(text=st.text(max_size=60))
def test_no_text_breaks_the_loading(text: str) -> None:
    with suppress(InvalidInput):
        load_questionnaire(GOOD + text)


@pytest.mark.parametrize("path", sorted(Path("sample/campaigns").glob("*.yml")), ids=lambda path: path.stem)
def test_the_samples_leave_nothing_to_be_looked_at(path: Path) -> None:
    assert find_hints(load_questionnaire(path.read_text(encoding="utf-8"))) == []


def test_a_question_about_health_without_its_mark_is_pointed_out_and_so_is_a_missing_ground() -> None:
    sheet = load_questionnaire(
        "{name: a, purpose: 问问您身体怎么样, legal_ground: statutory_duty, questions: ["
        "{id: a, kind: yes_no, say: 您头晕吗}, {id: b, kind: yes_no, say: 您胸闷吗, about_health: true},"
        "{id: c, kind: yes_no, say: 疫苗您想打吗}]}"
    )
    health, purpose, ground = find_hints(sheet)
    assert "第 1 题" in health
    assert "“头晕”" in health
    assert "purpose" in purpose
    assert "legal_note" in ground
