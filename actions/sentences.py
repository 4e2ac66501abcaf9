"""The sentences of bot/domain that start with `say_`: the actions fill them in, everything else Rasa says by itself."""

from functools import cache
from pathlib import Path

import yaml

_DOMAIN = Path(__file__).parents[1] / "bot" / "domain"


def sentence(name: str, **values: object) -> str:
    """Fill in `say_<name>` of the domain."""
    return _templates()[f"say_{name}"].format(**values)


@cache
def _templates() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(_DOMAIN.glob("*.yml")):
        responses = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("responses") or {}
        found |= {name: variants[0]["text"] for name, variants in responses.items() if name.startswith("say_")}
    return found
