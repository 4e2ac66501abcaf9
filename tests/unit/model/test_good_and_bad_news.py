"""A yes may be good news or bad: the same words then answer the one question with yes and the other with no."""

from datetime import date

import pytest

from community.files.answer_knowledge import load_answer_opinion
from community.model.meaning import Label, understand
from community.model.meaning.yes_no.families import family_of
from community.model.meaning.yes_no.valence import is_bad_news
from community.model.meaning.yes_no.verdict import settled
from community.model.questionnaires.questionnaire import Question, QuestionKind

OPINION = load_answer_opinion()


def _question(say: str, yes_means: str) -> Question:
    return Question(id="q", kind=QuestionKind.YES_NO, say=say, yes_means=yes_means)


def _label(say: str, yes_means: str, said: str) -> str:
    return understand(_question(say, yes_means), said, "", 0.9, date(2026, 7, 15), opinion=OPINION).label


@pytest.mark.parametrize(
    ("say", "yes_means", "bad"),
    [
        ("屋里冷吗？", "冷", True),
        ("屋里暖和吗？", "暖和", False),
        ("您家里有老鼠吗？", "有", True),
        ("家里还有药吗？", "还有", False),
        ("您的咳嗽好些了吗？", "好些了", False),
        ("您还咳嗽吗？", "还咳嗽", True),
        ("楼上的水还滴吗？", "还滴", True),
        ("家里的暖气热不热？", "热", False),
        ("天这么热，家里热不热？", "热", True),
        ("您家没有漏雨吧？", "没有漏雨", False),
    ],
)
def test_whether_a_yes_is_bad_news_is_told_by_what_it_asserts(say: str, yes_means: str, *, bad: bool) -> None:
    assert is_bad_news(yes_means, say) is bad


def test_what_says_no_to_warm_says_yes_to_cold() -> None:
    assert _label("您屋里暖和吗？", "暖和", "冻得直哆嗦") == Label.NO
    assert _label("您屋里冷吗？", "冷", "冻得直哆嗦") == Label.YES


def test_a_question_whether_the_trouble_is_over_is_not_read_as_one_about_the_trouble() -> None:
    back = _question("昨天的停电，您家里来电了没有？", "来电了")
    assert family_of(back) is not family_of(_question("您家里还停着电吗？", "还停着"))
    assert _label(back.say, "来电了", "恢复了") == Label.YES


@pytest.mark.parametrize(
    ("yes_means", "said", "meant"),
    [
        ("收到了", "有的，昨天就有", Label.YES),
        ("还没搬", "没有，钱没凑够", Label.YES),
        ("搬了", "没有，钱没凑够", Label.NO),
        ("没有工作", "不对，我开车呢", Label.NO),
        ("没有工作", "对，没班上", Label.YES),
        ("方便", "对，不过我得先去趟医院", None),
        ("还停着", "还没呢，急死人了", None),
    ],
)
def test_a_plain_yes_or_no_at_the_start_settles_it_unless_it_is_taken_back(
    yes_means: str, said: str, meant: str | None
) -> None:
    assert (
        settled(
            _question("是这样吗？" if yes_means != "还停着" else "水还停着吗？", yes_means), said.replace("，", ",")
        )
        == meant
    )


@pytest.mark.parametrize(
    ("say", "yes_means", "said"),
    [
        ("清明节您要去扫墓吗？", "要去", "不去心里过不去"),
        ("您现在，还住在咱们社区吗？", "住在本社区", "不住这住哪"),
        ("您对社区医生放心吗？", "放心", "那还能不放心"),
    ],
)
def test_what_is_denied_only_in_thought_is_no_no(say: str, yes_means: str, said: str) -> None:
    assert _label(say, yes_means, said) != Label.NO
