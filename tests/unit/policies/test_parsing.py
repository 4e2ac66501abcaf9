"""Policy files as staff write them: headers in both forms, dates, what is refused and how."""

import io

import docx
import pytest

from community.errors import InvalidInput
from community.files.policy_file import read_policy_text
from community.model.policies.policy import normal_number
from community.model.policies.policy_text import parse_policy

BODY = "\n# 办法\n\n## 一、对象\n六十岁以上老人。\n"


def front_matter(**changed: str) -> str:
    header = {
        "title": "青禾街道敬老办法",
        "document_number": "青禾办发〔2026〕1号",
        "issuer": "青禾街道办事处",
        "issued_on": "2026-01-08",
        "effective_on": "2026-02-01",
    } | changed
    return "---\n" + "\n".join(f"{key}: {value}" for key, value in header.items()) + "\n---\n" + BODY


def test_front_matter_gives_the_header_and_the_headings_give_the_passages() -> None:
    policy = parse_policy(front_matter(expires_on="2027年1月31日", district="青禾街道"))
    assert policy.title == "青禾街道敬老办法"
    assert policy.document_number == "青禾办发〔2026〕1号"
    assert str(policy.effective_on) == "2026-02-01"
    assert str(policy.expires_on) == "2027-01-31"
    assert [(one.heading, one.text) for one in policy.passages] == [("对象", "六十岁以上老人。")]


def test_chinese_header_lines_work_as_well() -> None:
    policy = parse_policy(
        "标题：敬老办法\n文号：青禾办发[2026]2号\n发文机关：街道\n成文日期：2026年3月1日\n施行日期：2026/4/1\n"
        "废止：青禾办发〔2020〕5号、青禾办发〔2021〕6号\n\n第一条 对象。六十岁以上。\n第二条 标准。每月五十元。"
    )
    assert policy.document_number == "青禾办发〔2026〕2号"
    assert policy.supersedes == ("青禾办发〔2020〕5号", "青禾办发〔2021〕6号")
    assert [one.heading for one in policy.passages] == ["对象", "标准"]


@pytest.mark.parametrize("above", ["# 敬老办法", "敬老办法", "《敬老办法》"])
def test_the_line_above_the_header_is_the_title_where_the_header_names_none(above: str) -> None:
    policy = parse_policy(f"{above}\n\n文号：青禾办发〔2026〕3号\n施行日期：2026-04-01\n\n第一条 对象。六十岁以上。")
    assert policy.title == "敬老办法"
    assert [one.text for one in policy.passages] == ["六十岁以上。"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (front_matter(title=""), "title（标题）"),
        (front_matter(document_number=""), "document_number（文号）"),
        (front_matter(effective_on="明年春天"), "effective_on（施行日期）"),
        (front_matter(effective_on="2026-02-30"), "2026-02-30"),
        (front_matter(expires_on="2025-12-31"), "早于施行日期"),
        (front_matter().replace(BODY, "\n"), "正文是空的"),
        ("没有头部的一段话。", "开头没有文件信息"),
        ("", "开头没有文件信息"),
    ],
)
def test_what_is_wrong_is_named_in_chinese(text: str, says: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_policy(text)
    assert says in refused.value.message


def test_an_unknown_key_is_told_but_stops_nothing() -> None:
    policy = parse_policy(front_matter(keywords="敬老"))
    assert any("keywords" in warning for warning in policy.warnings)


def test_what_the_text_repeals_counts_when_the_header_is_silent() -> None:
    policy = parse_policy(
        front_matter() + "\n## 二、附则\n自2026年2月1日起施行，《敬老办法》（青禾办发〔2022〕11号）同时废止。\n"
    )
    assert policy.supersedes == ("青禾办发〔2022〕11号",)
    assert policy.warnings


def test_repealing_a_single_clause_replaces_no_document() -> None:
    policy = parse_policy(front_matter() + "\n## 二、附则\n《敬老办法》（青禾办发〔2022〕11号）第三条同时废止。\n")
    assert policy.supersedes == ()


def test_the_effective_day_is_read_from_the_text_when_the_header_lacks_it() -> None:
    policy = parse_policy(front_matter(effective_on="") + "\n## 二、附则\n本办法自2026年5月6日起施行。\n")
    assert str(policy.effective_on) == "2026-05-06"


@pytest.mark.parametrize(
    "written", ["青禾办发[2026]3号", "青禾办发（2026）第3号", "青禾办发〔2026〕 3 号", "青禾办发【2026】03号"]
)
def test_every_way_to_write_a_number_is_one_number(written: str) -> None:
    assert normal_number(written) == "青禾办发〔2026〕3号"


def test_gbk_and_a_byte_order_mark_are_read() -> None:
    text = front_matter()
    assert read_policy_text("a.md", text.encode("gb18030")) == text
    assert read_policy_text("a.md", b"\xef\xbb\xbf" + text.encode()) == text


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.doc", b"x", "另存为 .docx"),
        ("a.pdf", b"%PDF", "另存为 .docx"),
        ("a", b"x", "没有扩展名"),
        ("a.md", b"\x00\x01\x02", "不是文本文件"),
        ("a.md", b"\xff\x81\x20\xff", "编码"),
        ("a.docx", b"not a zip", "打不开"),
        ("a.md", b"a" * 10_000_001, "超过 10 MB"),
    ],
)
def test_files_that_cannot_be_read_say_what_to_do(name: str, content: bytes, says: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_policy_text(name, content)
    assert says in refused.value.message


def word_file() -> bytes:
    document = docx.Document()
    for line in ("标题：敬老津贴办法", "文号：青禾办发〔2026〕9号", "施行日期：2026年6月1日"):
        document.add_paragraph(line)
    document.add_heading("发放标准", level=1)
    table = document.add_table(rows=3, cols=2)
    for row, cells in zip(
        table.rows, [("年龄", "每月"), ("80至89周岁", "120元"), ("90周岁以上", "300元")], strict=True
    ):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    document.add_heading("办理地点", level=1)
    document.add_paragraph("社区便民窗口。")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_a_word_file_keeps_its_headings_and_its_tables_become_sentences() -> None:
    policy = parse_policy(read_policy_text("敬老.docx", word_file()))
    assert [one.heading for one in policy.passages] == ["发放标准", "办理地点"]
    assert policy.passages[0].text == "年龄：80至89周岁，每月：120元。\n年龄：90周岁以上，每月：300元。"


def test_equal_cells_of_a_word_table_stay_in_their_columns_and_merged_ones_are_told_once() -> None:
    document = docx.Document()
    document.add_paragraph("单位：元")
    table = document.add_table(rows=3, cols=3)
    for place, words in enumerate((("年龄", "到店", "上门"), ("70岁以上", "30", "30"), ("90岁以上", "免费", ""))):
        for cell, word in zip(table.rows[place].cells, words, strict=True):
            cell.text = word
    table.rows[2].cells[1].merge(table.rows[2].cells[2])
    written = io.BytesIO()
    document.save(written)
    lines = read_policy_text("a.docx", written.getvalue()).splitlines()
    assert lines[1:] == ["年龄：70岁以上，到店：30元，上门：30元。", "年龄：90岁以上，到店：免费。"]
