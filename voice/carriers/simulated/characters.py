"""The simulated residents' characters, and which of them a number has."""

import random
from functools import cache
from importlib import resources
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Later(_Strict):
    """After so many calls somebody else picks up."""

    after: Annotated[int, Field(ge=1)]
    as_: str = Field(alias="as")


class Character(_Strict):
    """How one resident behaves; characters.yml explains the words."""

    about: str
    weight: Annotated[float, Field(ge=0)] = 1
    pickup: Literal["answered", "no_answer", "busy", "rejected", "switched_off", "not_in_service", "voicemail"] = (
        "answered"
    )
    later: Later | None = None
    rings_back: Annotated[float, Field(ge=0)] | None = None
    speech: Annotated[float, Field(ge=0, le=1)] = 0.75
    agrees: Annotated[float, Field(ge=0, le=1)] = 0.85
    accent: str = "plain"
    at: Annotated[int, Field(ge=0)] = 0
    first: list[str | None] = []
    only: list[str] | None = None
    hang_up_after: int | None = None
    mumbles: int = 0
    consent: str | None = None
    opening: str | None = None
    texts: Literal["answers", "link", "rings", "ignores", "nonsense", "unsubscribes"] = "answers"


class Cast(_Strict):
    """All characters, and what their accents say."""

    characters: dict[str, Character]
    accents: dict[str, dict[str, list[str]]]
    voicemail: str

    def named(self, name: str) -> Character:
        """The character of that name."""
        return self.characters[name]

    def of(self, number: str, seed: int, calls: int = 0) -> Character:
        """The character of a number: always the same for a seed, save that somebody may pick up at last.

        Args:
            calls: how often the number was rung before.
        """
        names = list(self.characters)
        weights = [self.characters[name].weight for name in names]
        chosen = random.Random(f"{seed}:{number}").choices(names, weights)[0]  # noqa: S311 - a play, no secret
        character = self.characters[chosen]
        if character.later is not None and calls >= character.later.after:
            return self.characters[character.later.as_]
        return character

    def phrases(self, accent: str, topic: str) -> list[str]:
        """What an accent says on a topic; plain words where it has none of its own."""
        return self.accents.get(accent, {}).get(topic) or self.accents["plain"][topic]


@cache
def default_cast() -> Cast:
    """The characters that come with the project."""
    source = resources.files("voice.carriers.simulated").joinpath("characters.yml").read_text(encoding="utf-8")
    return Cast.model_validate(yaml.safe_load(source))
