"""What a hazard report says: which category, whether somebody may be hurt now, one hazard or two, and where."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from community.model.address import Address
from community.model.address_text import Places, extract_location, find_locations
from community.model.hazards.emergency import Emergency, detect_emergency
from community.model.hazards.hazard_words import HAZARD_WORDS
from community.model.text import normalise

OTHER = "other"
#: 我要报修: somebody wants to report, and has not said what.
UNSPECIFIED = "unspecified"
#: How much a trained guess weighs beside the words, at certainty.
_GUESS_WEIGHT = 40.0
#: From this score on the words alone say which category it is.
_PLAIN = 4.0
_ADDED = re.compile(r"还有|另外|再一个|再就是|顺便|其次|第二")
#: From this score on the words of a clause are a hazard of their own where it was added, or has a place beside another's.
_TELLING = 3.0
#: So few characters may name nothing at all (同上, 就是那个); a guess at them must be this sure.
_FEW, _SURE_OF_FEW = 6, 0.4
_CLAUSE = re.compile(rf"[,，.。;；!！\n]|(?<=[\u4e00-\u9fff])[ 　](?=[\u4e00-\u9fff\d])|({_ADDED.pattern})|然后|同时")
#: How much the kind of an emergency says of its category, seen by a rule and by the opinion alone…
_RULED, _OPINED = 10.0, 3.0
#: …so many times more where people are what it is about: whatever hazard the words sound like counts for less.
_OF_PEOPLE_MORE = 2.5
_OF_THE_BODY = ("medical", "breathing", "choking", "bleeding", "burn", "labour", "accident")
_OF_PEOPLE = frozenset({*_OF_THE_BODY, "fire", "trapped", "violence", "suicide", "missing", "scam"})
#: The category that an emergency of a kind usually has.
_OF_EMERGENCY: Mapping[str, str] = {
    "gas": "gas_leak",
    "elevator": "elevator",
    "water": "flooding",
    "collapse": "building_safety",
    "electric_shock": "electrical",
    "electric_fire": "ebike_charging",
    "violence": "public_security",
    "scam": "public_security",
    "missing": "welfare_check",
    "suicide": "welfare_check",
    "bite": "public_health",
    "poison": "public_health",
    "fire": OTHER,
    "trapped": OTHER,
    **dict.fromkeys(_OF_THE_BODY, "welfare_check"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardReport:
    """One hazard as it was told.

    Attributes:
        category: code of hazards.yml.
        danger: somebody may be hurt now.
        location_text: the resident's own words for the place; empty when none was named.
    """

    category: str
    danger: bool
    text: str
    address: Address = field(default_factory=Address)
    location_text: str = ""

    @property
    def has_location(self) -> bool:
        """Whether somebody could go there."""
        return bool(self.location_text)


def read_reports(text: str, *, places: Places, guesses: Mapping[str, float] | None = None) -> list[HazardReport]:
    """Read every hazard out of one message, mostly one.

    Args:
        text: the message as it was written.
        places: the community's names.
        guesses: category → probability, from the trained classifier, for the whole message.
    """
    parts = split_hazards(text, places)
    if len(parts) == 1:
        return [_read(text, places, guesses)]
    reports = [_read(part, places, None) for part in parts]
    named = next((report for report in reports if report.has_location), None)
    if named is None:
        return reports
    return [
        report if report.has_location else replace(report, address=named.address, location_text=named.location_text)
        for report in reports
    ]


def categorise(text: str, guesses: Mapping[str, float] | None = None) -> str:
    """Name the category: the words that residents use, and the trained guess where there is one."""
    scores = word_scores(text)
    plain = max(scores.values(), default=0.0) >= _PLAIN
    for code, probability in (guesses or {}).items():
        if plain and code == UNSPECIFIED:
            continue
        scores[code] = scores.get(code, 0.0) + _GUESS_WEIGHT * probability
    return max(scores, key=lambda code: (scores[code], code)) if scores else OTHER


def categorise_emergency(text: str, emergency: Emergency, guesses: Mapping[str, float] | None = None) -> str:
    """Name the category of an emergency: what words and guesses say of it, and what belongs to its kind.

    Args:
        text: as it was written.
        emergency: what was recognised; its kind counts for more where a rule saw it than where only the opinion did.
        guesses: category → probability; an emergency is never without a category of its own, so `unspecified` is none.
    """
    scores = word_scores(text)
    for code, probability in (guesses or {}).items():
        scores[code] = scores.get(code, 0.0) + _GUESS_WEIGHT * probability
    scores.pop(UNSPECIFIED, None)
    usual = _OF_EMERGENCY.get(emergency.kind)
    if usual is not None:
        known = _RULED if emergency.decided_by == "rule" else _OPINED
        scores[usual] = scores.get(usual, 0.0) + known * (_OF_PEOPLE_MORE if emergency.kind in _OF_PEOPLE else 1.0)
    return max(scores, key=lambda code: (scores[code], code)) if scores else OTHER


def corrected_category(text: str) -> str | None:
    """Name the category that a correction speaks of (不是漏水，是下水道堵了); None when it names none."""
    scores = word_scores(without_denied(text))
    code = max(scores, key=lambda c: (scores[c], c)) if scores else OTHER
    return code if scores.get(code, 0.0) >= _PLAIN else None


def without_denied(text: str) -> str:
    """Leave out what it is said not to be: 不是漏水，是下水道堵了 leaves the second."""
    return re.sub(r"(?:不是|并非)[^,，.。;!\s]{1,8}[,，.。;!\s]", "", normalise(text))


def word_scores(text: str) -> dict[str, float]:
    """Add up, for each category, how telling its words in the text are."""
    plain = normalise(text)
    scores: dict[str, float] = {}
    for code, patterns in _compiled():
        score = sum(weight for pattern, weight in patterns if pattern.search(plain))
        if score:
            scores[code] = score
    return scores


def split_hazards(text: str, places: Places) -> list[str]:
    """Cut a message into its hazards: clauses with plain words of a category of their own, each with a place, or added with 还有."""
    clauses = [clause for clause in _CLAUSE.split(text) if clause and clause.strip()]
    found: list[tuple[str, str]] = []
    added = False
    for place, clause in enumerate(clauses):
        if _ADDED.fullmatch(clause):
            added = True
            continue
        code, score = _strongest(clause, places)
        placed = bool(found) and extract_location(found[-1][0], places) is not None
        following = clauses[place + 1 : place + 2] if placed else ()
        apart = added or _has_place(clause, following, places)
        telling = score >= (_TELLING if added or placed else _PLAIN)
        if telling and (apart or not found) and all(code != other for _, other in found):
            found.append((clause, code))
        elif found:
            found[-1] = (f"{found[-1][0]}，{clause}", found[-1][1])
        added = False
    return [clause for clause, _ in found] if len(found) > 1 else [text]


def _strongest(clause: str, places: Places) -> tuple[str, float]:
    """The category that a clause tells of most, and how plainly; the tree or the wall of its place tells nothing."""
    plain = normalise(clause)
    for place in reversed(find_locations(clause, places)):
        plain = f"{plain[: place.start]} {plain[place.end :]}"
    scores = word_scores(plain)
    code = max(scores, key=lambda c: scores[c]) if scores else ""
    return code, scores.get(code, 0.0)


def _has_place(clause: str, following: Sequence[str], places: Places) -> bool:
    """Whether a clause names its place, or is followed by one: 树也倒了 8栋."""
    if extract_location(clause, places) is not None:
        return True
    return any(not word_scores(one) and extract_location(one, places) is not None for one in following)


def is_danger(text: str, category: str) -> bool:  # noqa: ARG001 - the category decides for gas and landslides
    """Tell whether somebody may be hurt now."""
    return detect_emergency(text) is not None


def _read(text: str, places: Places, guesses: Mapping[str, float] | None) -> HazardReport:
    category = UNSPECIFIED if guesses and _says_nothing(text, guesses) else categorise(text, guesses)
    place = extract_location(text, places)
    return HazardReport(
        category=category,
        danger=is_danger(text, category),
        text=text,
        address=place.address if place else Address(),
        location_text=place.text if place else "",
    )


def _says_nothing(text: str, guesses: Mapping[str, float]) -> bool:
    """Whether few words name nothing, and the guess at them is none."""
    few = len(normalise(text)) <= _FEW and max(guesses.values()) < _SURE_OF_FEW
    return few and not word_scores(text)


@lru_cache(maxsize=1)
def _compiled() -> Sequence[tuple[str, Sequence[tuple[re.Pattern[str], float]]]]:
    return [
        (code, [(re.compile(pattern), weight) for pattern, weight in patterns])
        for code, patterns in HAZARD_WORDS.items()
    ]
