"""From the bytes of a policy file (.md, .txt, .docx) to its text; what cannot be read is refused with what to do about it."""

import codecs
import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from community.errors import InvalidInput
from community.model.policies.policy_cutting import table_sentence, unit_of

#: A policy document is some pages of text; anything larger is a mistake or an attack.
MOST_BYTES = 10_000_000
MOST_UNPACKED_BYTES = 60_000_000
MOST_CHARACTERS = 500_000
SUFFIXES = (".md", ".markdown", ".txt", ".docx")
#: What people try to import; named in the report instead of being passed over in silence.
REFUSED_SUFFIXES = (".doc", ".pdf", ".wps", ".rtf", ".odt", ".html", ".htm", ".xlsx", ".xls")


def read_policy_text(file_name: str, content: bytes) -> str:
    """Return the text of a policy file; a .docx becomes Markdown with its headings and tables.

    Raises:
        InvalidInput: the kind of file, its size or its encoding cannot be used.
    """
    suffix = PurePath(file_name).suffix.lower()
    if suffix not in SUFFIXES:
        raise InvalidInput(f"不能读 {suffix or '没有扩展名的'} 文件，请另存为 .docx、.md 或 .txt 再导入")
    if len(content) > MOST_BYTES:
        raise InvalidInput(f"文件有 {len(content) // 1_000_000} MB，超过 10 MB，请去掉图片或拆成几份")
    text = _docx_text(content) if suffix == ".docx" else _plain_text(content)
    if len(text) > MOST_CHARACTERS:
        raise InvalidInput(f"正文有 {len(text)} 个字，超过 50 万字，请拆成几份")
    return text


def _plain_text(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(content, "utf-16")
    if b"\0" in content:
        raise InvalidInput("这不是文本文件，请检查扩展名，或另存为 UTF-8 编码的文本")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded(content, "gb18030")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidInput("文字编码看不懂，请用记事本打开后另存为 UTF-8 再导入") from error


def _docx_text(content: bytes) -> str:
    import docx  # noqa: PLC0415 - slow to load, and most imports have no .docx

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MOST_UNPACKED_BYTES:
            raise InvalidInput("Word 文件解开后太大，请去掉图片再导入")
        document = docx.Document(io.BytesIO(content))
        return "\n".join(_docx_lines(document))
    except InvalidInput:
        raise
    except Exception as error:  # python-docx and lxml raise many kinds for a broken file
        raise InvalidInput("Word 文件打不开，可能损坏了或不是 .docx，请用 Word 打开后另存为 .docx") from error


def _docx_lines(document: Any) -> Iterator[str]:
    unit = ""
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            yield from _table_lines(block, unit)
            continue
        text = block.text.strip()
        unit = unit_of(text)
        style = (block.style.name or "").lower() if block.style is not None else ""
        is_heading = style.startswith(("heading", "标题")) and text
        yield f"## {text}" if is_heading else text


def _table_lines(table: Any, unit: str) -> Iterator[str]:
    rows = [_cells(row) for row in table.rows]
    if not rows:
        return
    if len(rows) == 1 or max(sum(map(bool, row)) for row in rows) == 1:
        yield from ("，".join(filter(None, row)) for row in rows)
        return
    columns = [_text(cell) for cell in table.rows[0].cells]
    yield from (table_sentence(columns, row, unit=unit) for row in rows[1:])


def _cells(row: Any) -> list[str]:
    """The cells of a row in their columns; one that is merged into the one before is empty."""
    cells = row.cells
    return [
        "" if place and cell._tc is cells[place - 1]._tc else _text(cell)  # noqa: SLF001 - how python-docx tells merged cells
        for place, cell in enumerate(cells)
    ]


def _text(cell: Any) -> str:
    text: str = cell.text
    return text.strip().replace("\n", " ")
