"""What a question asks: its concepts, its other content words, its numbers."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from community.model.policies.lexicon import Found, Kind, Lexicon
from community.model.policies.numbers import ages_in, plain_numbers, with_digits
from community.model.policies.sounds import Sounds
from community.model.text import normalise

#: Cuts a text into words: (word, start) pairs.
Cutter = Callable[[str], Iterable[tuple[str, int]]]

#: Longer questions are cut: what matters is said in the first and last sentences.
LONGEST = 400
#: 我叫王小明，住3号楼2单元501，电话13812345678，: says who asks, and nothing of the matter.
_INTRODUCES = re.compile(
    r"(?:^|(?<=[,.;\s]))(?:我(?:叫|姓)[一-鿿]{1,4}|(?:我|我家|家)?住(?:在)?[^,.;\s]{0,12}(?:号楼|栋|幢|单元|室|\d)[^,.;\s]{0,12}"
    r"|(?:我的?)?(?:电话|手机)(?:号码?)?(?:是|:)?[\d*+ -]{5,})[,.;\s]+"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that a question names: a word of the lexicon with all it may stand for, or another content word.

    Attributes:
        rarity: inverse document frequency of a word outside the lexicon in general Chinese.
        is_context: whether it only says who asks, and in what circumstances.
    """

    word: str
    concepts: frozenset[str]
    rarity: float = 0.0
    is_context: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """A question, understood.

    Attributes:
        text: normalised, pinyin and dialect written out, numerals as digits.
        soft: the things that a document may lack and still answer.
        telling: the things without which a document hardly answers.
        verbs: the content words that are verbs or adjectives.
        uncovered: its characters that no word of the lexicon covers.
        words: content words outside the lexicon, with their rarity in general Chinese.
        asks: answer types that would answer it.
        units: what it names, word by word; a word of two concepts is met by either.
        places: towns, streets and estates that it names.
    """

    text: str
    topics: frozenset[str]
    things: frozenset[str]
    contexts: frozenset[str]
    facets: frozenset[str]
    soft: frozenset[str]
    telling: frozenset[str]
    uncovered: str
    words: dict[str, float]
    verbs: frozenset[str]
    asks: frozenset[str]
    ages: frozenset[int]
    numbers: frozenset[str]
    units: tuple[Unit, ...]
    places: frozenset[str]

    @property
    def concepts(self) -> frozenset[str]:
        """Topics, things, contexts and facets together."""
        return self.topics | self.things | self.contexts | self.facets


def understand(text: str, *, lexicon: Lexicon, sounds: Sounds, cut: Cutter) -> AskedQuestion:
    """Read a question as concepts and content words; who asks, where they live and their number are no part of it."""
    plain = normalise(text)
    plain = _INTRODUCES.sub("", plain) or plain
    if len(plain) > LONGEST:
        plain = plain[: LONGEST // 2] + plain[-LONGEST // 2 :]
    plain = sounds.written(plain)
    for pattern, written in lexicon.rewrites:
        plain = pattern.sub(written, plain)
    plain = with_digits(plain)
    found = lexicon.find(plain)
    named = {concept for one in found for concept in one.concepts}
    for pattern, told in lexicon.patterns:
        if pattern.search(plain):
            named.update(told)
    for word in sounds.homophones(plain):
        named.update(lexicon.words.get(word, ()))
    concepts = frozenset(named)
    words = _content_words(plain, [(one.start, one.end) for one in found], lexicon, cut)
    facets = lexicon.of_kind(concepts, Kind.FACET)
    return AskedQuestion(
        text=plain,
        topics=lexicon.of_kind(concepts, Kind.TOPIC),
        things=lexicon.of_kind(concepts, Kind.THING),
        contexts=lexicon.of_kind(concepts, Kind.CONTEXT),
        facets=facets,
        soft=concepts & lexicon.soft,
        telling=concepts & lexicon.telling,
        uncovered=_uncovered(plain, found),
        words=words,
        verbs=frozenset(word for word in words if word in lexicon.verbs),
        asks=frozenset(kind for facet in facets for kind in lexicon.wants.get(facet, ())),
        ages=ages_in(plain),
        numbers=plain_numbers(plain),
        units=_units(plain, found, words, lexicon),
        places=frozenset(lexicon.places_in(plain)),
    )


def _units(text: str, found: Iterable[Found], words: dict[str, float], lexicon: Lexicon) -> tuple[Unit, ...]:
    units: dict[str, Unit] = {}
    for one in found:
        named = [name for name in one.concepts if lexicon.kinds[name] is not Kind.FACET]
        if not named:
            continue
        told = frozenset(named)
        only_context = all(lexicon.kinds[name] is Kind.CONTEXT for name in named)
        word = text[one.start : one.end]
        units[word] = Unit(word, told, is_context=only_context)
    for word, rarity in words.items():
        units.setdefault(word, Unit(word, frozenset(), rarity))
    return tuple(units.values())


def _uncovered(text: str, found: Iterable[Found]) -> str:
    covered = {place for one in found for place in range(one.start, one.end)}
    return "".join(character for place, character in enumerate(text) if place not in covered)


def _content_words(text: str, covered: list[tuple[int, int]], lexicon: Lexicon, cut: Cutter) -> dict[str, float]:
    words: dict[str, float] = {}
    for word, start in cut(text):
        end = start + len(word)
        if len(word) < 2 or word in lexicon.stop_words or not "\u4e00" <= word[0] <= "\u9fff":
            continue
        if any(begin < end and start < stop for begin, stop in covered):
            continue
        words[word] = lexicon.rarity.get(word, lexicon.usual_rarity)
    return words
