"""A simulated resident who opens the link in a text and answers on the page, as anybody with a browser does."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from voice.carriers.simulated.characters import Character
from voice.carriers.simulated.line import Line
from voice.carriers.simulated.pace import Pace

LINK = re.compile(r"https?://\S+/answer/[\w-]+")
_HINTS: tuple[tuple[str, str], ...] = (
    (r"写数字", "3"),
    (r"7月15日", "明天"),
    (r"下午3点", "上午"),
)
_OTHERWISE = "都挺好的，谢谢"
_READING_SECONDS = (8.0, 40.0)
_MOST_PAGES = 40


@dataclass(slots=True)
class ReadPage:
    """What somebody sees on the answer page.

    Attributes:
        asked: the question; empty where nothing more is asked.
        hidden: the fields that go along with an answer.
        choices: key and words of each button.
        hint: how an answer in words is written.
    """

    asked: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    choices: list[tuple[str, str]] = field(default_factory=list)
    hint: str = ""


def read_page(html: str) -> ReadPage:
    """Read the page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


async def answer_on_page(url: str, character: Character, who: str, line: Line, pace: Pace) -> None:
    """Open a link and answer until nothing more is asked.

    Args:
        who: with a question it decides the answer, so that it stays the same.

    Raises:
        aiohttp.ClientError, TimeoutError: the page did not open.
    """
    page = read_page(await line.open(url))
    for _ in range(_MOST_PAGES):
        if not page.asked:
            return
        luck = random.Random(f"{who}:{page.asked}")  # noqa: S311 - a play, no secret
        await pace.sleep(luck.uniform(*_READING_SECONDS))
        page = read_page(await line.open(url, {**page.hidden, **_answer(page, character, luck)}))


def choose(offers: Sequence[tuple[str, str]], character: Character, luck: random.Random) -> tuple[str, str]:
    """The choice that a resident takes: of two, the first as often as the character agrees."""
    return luck.choice(offers) if len(offers) != 2 else offers[luck.random() >= character.agrees]


def _answer(page: ReadPage, character: Character, luck: random.Random) -> dict[str, str]:
    if page.choices:
        return {"key": choose(page.choices, character, luck)[0]}
    return {"text": next((words for hint, words in _HINTS if re.search(hint, page.hint)), _OTHERWISE)}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = ReadPage()
        self._within = ""
        self._key = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._within = ""
        if tag == "input" and given.get("type") == "hidden":
            self.page.hidden[given.get("name", "")] = given.get("value", "")
        elif given.get("id") in {"asked", "example"}:
            self._within = given["id"]
        elif tag == "button" and given.get("name") == "key":
            self._within, self._key = "key", given.get("value", "")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's signature
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "asked":
            self.page.asked += data
        elif self._within == "example":
            self.page.hint += data
        elif self._within == "key":
            self.page.choices.append((self._key, data))
