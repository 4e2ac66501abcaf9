"""Reading what a form or an address gives, and going on after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.web_request import FileField

from community.errors import InvalidInput, NotFound

_LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a form."""

    texts: Mapping[str, str]
    uploads: Mapping[str, tuple[Upload, ...]]

    def __contains__(self, name: str) -> bool:
        return name in self.texts

    def text(self, name: str) -> str:
        """A text field without blanks around it; empty when it is not there.

        Raises:
            InvalidInput: it is longer than any field may be, or holds a NUL.
        """
        value = self.texts.get(name, "").strip().replace("\r\n", "\n")
        if len(value) > _LONGEST:
            raise InvalidInput("填写的内容太长：请删减后再提交。")
        if "\x00" in value:
            raise InvalidInput("填写的内容里有无法识别的字符：请重新输入后再提交。")
        return value

    def files(self, name: str) -> tuple[Upload, ...]:
        """The files chosen for a field, without empty ones."""
        return tuple(upload for upload in self.uploads.get(name, ()) if upload.name)

    def file(self, name: str) -> Upload | None:
        """The first file chosen for a field."""
        return next(iter(self.files(name)), None)


async def fields_of(request: web.Request) -> Fields:
    """Read a form; its size was limited before."""
    texts: dict[str, str] = {}
    uploads: dict[str, tuple[Upload, ...]] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, FileField):
            upload = Upload(_bare(value.filename), value.file.read())
            uploads[name] = (*uploads.get(name, ()), upload)
        elif isinstance(value, str):
            texts[name] = value
    return Fields(texts, uploads)


def number_in_path(request: web.Request, name: str = "id") -> int:
    """A row's number in the address.

    Raises:
        NotFound: it is none that could exist.
    """
    text = request.match_info[name]
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise NotFound("没有这一条：请从列表里重新打开。")
    return int(text)


def see_other(address: str, *, done: str = "") -> web.Response:
    """Go on to a page after a change, which says what was done."""
    query = f"?{urlencode({'done': done})}" if done else ""
    return web.Response(status=303, headers={"Location": f"{address}{query}"})


def local_address(text: str) -> str:
    """An address to go on to, only within the console."""
    return text if text.startswith("/console/") and "\\" not in text and "//" not in text else "/console/"


def _bare(file_name: str) -> str:
    return file_name.replace("\\", "/").rsplit("/", 1)[-1][:200]
