"""The sentences of community/texts/*.yml, filled in; wording is changed there, not in code."""

from functools import cache
from importlib import resources
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined, Template

# Plain text for robots, chat and the console, which escapes by itself what it shows as HTML.
_environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - no HTML is made here


def say(topic: str, key: str, **values: Any) -> str:
    """Fill in one text.

    Args:
        topic: the file's name without `.yml`.
        key: the text in it, dotted: `reporter.closed`.
    """
    return _template(topic, key).render(**values)


@cache
def _template(topic: str, key: str) -> Template:
    value: Any = _file(topic)
    for part in key.split("."):
        value = value[part]
    return _environment.from_string(str(value))


@cache
def _file(topic: str) -> Any:
    return yaml.safe_load(resources.files("community").joinpath(f"texts/{topic}.yml").read_text(encoding="utf-8"))
