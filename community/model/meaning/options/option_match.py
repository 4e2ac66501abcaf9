"""What speaks for each option of a choice: its words, its sound, its place, the range it names, what it is about, and what the rules saw.

The same features serve every question, so that what was learned at one counts at another.
"""

import re
from functools import lru_cache

from pypinyin import lazy_pinyin
from rapidfuzz import fuzz

from community.model.meaning.options import choice, ranges
from community.model.meaning.reading import Label, Reading
from community.model.meaning.speech import clauses, denied_after, negations, plain
from community.model.meaning.words.senses import COMPILED_POLES
from community.model.meaning.words.subjects import COMPILED_SUBJECTS
from community.model.questionnaires.questionnaire import Question

_LAST = re.compile(r"最(?:后|末|底下|下面)|末了|后(?:面|头|边)?(?:的|那)?(?:一)?(?:个|种|项)|后者")
_PLACES = tuple(
    re.compile(pattern)
    for pattern in (
        r"第一|头(?:一)?个|(?:前|上)(?:面|头|边)(?:的|那)|最前|^(?:选|按|要)?[一1]号?$|前(?:一|头)?(?:个|种)(?!月|星|天|礼)|前者",
        r"第二|中间(?:的|那)|当中|^(?:选|按|要)?[二2]号?$",
        r"第三|^(?:选|按|要)?[三3]号?$",
        r"第四|^(?:选|按|要)?[四4]号?$",
        r"第五",
    )
)
_LONGEST_ORDINAL = 14
_ABOUT = COMPILED_SUBJECTS + tuple(
    (f"is_{name}", pattern)
    for name, pattern in COMPILED_POLES
    if name in {"good", "bad", "often", "never", "able", "unable", "willing", "unwilling"}
)
_MEANINGLESS = frozenset("的了是")
#: What a run of characters beside the option counts for: it says little of other options.
_OF_A_RUN = 0.5
Features = dict[str, float]


def features(question: Question, text: str, ruled: Reading) -> list[Features]:
    """What speaks for and against each option, in their order.

    Args:
        question: a choice.
        text: in the form of `speech.plain`.
        ruled: what the rules say.
    """
    said = choice.as_weighed(text) or text
    evidence: list[Features] = [{} for _ in question.options]
    _by_name(question.options, said, ruled, evidence)
    _by_place(said, evidence)
    _by_sound_and_characters(question.options, said, evidence)
    _by_subject(question.options, said, evidence)
    for found, fit in zip(evidence, ranges.fits(question.options, said) or [], strict=False):
        found["in range" if fit > 0 else "out of range"] = abs(fit)
    runs = {said[i : i + length] for length in (1, 2, 3) for i in range(len(said) - length + 1)}
    for i, found in enumerate(evidence):
        found |= {f"{question.options[i]}|{run}": _OF_A_RUN for run in runs}
        found |= {f"of {len(evidence)}": 1.0, f"place {i} of {len(evidence)}": 0.5, "length": min(20, len(said)) / 20}
        if choice.leaves_open(said):
            found["left open"] = 1.0
    return evidence


def _by_name(options: list[str], said: str, ruled: Reading, evidence: list[Features]) -> None:
    named, denied = choice.named(options, said)
    chosen = [option for option in named if option not in denied]
    for option, found in zip(options, evidence, strict=True):
        exact = option in said
        _note(
            found,
            {
                "named": option in chosen,
                "denied": option in denied,
                "another named": any(other != option for other in chosen),
                "the others denied": len(denied) == len(options) - 1 and option not in denied,
                "exact": exact,
                "exact, denied": exact and negations(said[: said.find(option)]) % 2 == 1,
                "ruled": ruled.value == option,
                "ruled otherwise": ruled.label == Label.VALUE and ruled.value != option,
            },
        )
        if ruled.value == option:
            found["ruled surely"] = ruled.confidence


def _by_place(said: str, evidence: list[Features]) -> None:
    if len(said) > _LONGEST_ORDINAL:
        return
    last = bool(_LAST.search(said))
    for i, found in enumerate(evidence):
        if last:
            found["last" if i == len(evidence) - 1 else "not last"] = 1.0
        for place, pattern in enumerate(_PLACES):
            if pattern.search(said):
                found["ordinal" if i == place else "another ordinal"] = 1.0


