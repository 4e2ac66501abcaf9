"""Cutting the body of a policy document into passages: by its headings, its labelled or numbered lines, or by paragraphs."""

import re
from collections.abc import Iterator

from community.model.policies.policy import Passage

#: Characters that a passage may have before it is cut again, and what its parts then aim at.
LONGEST, AIM = 420, 240
#: Lines without any heading make a passage of their own from this many characters on; shorter ones join the next.
_PARAGRAPH = 45
#: So many labelled or numbered lines make a document of such lines.
_SEVERAL = 3

_ORDINAL = "[一二三四五六七八九十百零〇两\\d]"
_MARKDOWN_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
_ARTICLE = re.compile(rf"^(第{_ORDINAL}{{1,5}}条)[\s、:：]*(.*)$")
_CHAPTER = re.compile(rf"^第{_ORDINAL}{{1,5}}[章节编]\s*(.*)$")
_NUMERAL = re.compile(r"^([一二三四五六七八九十]{1,3})\s*[、.．]\s*(.+)$")
_BRACKETED = re.compile(rf"^[（(]{_ORDINAL}{{1,3}}[）)]\s*(.+)$")
_DIGIT = re.compile(r"^\d{1,2}\s*(?:、|[.．](?!\s*\d))\s*(.+)$")
_BOLD_LEAD = re.compile(r"^\s*(?:[-*+]\s+)?(?:\*\*|__)([^*_]{2,20}?)[：:]?\s*(?:\*\*|__)\s*[：:]?\s*(\S.*)$")
_LABEL = re.compile(r"^【([^】]{2,20})】\s*(\S.*)$")
_BULLET_LEAD = re.compile(r"^[◆●■▲★◇○□•·✦]\s*([^。；，：:]{2,14})[：:]\s*(\S.*)$")
_QUESTION = re.compile(r"^(?:问|Q\d*)\s*[:：\s]\s*([^？?：:]{2,40}[？?：:]?)\s*(.*)$")
_REPLY = re.compile(r"^(?:答|A\d*)\s*[:：]\s*")
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]+[”’」』）]?|[^。！？；\n]+$")
_TABLE_RULE = re.compile(r"^\s*\|?[\s:|-]*-{2,}[\s:|-]*\|?\s*$")
_UNIT = re.compile(r"单位\s*[：:]\s*((?:万|千)?元)")
_COLUMN_UNIT = re.compile(r"[（(]\s*((?:万|千)?元)(?:\s*[/／每][^）)]*)?[）)]")
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
#: Columns whose numbers are no amounts.
_COUNTS = re.compile(r"[数量率比例号序次人户天日月年岁龄分时]|面积|电话")


def sentences_of(text: str) -> list[str]:
    """Split a passage into its sentences; a semicolon ends one too, as policy texts list by semicolons."""
    return [found.strip() for found in _SENTENCE.findall(text) if found.strip()]


def cut_into_passages(body: str, *, title: str = "") -> Iterator[Passage]:
    """Cut a body into passages.

    Headings are Markdown headings, 第一条, 一、 and, where there are none of these, short ones after （一） and 1.; a body
    without any is cut by sentences into passages of about 240 characters.
    """
    lines = [line for line in _plain_lines(body) if line]
    numbered = any(_is_clause(line, title) for line in lines)
    labelled = None if numbered else _label_of(lines)
    items = None if numbered or labelled else _items_of(lines)
    heading, collected = "", list[str]()
    for line in lines:
        new_heading, rest = _labelled(line, labelled) if labelled else _heading_of(line, title=title, items=items)
        if new_heading is None:
            collected.append(rest)
            continue
        yield from _passages(heading, collected)
        heading, collected = new_heading, [rest] if rest else []
    yield from _passages(heading, collected)


def _label_of(lines: list[str]) -> re.Pattern[str] | None:
    """Tell how the lines of a body without clauses are labelled, if they are: 【收费】, ◆ 收费： or 问： before each."""
    for pattern in (_LABEL, _QUESTION, _BULLET_LEAD):
        if sum(bool(pattern.match(line)) for line in lines) >= _SEVERAL:
            return pattern
    return None


def _labelled(line: str, label: re.Pattern[str]) -> tuple[str | None, str]:
    found = label.match(line)
    if found:
        return found[1].rstrip("：: "), found[2]
    return None, _REPLY.sub("", line)


def _items_of(lines: list[str]) -> re.Pattern[str] | None:
    """The numbering of a body that has no other clauses: （一） or 1., whichever comes first."""
    for line in lines:
        for pattern in (_BRACKETED, _DIGIT):
            if pattern.match(line):
                return pattern if sum(bool(pattern.match(one)) for one in lines) >= _SEVERAL else None
    return None


