"""What a question asks: its concepts, its other content words, its numbers."""

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

    @property
    def concepts(self) -> frozenset[str]:
        """Topics, things, contexts and facets together."""
        return self.topics | self.things | self.contexts | self.facets


def understand(text: str, *, lexicon: Lexicon, sounds: Sounds, cut: Cutter) -> AskedQuestion:
    """Read a question as concepts and content words."""
    plain = normalise(text)
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
        named.update(lexicon.words[word])
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
    )


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