def _by_sound_and_characters(options: list[str], said: str, evidence: list[Features]) -> None:
    heard = _sound(said)
    sounds = [fuzz.partial_ratio(_sound(option), heard) for option in options]
    pairs = {said[i : i + 2] for i in range(len(said) - 1)}
    shared, paired = [], []
    for i, option in enumerate(options):
        others = "".join(options[:i] + options[i + 1 :])
        own = {c for c in option if c not in others and c not in _MEANINGLESS}
        shared.append((len([c for c in own if c in said]), max(1, len(own))))
        own_pairs = {option[k : k + 2] for k in range(len(option) - 1)}
        paired.append(len([pair for pair in own_pairs & pairs if pair not in others]))
    for i, found in enumerate(evidence):
        rest = [j for j in range(len(options)) if j != i]
        ahead = sounds[i] - max((sounds[j] for j in rest), default=0)
        found["sound"] = max(0, sounds[i] - 60) / 40
        found["sounds better" if ahead > 0 else "sounds worse"] = abs(ahead) / 40
        found["own characters"] = shared[i][0] / shared[i][1]
        found["pairs"] = min(2, paired[i]) / 2
        found["characters of another"] = max((shared[j][0] / shared[j][1] for j in rest), default=0)
        found["pairs of another"] = max((min(2, paired[j]) / 2 for j in rest), default=0)
        _note(
            found,
            {
                "more characters": shared[i][0] > max((shared[j][0] for j in rest), default=0),
                "more pairs": paired[i] > max((paired[j] for j in rest), default=0),
            },
        )


def _by_subject(options: list[str], said: str, evidence: list[Features]) -> None:
    spoken, denied, last = _spoken(said)
    about = [_about(option) for option in options]
    own = [
        here - frozenset().union(*(other for j, other in enumerate(about) if j != i)) for i, here in enumerate(about)
    ]
    hits = [len(one & spoken) for one in own]
    for i, found in enumerate(evidence):
        rest = [j for j in range(len(options)) if j != i]
        most = max((hits[j] for j in rest), default=0)
        found["about"] = min(2, hits[i]) / 2
        found["about another"] = min(2, most) / 2
        _note(
            found,
            {
                "about it": hits[i] > 0,
                "more about it": hits[i] > most,
                "less about it": hits[i] < most,
                "only about it": hits[i] > 0 and most == 0,
                "only about another": hits[i] == 0 and most > 0,
                "about it, denied": bool(own[i] & denied),
                "another denied": any(own[j] & denied for j in rest),
                "last about it": bool(own[i] & last),
                "last about another": any(own[j] & last for j in rest),
            },
        )
        for mine in own[i]:
            found.update({f"{mine}={other}": 1.0 for other in spoken})
            found.update({f"{mine}=not {other}": 1.0 for other in denied})
        for theirs in (one for j in rest for one in own[j]):
            found.update({f"{theirs}≠{other}": 0.5 for other in spoken})


def _spoken(said: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """What a text speaks of, what it denies, and what its last clause speaks of."""
    spoken: set[str] = set()
    denied: set[str] = set()
    last: set[str] = set()
    parts = clauses(said) or [said]
    for part in parts:
        for name, pattern in _ABOUT:
            for match in pattern.finditer(part):
                no = negations(part[: match.start()]) % 2 == 1 or denied_after(part[match.end() :])
                (denied if no else spoken).add(name)
                if part is parts[-1] and not no:
                    last.add(name)
    return frozenset(spoken), frozenset(denied), frozenset(last)


@lru_cache(maxsize=2048)
def _about(option: str) -> frozenset[str]:
    text = plain(option)
    return frozenset(name for name, pattern in _ABOUT if pattern.search(text))


@lru_cache(maxsize=4096)
def _sound(text: str) -> str:
    return " ".join(lazy_pinyin(text))


def _note(found: Features, facts: dict[str, bool]) -> None:
    found.update({name: 1.0 for name, so in facts.items() if so})
