"""From the text of a policy file to its header and passages; every refusal says in Chinese what to correct."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from community.errors import InvalidInput
from community.model.policies.policy import Passage, normal_number, numbers_in
from community.model.policies.policy_cutting import cut_into_passages

_KEYS = {
    "title": ("title", "标题", "题目", "文件名称", "文件标题", "名称"),
    "document_number": ("document_number", "number", "文号", "发文字号", "文件编号", "编号", "发文号"),
    "issuer": ("issuer", "发文机关", "发文单位", "发布机关", "发布单位", "印发机关", "制定机关", "制发机关"),
    "issued_on": ("issued_on", "issued", "印发日期", "成文日期", "发布日期", "发文日期", "印发时间", "发布时间"),
    "effective_on": (
        "effective_on",
        "effective",
        "施行日期",
        "生效日期",
        "实施日期",
        "执行日期",
        "起始日期",
        "施行时间",
    ),
    "expires_on": ("expires_on", "expires", "有效期至", "失效日期", "截止日期", "终止日期", "有效期限", "有效期"),
    "district": ("district", "适用范围", "适用区域", "适用地区", "地区", "区域"),
    "supersedes": ("supersedes", "replaces", "废止", "替代", "取代", "废止文件", "替代文件", "被替代文件"),
}
_KEY_OF = {word: key for key, words in _KEYS.items() for word in words}
_KEY_NAMES = {
    "title": "title（标题）",
    "document_number": "document_number（文号）",
    "issued_on": "issued_on（印发日期）",
    "effective_on": "effective_on（施行日期）",
    "expires_on": "expires_on（有效期至）",
}
_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADER_LINE = re.compile(r"^\s*[*>#-]{0,4}\s*([A-Za-z_ ]{2,20}|[\u4e00-\u9fff]{2,6})\**\s*[:：]\s*(.*?)\s*$")
#: A title above the header, which is the title where the header has none.
_TITLE_ABOVE = re.compile(r"^\s*(?:#{1,2}\s+)?([^:：。；#]{4,60})$")
_DATE = re.compile(r"(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})\s*日?")
_EMPTY = {"", "无", "长期", "长期有效", "永久", "-", "—", "null", "~", "none", "暂无"}
_BEGINS = re.compile(r"自\s*(\d{4}年\d{1,2}月\d{1,2}日)起(?:开始)?(?:施行|实施|执行|生效)")
_ENDS = re.compile(r"有效期(?:至|到)\s*(\d{4}年\d{1,2}月\d{1,2}日)")
_REPEALED = re.compile(r"[^。；\n]*(?:同时|予以|即行)(?:废止|失效|停止执行)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedPolicy:
    """What a policy file says, before it has a place in the store."""

    title: str
    document_number: str
    issuer: str
    issued_on: date | None
    effective_on: date | None
    expires_on: date | None
    district: str
    supersedes: tuple[str, ...]
    passages: tuple[Passage, ...]
    #: Chinese sentences on what was guessed or ignored.
    warnings: tuple[str, ...]


def parse_policy(text: str) -> ParsedPolicy:
    """Read a policy document: header lines, then the body cut into passages.

    Args:
        text: Markdown or plain text; the header is YAML front matter or `键：值` lines.

    Raises:
        InvalidInput: a Chinese sentence (without the file's name) on what is missing or wrong.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    header, body, warnings = _split_header(text)
    title = _required(header, "title")
    number = normal_number(_required(header, "document_number"))
    issued, begins, ends = (_read_date(header, key) for key in ("issued_on", "effective_on", "expires_on"))
    if begins is None and (found := _BEGINS.search(body)):
        begins = _to_date(found[1])
        warnings.append(f"头部没有施行日期，按正文“{found[0]}”处理")
    if ends is None and (found := _ENDS.search(body)):
        ends = _to_date(found[1])
        warnings.append(f"头部没有有效期，按正文“{found[0]}”处理")
    if begins and ends and ends < begins:
        raise InvalidInput(f"有效期至（{ends}）早于施行日期（{begins}），请核对 expires_on 和 effective_on")
    supersedes = _superseded(header.get("supersedes", ""), body, number, warnings)
    passages = tuple(cut_into_passages(body, title=title))
    if not passages:
        raise InvalidInput("正文是空的，请在头部下面补上文件正文")
    return ParsedPolicy(
        title=title,
        document_number=number,
        issuer=header.get("issuer", ""),
        issued_on=issued,
        effective_on=begins,
        expires_on=ends,
        district=header.get("district", ""),
        supersedes=supersedes,
        passages=passages,
        warnings=tuple(warnings),
    )


def _split_header(text: str) -> tuple[dict[str, str], str, list[str]]:
    warnings: list[str] = []
    matter = _FRONT_MATTER.match(text)
    if matter:
        return _known(_front_matter(matter[1]), warnings), text[matter.end() :], warnings
    pairs: dict[str, str] = {}
    lines = text.split("\n")
    place, above = 0, None
    for place, line in enumerate(lines):  # noqa: B007 - the place where the header ends is used below
        if not line.strip():
            continue
        if not pairs and above is None and (above := _TITLE_ABOVE.match(line)):
            continue
        found = _HEADER_LINE.match(line)
        if not found or found[1].strip().lower() not in _KEY_OF:
            break
        pairs[found[1].strip()] = found[2]
    if not pairs:
        raise InvalidInput(
            "开头没有文件信息，请在最前面写上“标题：…”“文号：…”“施行日期：…”等行（或 --- 之间的 title、document_number…）"
        )
    header = _known(pairs, warnings)
    if above is not None:
        header.setdefault("title", above[1].strip("*《》 "))
    return header, "\n".join(lines[place:]), warnings


def _front_matter(block: str) -> dict[str, Any]:
    try:
        loaded = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader builds nothing but strings
    except yaml.YAMLError:
        loaded = None
    if isinstance(loaded, dict) and all(isinstance(key, str) for key in loaded):
        return loaded
    pairs = (re.match(r"\s*([^:：]+?)\s*[:：]\s*(.*?)\s*$", line) for line in block.split("\n"))
    return {pair[1]: pair[2].strip("\"'") for pair in pairs if pair}


def _known(pairs: dict[str, Any], warnings: list[str]) -> dict[str, str]:
    header: dict[str, str] = {}
    for word, value in pairs.items():
        key = _KEY_OF.get(word.strip().lower())
        if key is None:
            warnings.append(f"头部的“{word}”不认识，没有使用")
            continue
        joined = "、".join(map(str, value)) if isinstance(value, list) else str(value or "")
        header[key] = unicodedata.normalize("NFC", joined).strip()
    return header


def _required(header: dict[str, str], key: str) -> str:
    value = header.get(key, "").strip("《》 ")
    if not value:
        raise InvalidInput(f"缺少 {_KEY_NAMES[key]}，请在文件头部补上")
    limit = 200 if key == "title" else 120
    if len(value) > limit:
        raise InvalidInput(f"{_KEY_NAMES[key]} 超过 {limit} 个字，请检查头部是不是少了换行")
    return value


def _read_date(header: dict[str, str], key: str) -> date | None:
    value = unicodedata.normalize("NFKC", header.get(key, "")).strip()
    if value.lower() in _EMPTY:
        return None
    read = _to_date(value)
    if read is None:
        raise InvalidInput(f"{_KEY_NAMES[key]} 的日期“{value[:30]}”看不懂，请写成 2026-01-08 或 2026年1月8日")
    return read


def _to_date(text: str) -> date | None:
    found = _DATE.fullmatch(text.strip()) or re.match(_DATE.pattern + r"[T ]\d\d:\d\d", text.strip())
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _superseded(header: str, body: str, own_number: str, warnings: list[str]) -> tuple[str, ...]:
    """Numbers that the document replaces: from the header, else from 同时废止 in its own words."""
    if header.lower() not in _EMPTY:
        names = numbers_in(header) or [part for part in re.split(r"[、；;，,\s]+", header) if part]
        return tuple(dict.fromkeys(normal_number(name) for name in names))
    sentences = [
        found[0] for found in _REPEALED.finditer(body) if not re.search(r"第[一二三四五六七八九十\d]+条", found[0])
    ]
    found_numbers = [number for sentence in sentences for number in numbers_in(sentence)]
    numbers = tuple(number for number in dict.fromkeys(found_numbers) if number != own_number)
    if numbers:
        warnings.append(f"头部没有写废止了什么，按正文处理：废止 {'、'.join(numbers)}")
    return numbers
