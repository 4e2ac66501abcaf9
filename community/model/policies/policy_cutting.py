"""Cutting the body of a policy document into passages: by its headings, or by sentences where it has none."""

import re
from collections.abc import Iterator

from community.model.policies.policy import Passage

#: Characters that a passage may have before it is cut again, and what its parts then aim at.
LONGEST, AIM = 420, 240

_ORDINAL = "[一二三四五六七八九十百零〇两\\d]"
_MARKDOWN_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
_ARTICLE = re.compile(rf"^(第{_ORDINAL}{{1,5}}条)[\s、:：]*(.*)$")
_CHAPTER = re.compile(rf"^第{_ORDINAL}{{1,5}}[章节编]\s*(.*)$")
_NUMERAL = re.compile(r"^([一二三四五六七八九十]{1,3})\s*[、.．]\s*(.+)$")
_BRACKETED = re.compile(rf"^[（(]{_ORDINAL}{{1,3}}[）)]\s*(.+)$")
_DIGIT = re.compile(r"^\d{1,2}\s*[、.．]\s*(?!\d)(.+)$")
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]+[”’」』）]?|[^。！？；\n]+$")
_TABLE_RULE = re.compile(r"^\s*\|?[\s:|-]*-{2,}[\s:|-]*\|?\s*$")


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
    heading, collected = "", list[str]()
    for line in lines:
        new_heading, rest = _heading_of(line, title=title, use_items=not numbered)
        if new_heading is None:
            collected.append(rest)
            continue
        yield from _passages(heading, collected)
        heading, collected = new_heading, [rest] if rest else []
    yield from _passages(heading, collected)


def _is_clause(line: str, title: str) -> bool:
    """Whether a line begins a clause by itself; the document's title does not."""
    markdown = _MARKDOWN_HEADING.match(line)
    if markdown:
        return markdown[1].strip("《》 ") != title
    return bool(_ARTICLE.match(line) or _NUMERAL.match(line))


def _heading_of(line: str, *, title: str, use_items: bool) -> tuple[str | None, str]:
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
    numeral = _NUMERAL.match(content) or (_DIGIT.match(content) if use_items or markdown else None)
    bracketed = _BRACKETED.match(content) if use_items or markdown else None
    if numeral or bracketed:
        found = numeral or bracketed
        words = found[found.re.groups] if found else content
        heading, rest = (words, "") if markdown else _lead(words)
        # A 1. without a short heading is an item of a list, not a clause.
        return (heading, rest) if heading or _NUMERAL.match(content) else (None, line)
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
    if len(text) <= LONGEST and (heading or len(text) <= AIM):
        yield Passage(heading[:200], text)
        return
    part = ""
    for sentence in _SENTENCE.findall(text):
        if part and len(part) + len(sentence) > AIM:
            yield Passage(heading[:200], part.strip())
            part = ""
        part += sentence
    if part.strip():
        yield Passage(heading[:200], part.strip())


def _plain_lines(body: str) -> Iterator[str]:
    """Take Markdown marks off; table rows become `header：cell` sentences."""
    columns: list[str] | None = None
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
            yield table_sentence(columns, cells)
            continue
        columns = None
        yield _unmarked(line)


def table_sentence(columns: list[str], cells: list[str]) -> str:
    """Write one row of a table as a sentence (年龄：80至89周岁，标准：每月120元)."""
    named = [f"{name}：{cell}" if name else cell for name, cell in zip(columns, cells, strict=False) if cell]
    return "，".join(named) + "。" if named else ""


def _unmarked(line: str) -> str:
    line = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", line)
    line = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", line)
    line = re.sub(r"\*\*(.+?)\*\*|__(.+?)__|`(.+?)`", lambda m: m[1] or m[2] or m[3], line)
    return re.sub(r"^(?:>\s*)?(?:[-*+]\s+)?", "", line).strip()
