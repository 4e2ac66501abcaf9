"""YAML as staff mean it: yes, no and 9:00 are words, a key stands once, nothing is expanded; and every value has its line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode


class YamlMistake(ValueError):
    """The YAML can be read but does not say one thing only; a Chinese sentence says what to change."""


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A document's value, and the line (from 1) at which each part of it stands."""

    value: Any
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)

    def line(self, path: Sequence[str | int]) -> int:
        """Line of the value at a path, or of the nearest part of it that exists."""
        whole = tuple(path)
        while whole and whole not in self.lines:
            whole = whole[:-1]
        return self.lines.get(whole, 1)


class _Loader(yaml.SafeLoader):
    """SafeLoader with the scalars of YAML 1.2: `no` is not false, `9:00` is not 540."""

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        if self.check_event(yaml.events.AliasEvent):
            line = self.peek_event().start_mark.line + 1  # type: ignore[no-untyped-call]  # the stubs leave it out
            raise YamlMistake(f"第 {line} 行用了 * 引用；请把内容原样写出来，以 * 或 & 开头的文字要加引号")
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9]\d{0,17})$"), list("-+0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[-+]?\d{1,17}\.\d{1,17}$"), list("-+0123456789"))


def read_yaml(text: str) -> YamlDocument:
    """Read one YAML document.

    Raises:
        YamlMistake: a key that stands twice, an alias, a key that is no plain word.
        yaml.YAMLError: it is no YAML.
        RecursionError: it is nested without end.
    """
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return YamlDocument(None)
        lines: dict[tuple[str | int, ...], int] = {}
        _note_lines(node, (), lines)
        return YamlDocument(loader.construct_document(node), lines)
    finally:
        loader.dispose()


def _note_lines(node: Node, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int]) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, SequenceNode):
        for index, child in enumerate(node.value):
            _note_lines(child, (*path, index), lines)
    elif isinstance(node, MappingNode):
        seen: set[str] = set()
        for key, child in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                raise YamlMistake(f"第 {line} 行的键不是一个词")
            if key.value in seen:
                raise YamlMistake(f"第 {line} 行的键 {key.value} 前面已经写过一次，请合并成一处")
            seen.add(key.value)
            key.tag = "tag:yaml.org,2002:str"
            lines[(*path, key.value)] = line
            _note_lines(child, (*path, key.value), lines)
