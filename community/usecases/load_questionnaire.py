"""Load a campaign's questionnaire from the YAML that staff write, or tell them what to correct, and on which line."""

import difflib
from collections.abc import Sequence
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from community.errors import InvalidInput
from community.model.hours import QuietHours
from community.model.questionnaires.questionnaire import Questionnaire
from community.model.questionnaires.questionnaire_check import Problem, find_problems
from community.model.questionnaires.questionnaire_keys import KEYS, NESTED, Key
from community.model.questionnaires.strict_yaml import YamlDocument, YamlMistake, read_yaml

#: More than this is no questionnaire.
_MOST_CHARACTERS = 200_000
#: Staff correct a few at a time.
_MOST_PROBLEMS = 8

_SENTENCES = {
    "string_type": "应当是文字",
    "string_too_short": "不能是空的",
    "string_too_long": "太长了，最多 {max_length} 个字",
    "string_pattern_mismatch": "写法不对",
    "int_type": "应当是整数",
    "int_parsing": "应当是整数",
    "int_from_float": "应当是整数",
    "float_type": "应当是数字",
    "float_parsing": "应当是数字",
    "finite_number": "应当是普通的数字",
    "bool_type": "应当是 true 或 false",
    "bool_parsing": "应当是 true 或 false",
    "list_type": "应当是一个列表，写成 [甲, 乙] 或者每行一个“- ”",
    "dict_type": "应当是“键: 值”的写法",
    "model_type": "应当是“键: 值”的写法",
    "enum": "只能是 {expected}",
    "literal_error": "只能是 {expected}",
    "greater_than": "要大于 {gt:g}",
    "greater_than_equal": "不能小于 {ge:g}",
    "less_than_equal": "不能大于 {le:g}",
    "too_long": "太多了，最多 {max_length} 个",
    "time_delta_type": "应当是时长，写成 30s、30m、2h 或 1d",
}


def load_questionnaire(text: str, *, quiet: QuietHours = QuietHours()) -> Questionnaire:  # noqa: B008 - frozen
    """Read and check a questionnaire.

    Args:
        text: YAML as docs/questionnaire.md describes it.
        quiet: the community's hours in which nobody is called.

    Raises:
        InvalidInput: every key that is unknown, missing or wrong, with its line and an example, in Chinese.
    """
    if len(text) > _MOST_CHARACTERS:
        raise InvalidInput("问卷文件太大了，不像是一份问卷，请检查是不是选错了文件", code="questionnaire")
    document = _read(text)
    try:
        questionnaire = Questionnaire.model_validate(document.value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise _refusal(document, [_problem(detail) for detail in details]) from error
    if problems := find_problems(questionnaire, quiet):
        raise _refusal(document, problems)
    return questionnaire


def _read(text: str) -> YamlDocument:
    try:
        document = read_yaml(text.removeprefix("\ufeff"))
    except YamlMistake as error:
        raise InvalidInput(f"问卷写法不对，{error}", code="questionnaire") from error
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行附近" if mark is not None else "文件里"
        raise InvalidInput(
            f"问卷不是正确的 YAML，{where}看不懂：检查缩进是否对齐、冒号后面有没有空格、特殊符号开头的内容有没有加引号",
            code="questionnaire",
        ) from error
    if not isinstance(document.value, dict):
        raise InvalidInput(
            "问卷是空的，或者不是“键: 值”的写法；至少要有 name、purpose 和 questions，参见 docs/questionnaire.md",
            code="questionnaire",
        )
    return document


def _refusal(document: YamlDocument, problems: Sequence[Problem]) -> InvalidInput:
    lines = [f"第 {document.line(problem.path)} 行 {_spell(problem.path)}：{problem.message}" for problem in problems]
    more = f"\n……还有 {len(lines) - _MOST_PROBLEMS} 处" if len(lines) > _MOST_PROBLEMS else ""
    return InvalidInput(
        f"问卷有 {len(lines)} 处要改：\n" + "\n".join(lines[:_MOST_PROBLEMS]) + more, code="questionnaire"
    )


def _spell(path: Sequence[str | int]) -> str:
    spelt = ""
    for step in path:
        spelt += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return spelt.lstrip(".") or "整份问卷"


def _problem(detail: ErrorDetails) -> Problem:
    path = tuple(step for step in detail["loc"] if step != "[key]")
    owner, key = _owner(path), str(path[-1]) if path else ""
    if detail["type"] == "extra_forbidden":
        return Problem(path, _unknown_key(owner, key))
    known = KEYS[owner].get(key) if owner else _list_key(path)
    example = f"，例如 {known.example}" if known else ""
    if detail["type"] == "missing":
        return Problem(path, f"缺少 {key}（{known.meaning if known else '必填'}）{example}")
    if detail["type"] == "too_short":
        return Problem(path, f"不能是空的，至少要有一个{example}")
    return Problem(path, _sentence(detail) + example)


def _sentence(detail: ErrorDetails) -> str:
    context: dict[str, Any] = dict(detail.get("ctx") or {})
    if detail["type"] == "value_error":
        return str(context.get("error", "写法不对"))
    if "expected" in context:
        context["expected"] = str(context["expected"]).replace("'", "").replace(" or ", "、").replace(", ", "、")
    sentence = _SENTENCES.get(detail["type"], "写法不对")
    return sentence.format(**context)


def _owner(path: Sequence[str | int]) -> str | None:
    """The class of questionnaire that holds the last key of a path; None inside a plain list or table."""
    owner: str | None = "Questionnaire"
    for step in path[:-1]:
        if owner is None:
            return None
        if isinstance(step, str) and step in KEYS[owner]:
            owner = NESTED.get((owner, step))
    return owner


def _list_key(path: Sequence[str | int]) -> Key | None:
    """The key whose list a path leads into: hours for `hours[2]`."""
    names = [index for index, step in enumerate(path) if isinstance(step, str)]
    if not names:
        return None
    owner = _owner(path[: names[-1] + 1])
    return KEYS[owner].get(str(path[names[-1]])) if owner else None


def _unknown_key(owner: str | None, key: str) -> str:
    keys: dict[str, Key] = KEYS[owner] if owner else {}
    close = difflib.get_close_matches(key, keys, n=1, cutoff=0.6)
    if close:
        return f"没有 {key} 这个键，是不是 {close[0]}？例如 {keys[close[0]].example}"
    return f"没有 {key} 这个键；这里可以写：{'、'.join(keys)}"
