"""One question to the language model, as careful as it must be: asked once a message, within limits, and written down without its words."""

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import structlog
import yaml

from bot.language_model.breaker import Breaker
from bot.language_model.client import LanguageModel, Said
from community.clock import Clock
from community.store.database import Database
from community.usecases.ask_model import answered_before, begin_question, end_question

log = structlog.get_logger()

#: Questions at the same time in one process; whoever comes then is answered by the built-in path.
AT_ONCE = 4
_BLANK = re.compile(r"\{(\w+)\}")
_MARKS = re.compile(r"<{3,}|>{3,}")


@dataclass(frozen=True, slots=True)
class Judged:
    """What is made of the model's words: `answer` is used, or empty with the reason as `outcome`."""

    answer: str
    outcome: str = "used"


class Asking:
    """Asks for whoever needs it, and never raises because of the model.

    Args:
        model: the endpoint.
        database: remembers what was asked; no unit of work is open while the model thinks.
        clock: tells the time.
    """

    def __init__(self, model: LanguageModel, database: Database, clock: Clock) -> None:
        self._model = model
        self._database = database
        self._clock = clock
        self._breaker = Breaker()
        self._busy: set[str] = set()

    async def ask(
        self,
        purpose: str,
        *,
        key: str,
        conversation_id: str,
        words: Callable[[], Awaitable[dict[str, str]]],
        judge: Callable[[str], Judged],
        seconds: float | None = None,
    ) -> str:
        """Return what may be used of the answer; empty where the built-in path is to answer.

        Args:
            purpose: `phrasing` or `extraction`.
            key: the same when the turn is replayed: what was kept then is returned, and nobody is asked.
            words: what the prompt is filled in with, nothing personal in it.
            judge: looks at the model's words.
            seconds: less time than usual.
        """
        before = await self._database.read(lambda conn: answered_before(conn, key))
        if before is not None:
            return before
        with self._place(conversation_id) as free:
            if not free or not self._breaker.may_ask(self._clock.now()):
                return ""
            return await self._ask_now(purpose, key, await words(), judge, seconds)

    async def _ask_now(
        self, purpose: str, key: str, words: dict[str, str], judge: Callable[[str], Judged], seconds: float | None
    ) -> str:
        name, now = self._model.name, self._clock.now()
        begun = await self._database.write(lambda conn: begin_question(conn, key, purpose=purpose, model=name, now=now))
        if not begun:
            return ""
        system, user = prompt(purpose, words)
        said = await self._model.say(system, user, seconds=seconds)
        if isinstance(said, Said):
            self._breaker.worked()
            judged = judge(said.text)
        else:
            judged = Judged("", said.reason)
            if self._breaker.failed(self._clock.now()):
                log.warning("language_model_rests", reason=said.reason)
        await self._database.write(lambda conn: end_question(conn, key, outcome=judged.outcome, answer=judged.answer))
        log.info("language_model_asked", key=key, purpose=purpose, outcome=judged.outcome)
        return judged.answer

    @contextmanager
    def _place(self, conversation_id: str) -> Iterator[bool]:
        """One question at a time in a conversation, and few in all; nobody queues."""
        if conversation_id in self._busy or len(self._busy) >= AT_ONCE:
            yield False
            return
        self._busy.add(conversation_id)
        try:
            yield True
        finally:
            self._busy.discard(conversation_id)


def prompt(purpose: str, words: dict[str, str]) -> tuple[str, str]:
    """The two parts of a prompt; what is filled in cannot end the marks around it."""
    texts = _prompts()[purpose]
    user = _BLANK.sub(lambda blank: _MARKS.sub("", words[blank[1]]), str(texts["user"]))
    return str(texts["system"]), user


@cache
def _prompts() -> dict[str, Any]:
    text = resources.files("bot").joinpath("language_model/prompts.yml").read_text(encoding="utf-8")
    prompts: dict[str, Any] = yaml.safe_load(text)
    return prompts
