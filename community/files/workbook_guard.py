"""Refuses workbooks that are made to fill the memory, before any library unpacks them.

A workbook is a zip of XML. Three things are checked: what the zip says its parts will unpack to, what they really unpack to,
and how far apart the cells with a value stand (two cells in opposite corners make a reader reserve seventeen billion).
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from community.errors import InvalidInput

_MOST_PARTS = 2_000
_MOST_UNPACKED = 600 * 1024 * 1024
_MOST_RATIO = 400
#: A ratio says something only about parts that are large.
_RATIO_FROM = 20 * 1024 * 1024
#: Rows times columns that a reader would reserve.
_MOST_CELLS = 40_000_000
_CHUNK = 1 << 20
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
#: A cell that holds something: `<c r="B7" …><v>`, not `<c r="B7" …/>` or `<c r="B7" …></c>`.
_CELL = re.compile(rb'<(?:\w+:)?c\s[^<>]*?\br="([A-Z]{1,4})([0-9]{1,8})"(?:[^<>]*[^<>/])?>(?!</)')


def check_workbook(content: bytes) -> None:
    """Look through a zipped workbook without keeping any of it.

    Raises:
        InvalidInput: it is damaged, or would unpack to something monstrous.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise InvalidInput("文件打不开，压缩包已损坏；请用 Excel 重新另存为 .xlsx", code="file") from error
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise _bomb()
    left = _MOST_UNPACKED
    for part in parts:
        left -= _check_part(content, part, left)


def _check_part(content: bytes, part: zipfile.ZipInfo, most: int) -> int:
    is_sheet = "worksheets/" in part.filename and part.filename.endswith(".xml")
    size, columns, rows, tail = 0, 0, 0, b""
    for chunk in _unpacked(content, part):
        size += len(chunk)
        too_dense = size > _RATIO_FROM and size > _MOST_RATIO * max(part.compress_size, 1)
        if size > most or size > part.file_size or too_dense:
            raise _bomb()
        if is_sheet:
            columns, rows = _furthest(tail + chunk, columns, rows)
            tail = chunk[-200:]
            if columns * rows > _MOST_CELLS:
                raise InvalidInput(
                    "工作表里有一个格子离名单特别远，请删去名单以外的行和列，或把名单复制到新表里再导入", code="file"
                )
    return size


def _furthest(xml: bytes, columns: int, rows: int) -> tuple[int, int]:
    letters: set[bytes] = set()
    for match in _CELL.finditer(xml):
        letters.add(match[1])
        rows = max(rows, int(match[2]))
    return max([columns, *(_column_number(each) for each in letters)]), rows


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _unpacked(content: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    # zipfile itself stops at the size that the file claims; what counts here is what really comes out.
    start = part.header_offset
    header = content[start : start + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise _bomb()
    fields = _LOCAL_HEADER.unpack(header)
    start += _LOCAL_HEADER.size + fields[-2] + fields[-1]
    packed = content[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise InvalidInput("文件的压缩方式不支持；请用 Excel 重新另存为 .xlsx", code="file")
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while packed and not inflater.eof:
            yield inflater.decompress(packed, _CHUNK)
            packed = inflater.unconsumed_tail
    except zlib.error as error:
        raise InvalidInput("文件打不开，压缩包已损坏；请用 Excel 重新另存为 .xlsx", code="file") from error


def _bomb() -> InvalidInput:
    return InvalidInput(
        "文件解压后大得不正常，可能是有人做了手脚，已拒绝；请用 Excel 打开名单重新另存后再试", code="file"
    )
