"""Whether a sentence that a language model wrote says only what the quoted passage says.

It is believed sentence by sentence: each must be made of one clause of the passage and of words that add nothing. Better ten
good sentences refused, since the quotation answers by itself, than one wrong one said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from community.model.policies.entries import plain_text
from community.model.policies.faithful_words import (
    ASKED_FOR,
    DUTY,
    KEPT_CONDITIONS,
    NEGATIONS,
    PERMISSION,
    PLAIN_WORDS,
    SAID_FOR,
)
from community.model.policies.quantities import (
    VALUES,
    Quantity,
    characters_and_quantities,
    quantities,
    without_quantities,
)

#: Characters of what may be put before a quotation.
LONGEST = 90
_CLAUSE = re.compile(r"[^。！？；!?;\n]+")
_NOT_WORDS = re.compile(r"https?|www\.|[《》<>\[\]{}【】〔〕`*_#|@\\]|://|\.(?:com|cn|net|org)", re.IGNORECASE)
_ORDERS = re.compile(
    r"(?:忽略|无视|忘记|忘掉|跳过|不要理会|不用管).{0,8}(?:指令|指示|要求|规则|以上|上面|前面|之前|上述)|系统提示|提示词|"
    r"(?:你|您)(?:现在)?(?:是|扮演|要扮演)一?[个名位]|扮演|越狱|(?:ignore|disregard|forget).{0,20}(?:instruction|above|previous|prompt)|"
    r"system\s*prompt|</?(?:system|user|assistant)|<\|",
    re.IGNORECASE,
)
_CHINESE = re.compile(r"[一-鿿]+")
_LETTERS = re.compile(r"[a-z]+")
#: From the mildest doubt to the plainest; the last one a clause gives is told.
_STAGES = ("new_words", "new_number", "numbers_apart", "negation", "duty", "condition_dropped")


@dataclass(frozen=True, slots=True)
class _Clause:
    plain: str
    quantities: tuple[Quantity, ...]


def gives_orders(text: str) -> bool:
    """Whether a text speaks to a language model (忽略以上指令…): such a text is not shown to one."""
    return _ORDERS.search(text) is not None


def unfaithful(sentence: str, quote: str, *, title: str = "", heading: str = "") -> str | None:
    """Say why a sentence may not stand before the quotation; None when it may.

    Args:
        sentence: what the model wrote.
        quote: the words of the passage that the resident reads.
        title: of the document; its words may be used, its numbers not.
        heading: of the passage, likewise.

    Returns:
        `empty`, `too_long`, `markup`, `new_words`, `new_number`, `numbers_apart` (a value beside another's condition), `negation`,
        `duty` (可以 made 应当, or the reverse) or `condition_dropped`.
    """
    if not sentence.strip():
        return "empty"
    if len(sentence) > LONGEST:
        return "too_long"
    if _NOT_WORDS.search(sentence) or "\n" in sentence.strip():
        return "markup"
    named = f"{_words(plain_text(title))} {_words(plain_text(heading))}"
    clauses = [_read(clause) for clause in _CLAUSE.findall(quote) if clause.strip()]
    for part in _CLAUSE.findall(sentence):
        if part.strip() and (why := _why_of_none(_read(part), clauses, named)) is not None:
            return why
    return None


def _read(clause: str) -> _Clause:
    plain = plain_text(clause)
    return _Clause(plain, tuple(quantities(plain)))


def _why_of_none(said: _Clause, clauses: Sequence[_Clause], named: str) -> str | None:
    """None as soon as one clause carries what was said; else what the nearest one lacks."""
    reasons = [_why(said, clause, clauses, named) for clause in clauses]
    if None in reasons:
        return None
    return max((why for why in reasons if why), key=_STAGES.index, default="new_words")


def _why(said: _Clause, clause: _Clause, clauses: Sequence[_Clause], named: str) -> str | None:
    whole = " ".join(one.plain for one in clauses)
    if not _is_made_of(_words(said.plain), f"{_words(clause.plain)} {named}", whole=f"{whole} {named}"):
        return "new_words"
    if not set(said.quantities) <= set(clause.quantities):
        return "new_number"
    together = _stand_together(said.quantities, clause.quantities, _ambiguous(clauses))
    if not together or not _keeps_order(said.plain, clause.plain, whole, named):
        return "numbers_apart"
    return _why_reversed(said.plain, clause.plain)


def _why_reversed(said: str, clause: str) -> str | None:
    if _count(NEGATIONS, said) != _count(NEGATIONS, clause):
        return "negation"
    if _duty_changed(said, clause):
        return "duty"
    dropped = set(re.findall(KEPT_CONDITIONS, clause)) - set(re.findall(KEPT_CONDITIONS, said))
    return "condition_dropped" if dropped else None


def _count(words: str, plain: str) -> int:
    return len(re.findall(words, without_quantities(plain)))


def _words(plain: str) -> str:
    return without_quantities(plain)


def _duty_changed(said: str, clause: str) -> bool:
    said, clause = _words(said), _words(clause)
    offered, bound = re.search(PERMISSION, clause), re.search(DUTY, clause)
    if re.search(PERMISSION, said) and bound and not offered:
        return True
    asked = re.search(ASKED_FOR, said) and not re.search(ASKED_FOR, clause)
    return bool((asked or re.search(DUTY, said)) and offered and not bound)


def _is_made_of(said: str, source: str, *, whole: str) -> bool:
    """Whether every stretch is copied from the source, two characters or more at a time, or says nothing of its own."""
    if not set(_LETTERS.findall(said)) <= set(_LETTERS.findall(source)):
        return False
    # Between two numbers may stand a single character: 处200元.
    runs = set(_CHINESE.findall(source))
    return all(run in runs or _is_spelled(run, source, whole) for run in _CHINESE.findall(said))


def _is_spelled(run: str, source: str, whole: str) -> bool:
    reachable = {0}
    for end in range(1, len(run) + 1):
        starts = range(max(0, end - 24), end)
        if any(start in reachable and _may_say(run[start:end], source, whole) for start in starts):
            reachable.add(end)
    return len(run) in reachable


def _may_say(piece: str, source: str, whole: str) -> bool:
    if piece in PLAIN_WORDS or (len(piece) > 1 and piece in source):
        return True
    return any(word in whole for word in SAID_FOR.get(piece, ()))


def _keeps_order(said: str, clause: str, whole: str, named: str) -> bool:
    """Whether words and numbers follow each other as in the clause, no number of their kind passed over between two.

    Where 午餐8元，早餐3元 is written, 午餐3元 jumps over 8元.
    """
    items, source = characters_and_quantities(said), characters_and_quantities(clause)
    units = {item.unit for item in items if isinstance(item, Quantity)}
    if not units:
        return True
    stops = [place for place, item in enumerate(source) if isinstance(item, Quantity) and item.unit in units]
    # For each place in the sentence, the places of the clause that were reached; -1 where nothing is copied yet.
    reached: list[set[int]] = [{-1}, *(set() for _ in items)]
    for start in range(len(items)):
        for last in reached[start]:
            reached[start + 1].update(_next_places(items[start], last, source, stops))
            for end in range(start + 1, min(len(items), start + 9) + 1):
                piece = items[start:end]
                if all(isinstance(item, str) for item in piece) and _is_free("".join(map(str, piece)), whole, named):
                    reached[end].add(last)
    return bool(reached[-1])


def _next_places(item: str | Quantity, last: int, source: Sequence[str | Quantity], stops: Sequence[int]) -> list[int]:
    """Where in the clause a character or number may be that follows what stands at `last`."""
    first_stop = next((place for place in stops if place > last), len(source) - 1) if last >= 0 else len(source) - 1
    return [at for at in range(last + 1, first_stop + 1) if source[at] == item]


def _is_free(piece: str, whole: str, named: str) -> bool:
    if piece in PLAIN_WORDS or (len(piece) > 1 and piece in named):
        return True
    return any(word in whole for word in SAID_FOR.get(piece, ()))


def _ambiguous(clauses: Sequence[_Clause]) -> frozenset[str]:
    """Units of values of which the passage names more than one."""
    values = {(one.value, one.unit) for clause in clauses for one in clause.quantities if one.unit in VALUES}
    units = [unit for _, unit in values]
    return frozenset(unit for unit in units if units.count(unit) > 1)


def _stand_together(said: Sequence[Quantity], clause: Sequence[Quantity], ambiguous: frozenset[str]) -> bool:
    """Whether the numbers belong to each other in the clause as they do in the sentence.

    They come in the clause's order with no other number of their kind between two, and a value of several comes with every
    number that it depends on.
    """
    return any(
        _is_run(places, clause) and all(_has_its_conditions(place, places, clause, ambiguous) for place in places)
        for places in _placings(said, clause)
    )


def _placings(said: Sequence[Quantity], clause: Sequence[Quantity]) -> list[tuple[int, ...]]:
    """Every way to find the numbers said in the clause, in its order; few, as clauses are short."""
    placings: list[tuple[int, ...]] = [()]
    for one in said:
        after = [(p[-1] + 1 if p else 0, p) for p in placings]
        placings = [(*p, at) for first, p in after for at in range(first, len(clause)) if clause[at] == one][:64]
    return placings


def _is_run(places: Sequence[int], clause: Sequence[Quantity]) -> bool:
    for one, other in pairwise(places):
        kinds = {clause[one].unit, clause[other].unit}
        if any(clause[between].unit in kinds for between in range(one + 1, other)):
            return False
    return True


def _has_its_conditions(
    place: int, places: Sequence[int], clause: Sequence[Quantity], ambiguous: frozenset[str]
) -> bool:
    unit = clause[place].unit
    if unit not in ambiguous:
        return True
    first = next((at + 1 for at in range(place - 1, -1, -1) if clause[at].unit == unit), 0)
    return set(range(first, place)) <= set(places)
