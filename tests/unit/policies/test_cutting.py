"""Cutting bodies into passages."""

from hypothesis import given
from hypothesis import strategies as st

from community.model.policies.policy_cutting import LONGEST, cut_into_passages, sentences_of


def headings(body: str) -> list[str]:
    return [one.heading for one in cut_into_passages(body, title="办法")]


def test_markdown_headings_lose_their_numbers_and_the_title_is_no_heading() -> None:
    assert headings("# 办法\n## 一、对象\n老人。\n## （二）标准\n每月五十元。") == ["对象", "标准"]


def test_articles_with_a_short_lead_are_headed_by_it() -> None:
    passages = list(cut_into_passages("第一章 总则\n第一条 对象。六十岁以上。\n第二条 本办法由社区解释，没有短题。"))
    assert [one.heading for one in passages] == ["对象", "第二条"]
    assert passages[1].text == "本办法由社区解释，没有短题。"


def test_plain_chinese_numerals_head_their_clauses() -> None:
    assert headings("一、申请材料\n身份证。\n二、办理地点：社区窗口。") == ["申请材料", "办理地点"]


def test_a_numbered_list_inside_a_clause_stays_together() -> None:
    passages = list(cut_into_passages("## 材料\n1. 身份证原件和复印件各一份；\n2. 户口簿。\n"))
    assert len(passages) == 1
    assert "户口簿" in passages[0].text


def test_a_text_without_headings_is_cut_by_sentences() -> None:
    body = "社区每年组织一次免费体检，请空腹前来。" * 40
    passages = list(cut_into_passages(body))
    assert len(passages) > 2
    assert all(len(one.text) <= LONGEST and one.text.endswith("。") for one in passages)


def test_a_very_long_clause_is_cut_and_keeps_its_heading() -> None:
    passages = list(cut_into_passages("## 标准\n" + "每人每月发放五十元，按季度结算。" * 60))
    assert len(passages) > 1
    assert {one.heading for one in passages} == {"标准"}


def test_a_markdown_table_becomes_sentences() -> None:
    passages = list(cut_into_passages("## 标准\n| 年龄 | 每月 |\n| --- | --- |\n| 80岁 | 120元 |\n"))
    assert passages[0].text == "年龄：80岁，每月：120元。"


@given(st.text(alphabet="一二三第条章、。；\n#| 0123456789abc（）办法", max_size=400))
def test_whatever_is_written_nothing_breaks_and_no_passage_is_empty(body: str) -> None:
    for passage in cut_into_passages(body):
        assert passage.text.strip()


@given(st.text(alphabet="一二三。；！\n甲乙丙”", max_size=200))
def test_sentences_lose_no_character(text: str) -> None:
    assert "".join("".join(sentences_of(text)).split()) == "".join(text.split())
