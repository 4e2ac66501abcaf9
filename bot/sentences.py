"""The sentences that chat says by itself, from sentences.yml, so that they can be changed without a programmer."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


@lru_cache(maxsize=1)
def _sentences() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "sentences.yml").read_text(encoding="utf-8"))
    return loaded


def say(name: str, **words: object) -> str:
    """Return a sentence with its words filled in.

    Args:
        name: key of sentences.yml; a dot goes one level down (`attachment.image`).
        words: what stands in braces.
    """
    found: Any = _sentences()
    for part in name.split("."):
        found = found[part]
    return str(found).format(**words)