def _is_clause(line: str, title: str) -> bool:
    """Whether a line begins a clause by itself; the document's title does not."""
    markdown = _MARKDOWN_HEADING.match(line)
    if markdown:
        return markdown[1].strip("《》 ") != title
    return bool(_ARTICLE.match(line) or _NUMERAL.match(line))


def _heading_of(line: str, *, title: str, items: re.Pattern[str] | None) -> tuple[str | None, str]:
    """Return (heading, rest of the line); the heading is None where the line goes on with the passage before."""
    markdown = _MARKDOWN_HEADING.match(line)
    content = markdown[1] if markdown else line
    if content.strip("《》 ") == title:
        return "", ""
    if _CHAPTER.match(content):
        return _CHAPTER.sub(r"\1", content), ""
    article = _ARTICLE.match(content)
    if article:
        heading, rest = _lead(article[2])
        return (heading or article[1]), rest
    numeral = _NUMERAL.match(content) or (markdown and (_DIGIT.match(content) or _BRACKETED.match(content)))
    item = numeral or (items and items.match(content))
    if item:
        words = item[item.re.groups]
        return (words, "") if markdown else _lead(words)
    return (content, "") if markdown else (None, line)


def _lead(words: str) -> tuple[str, str]:
    """Split 【适用对象】本办法适用于… or 发放对象。具有本街道… into a short heading and the rest."""
    bracket = re.match(r"^[【（(\[]([^】）)\]]{2,20})[】）)\]]\s*(.*)$", words)
    if bracket:
        return bracket[1], bracket[2]
    if len(words) <= 24 and not re.search(r"[。；，]", words):
        return words.rstrip("：:"), ""
    first = re.match(r"^([^。；，：:\d]{2,14})[。：:]\s*(.+)$", words)
    return (first[1], first[2]) if first else ("", words)


def _passages(heading: str, lines: list[str]) -> Iterator[Passage]:
    text = "\n".join(lines).strip()
    if not text:
        return
    if heading and len(text) <= LONGEST:
        yield Passage(heading[:200], text)
        return
    part = ""
    for piece in _pieces(text, by_lines=not heading):
        if part and len(part) + len(piece) > AIM:
            yield Passage(heading[:200], part.strip())
            part = ""
        part += piece
        if not heading and part.endswith("\n") and len(part) > _PARAGRAPH:
            yield Passage("", part.strip())
            part = ""
    if part.strip():
        yield Passage(heading[:200], part.strip())


def _pieces(text: str, *, by_lines: bool) -> Iterator[str]:
    """Whole lines where they are short enough, else sentences."""
    for line in text.splitlines(keepends=True) if by_lines else [text]:
        if by_lines and len(line) <= AIM:
            yield line
        else:
            yield from _SENTENCE.findall(line)


def _plain_lines(body: str) -> Iterator[str]:
    """Take Markdown marks off; table rows become `header：cell` sentences."""
    columns: list[str] | None = None
    unit = ""
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    for raw in body.split("\n"):
        line = raw.strip().replace("\u3000", " ").strip()
        if _TABLE_RULE.match(line) or re.fullmatch(r"[*_=-]{3,}", line):
            continue
        if line.startswith("|"):
            cells = [_unmarked(cell.strip()) for cell in line.strip("|").split("|")]
            if columns is None:
                columns = cells
                continue
            yield table_sentence(columns, cells, unit=unit)
            continue
        columns = None
        unit = unit_of(line) if line else unit
        bold = _BOLD_LEAD.match(line)
        yield f"【{bold[1]}】{_unmarked(bold[2])}" if bold else _unmarked(line)


def unit_of(line: str) -> str:
    """Return the unit that a line gives for the amounts of the table below it (单位：元)."""
    found = _UNIT.search(line)
    return found[1] if found else ""


def table_sentence(columns: list[str], cells: list[str], *, unit: str = "") -> str:
    """Write one row of a table as a sentence (年龄：80至89周岁，标准：每月120元).

    Args:
        unit: of the bare numbers in columns that name none of their own and count nothing; a column may name its own, 收费（元/次）.
    """
    named = [
        f"{name}：{_with_unit(name, cell, unit)}" if name else cell
        for name, cell in zip(columns, cells, strict=False)
        if cell
    ]
    return "，".join(named) + "。" if named else ""


def _with_unit(name: str, cell: str, unit: str) -> str:
    if not _NUMBER.fullmatch(cell):
        return cell
    own = _COLUMN_UNIT.search(name)
    if own:
        return cell + own[1]
    return cell if _COUNTS.search(name) else cell + unit


def _unmarked(line: str) -> str:
    line = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", line)
    line = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", line)
    line = re.sub(r"\*\*(.+?)\*\*|__(.+?)__|`(.+?)`", lambda m: m[1] or m[2] or m[3], line)
    return re.sub(r"^(?:>\s*)?(?:[-*+]\s+)?", "", line).strip()
