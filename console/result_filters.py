"""What of a campaign's results is wanted, as an address or a form says it."""

from collections.abc import Mapping
from urllib.parse import urlencode

from multidict import MultiMapping

from community.model.calls.call import Outcome
from community.model.calls.campaign import TargetStatus
from community.model.questionnaires.answer_text import LABEL_NAMES, PART_NAMES
from community.model.questionnaires.questionnaire import COMMON_LABELS, LABELS_OF_KIND, Question, QuestionKind
from community.store.result_lines import ResultFilter

#: The fields of the filter, as addresses name them.
FILTER_FIELDS = ("grid", "building", "question", "label", "outcome", "status", "name")
_LONGEST = 120
_NAMES = {**LABEL_NAMES, **PART_NAMES}


def result_filter(query: MultiMapping[str]) -> ResultFilter:
    """Which residents an address asks for."""
    status, outcome = query.get("status", ""), query.get("outcome", "")
    return ResultFilter(
        status=TargetStatus(status) if status in set(TargetStatus) else None,
        outcome=Outcome(outcome) if outcome in set(Outcome) else None,
        question_id=_text(query, "question"),
        label=_text(query, "label") if query.get("question") else "",
        name=_text(query, "name"),
        grid=_text(query, "grid"),
        building=_text(query, "building"),
    )


def filter_query(query: Mapping[str, str]) -> str:
    """The filter of an address as the query of another one: empty, or beginning with `?`."""
    kept = {field: query[field] for field in FILTER_FIELDS if query.get(field)}
    return f"?{urlencode(kept)}" if kept else ""


def label_choices(question: Question) -> dict[str, str]:
    """What staff may correct an answer to, in words."""
    words = {"value": "填在下面", "keep": "填在下面"}
    return {label: words.get(label) or _NAMES.get(label, label) for label in _labels(question) if label != "needs"}


def filter_choices(question: Question) -> dict[str, str]:
    """By which answers residents may be chosen, in words."""
    words = {"needs": "需要帮忙（任何一种）", "value": "说出来了", "keep": "说了话"}
    return {label: words.get(label) or _NAMES.get(label, label) for label in _labels(question)}


def _labels(question: Question) -> tuple[str, ...]:
    own = tuple(question.options) if question.kind is QuestionKind.CHOICE else LABELS_OF_KIND[question.kind]
    return (*own, *COMMON_LABELS)


def _text(query: MultiMapping[str], name: str) -> str:
    return query.get(name, "")[:_LONGEST].strip()
