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


def test_labelled_lines_are_clauses() -> None:
    body = "【收费】换证二十元。\n【丢失】补证四十元。\n【时间】周一至周六。"
    assert [(one.heading, one.text) for one in cut_into_passages(body)][1] == ("丢失", "补证四十元。")
    assert headings("**收费** 每月一百元。\n**时间** 上午。\n**电话** 12345。") == ["收费", "时间", "电话"]
    assert headings("◆ 被困了：按警铃。\n◆ 谁管：物业。\n◆ 停梯：提前贴通知。") == ["被困了", "谁管", "停梯"]


def test_questions_head_their_answers() -> None:
    body = "问：能退吗？\n答：不能，随房过户。\n问：谁出钱？\n答：业主。\n问：多久？\n答：十个工作日。"
    passages = list(cut_into_passages(body))
    assert [one.heading for one in passages] == ["能退吗？", "谁出钱？", "多久？"]
    assert passages[0].text == "不能，随房过户。"


def test_numbered_rules_without_headings_are_passages_of_their_own() -> None:
    body = "1. 一户养一条狗，肩高超过45厘米的不养。\n2. 出门拴绳，成年人牵。\n3. 拉了屎自己捡。"
    assert len(list(cut_into_passages(body))) == 3


def test_paragraphs_without_headings_are_passages_and_short_lines_join_the_next() -> None:
    long = "施工时间是早上七点半到十二点、下午一点半到六点半，中午不动工，高考中考三天全天停工，大家放心。"
    passages = list(cut_into_passages(f"各位居民：\n{long}\n{long}"))
    assert [one.text.startswith("各位居民") for one in passages] == [True, False]


def test_a_number_right_after_the_numbering_begins_a_clause_too() -> None:
    body = "1、早餐车九点收摊。\n2、65岁以上老人周三打九折。\n3、不准卖活禽。\n4、1.5米以内不得堆物。"
    assert len(list(cut_into_passages(body))) == 4


def test_amounts_of_a_table_get_the_unit_that_stands_above_it_or_in_the_column() -> None:
    body = "一、价格（单位：元/次）\n\n| 年龄 | 到店 | 人数 |\n| --- | --- | --- |\n| 70—79岁 | 30 | 2 |\n"
    assert [one.text for one in cut_into_passages(body)] == ["年龄：70—79岁，到店：30元，人数：2。"]
    body = "## 价格\n\n| 年龄 | 收费（元/次） |\n| --- | --- |\n| 70—79岁 | 30 |\n"
    assert [one.text for one in cut_into_passages(body)] == ["年龄：70—79岁，收费（元/次）：30元。"]
