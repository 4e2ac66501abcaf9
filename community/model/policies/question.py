"""What a question asks: its concepts, its other content words, its numbers."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from community.model.policies.asking import Want, manner_of, wants_of
from community.model.policies.lexicon import Found, Kind, Lexicon
from community.model.policies.numbers import ages_in, plain_numbers, with_digits
from community.model.policies.sounds import Sounds
from community.model.text import normalise

#: Cuts a text into words: (word, start) pairs.
Cutter = Callable[[str], Iterable[tuple[str, int]]]

#: Longer questions are cut: what matters is said in the first and last sentences.
LONGEST = 400
#: What comes after the question words is so many characters farther from them than what stands before.
_AFTER = 3
_ASKS = re.compile(r"[几谁哪]|多少|什么|多[久早晚]|(.)不\1|要钱|收钱|花钱|掏钱")
_LATIN = re.compile(r"[a-z]{2,}")
#: 我叫王小明，住3号楼2单元501，电话13812345678，: says who asks, and nothing of the matter.
_INTRODUCES = re.compile(
    r"(?:^|(?<=[,.;\s]))(?:我(?:叫|姓)[一-鿿]{1,4}|(?:我|我家|家)?住(?:在)?[^,.;\s]{0,12}(?:号楼|栋|幢|单元|室|\d)[^,.;\s]{0,12}"
    r"|(?:我的?)?(?:电话|手机)(?:号码?)?(?:是|:)?[\d*+ -]{5,})[,.;\s]+"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that a question names: a word of the lexicon with all it may stand for, or another content word.

    Attributes:
        rarity: inverse document frequency of the word in general Chinese.
        is_context: whether it only says who asks, in what circumstances, or belongs to the question words.
        is_soft: whether a document may lack it and still answer.
        is_verb: whether a word outside the lexicon is a verb or an adjective.
        start: where the question first names it.
    """

    word: str
    concepts: frozenset[str]
    rarity: float = 0.0
    is_context: bool = False
    is_soft: bool = False
    is_verb: bool = False
    start: int = 0


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
        wants: what it asks for, where it does so.
        asks: the answer types of `wants`.
        manner: how it asks: `why`, `opinion`, `name`, `yes_no`.
        focus: the units that stand nearest to what it asks for.
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
    wants: tuple[Want, ...]
    asks: frozenset[str]
    manner: frozenset[str]
    focus: tuple[Unit, ...]
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
    words = _content_words(plain, found, lexicon, cut)
    wants = wants_of(plain)
    units = _units(plain, found, words, wants, lexicon)
    return AskedQuestion(
        text=plain,
        topics=lexicon.of_kind(concepts, Kind.TOPIC),
        things=lexicon.of_kind(concepts, Kind.THING),
        contexts=lexicon.of_kind(concepts, Kind.CONTEXT),
        facets=lexicon.of_kind(concepts, Kind.FACET),
        soft=concepts & lexicon.soft,
        telling=concepts & lexicon.telling,
        uncovered=_uncovered(plain, found),
        words=words,
        verbs=frozenset(word for word in words if word in lexicon.verbs),
        wants=wants,
        asks=frozenset(want.kind for want in wants),
        manner=manner_of(plain),
        focus=_focus(units, wants),
        ages=ages_in(plain),
        numbers=plain_numbers(plain),
        units=units,
        places=frozenset(lexicon.places_in(plain)),
    )


def _units(
    text: str, found: Iterable[Found], words: dict[str, float], wants: tuple[Want, ...], lexicon: Lexicon
) -> tuple[Unit, ...]:
    units: dict[str, Unit] = {}
    for one in found:
        named = [name for name in one.concepts if lexicon.kinds[name] is not Kind.FACET]
        word = text[one.start : one.end]
        if not named or word in units:
            continue
        only_context = all(lexicon.kinds[name] is Kind.CONTEXT for name in named)
        units[word] = Unit(
            word,
            frozenset(named),
            lexicon.rarity.get(word, lexicon.usual_rarity),
            is_context=only_context or any(_belongs(one, want, text) for want in wants),
            is_soft=lexicon.soft.issuperset(named),
            start=one.start,
        )
    for word, rarity in words.items():
        unit = Unit(word, frozenset(), rarity, is_verb=word in lexicon.verbs, start=text.find(word))
        units.setdefault(word, unit)
    return tuple(units.values())


def _belongs(found: Found, want: Want, text: str) -> bool:
    """Whether a word is made of question words itself: 多久来, 谁掏钱."""
    return found.start < want.end and want.start < found.end and bool(_ASKS.search(text[found.start : found.end]))


def _focus(units: tuple[Unit, ...], wants: tuple[Want, ...]) -> tuple[Unit, ...]:
    """What it is asked of: 法院 in 法院几点上班; of a question that is answered by yes or no, what it names last."""
    named = [unit for unit in units if not unit.is_context]
    if not named:
        return ()
    if not wants:
        return (max(named, key=lambda unit: unit.start),)
    nearest = {min(named, key=lambda unit: _distance(unit, want)) for want in wants}
    return tuple(sorted(nearest, key=lambda unit: unit.start))


def _distance(unit: Unit, want: Want) -> tuple[int, int]:
    """Characters between; what stands before is nearer than what comes after."""
    end = unit.start + len(unit.word)
    if unit.start >= want.end:
        return unit.start - want.end + _AFTER, unit.start
    return max(0, want.start - end), -unit.start


def _uncovered(text: str, found: Iterable[Found]) -> str:
    covered = {place for one in found for place in range(one.start, one.end)}
    return "".join(character for place, character in enumerate(text) if place not in covered)


def _content_words(text: str, found: Iterable[Found], lexicon: Lexicon, cut: Cutter) -> dict[str, float]:
    covered, asking = list[Found](), list[Found]()
    for one in found:
        only_asks = all(lexicon.kinds[name] is Kind.FACET for name in one.concepts)
        (asking if only_asks else covered).append(one)
    words: dict[str, float] = {}
    for word, start in cut(text):
        end = start + len(word)
        if len(word) < 2 or word in lexicon.stop_words or not "\u4e00" <= word[0] <= "\u9fff":
            continue
        if any(one.start < end and start < one.end for one in covered):
            continue
        # 资格证 is a word of its own in 有没有资格证, whatever 有没有资格 asks.
        if any(one.start <= start and end <= one.end for one in asking):
            continue
        words[word] = lexicon.rarity.get(word, lexicon.usual_rarity)
    words.update(dict.fromkeys(_LATIN.findall(text), lexicon.usual_rarity))
    return words
