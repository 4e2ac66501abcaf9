"""Words that mean the same: residents say 老年钱 or 饭卡 where a document says 高龄津贴 or 助餐卡.

A concept stands for all its words. Both questions and passages are read as concepts, so that a question far from a
document's wording still meets it; and a concept that a question has and a document lacks is a sign that it is not answered.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class Kind(StrEnum):
    """What a concept is for."""

    #: What a whole document is about: 高龄津贴, 养犬.
    TOPIC = "topic"
    #: A thing, an act or a situation inside it: 充电, 补办, 去世.
    THING = "thing"
    #: Who asks, and in what circumstances: helps to find, but says nothing when a document lacks it.
    CONTEXT = "context"
    #: What is asked of it: 价格, 时间, 材料.
    FACET = "facet"


@dataclass(frozen=True, slots=True)
class Found:
    """A word of the lexicon in a text."""

    start: int
    end: int
    concepts: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """The community's vocabulary for policy search.

    Attributes:
        words: each word (normalised) and the concepts it stands for.
        kinds: the kind of each concept.
        soft: things that a document may lack and still answer.
        telling: things so specific that a document without them hardly answers.
        parents: wider concepts that a concept also stands for (居民医保: 医保).
        wants: for a thing, the answer types (see `asking.answer_types`) without which a passage only names it.
        rewrites: dialect and slang → plain words, applied in order to questions only.
        patterns: regular expressions in questions → concepts.
        verbs: verbs and adjectives of general Chinese.
        places: names of towns and countries.
        stop_words: words that carry no content in a question.
        rarity: inverse document frequency of words in general Chinese; `usual_rarity` for the rest.
    """

    words: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, Kind]
    soft: frozenset[str]
    telling: frozenset[str]
    parents: Mapping[str, tuple[str, ...]]
    wants: Mapping[str, frozenset[str]]
    rewrites: tuple[tuple[re.Pattern[str], str], ...]
    patterns: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]
    stop_words: frozenset[str]
    rarity: Mapping[str, float]
    verbs: frozenset[str]
    places: frozenset[str] = frozenset()
    usual_rarity: float = 11.0

    @cached_property
    def _lengths(self) -> dict[str, tuple[int, ...]]:
        lengths: dict[str, set[int]] = {}
        for word in self.words:
            lengths.setdefault(word[0], set()).add(len(word))
        return {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()}

    def find(self, text: str) -> list[Found]:
        """Find the words of the lexicon in a normalised text; a word inside a longer one does not count."""
        result: list[Found] = []
        covered = 0
        for start, character in enumerate(text):
            for size in self._lengths.get(character, ()):
                end = start + size
                concepts = self.words.get(text[start:end]) if end <= len(text) else None
                if concepts is not None:
                    if end > covered:
                        result.append(Found(start, end, concepts))
                        covered = end
                    break
        return result

    def places_in(self, text: str) -> list[str]:
        """Return the towns, streets and estates that a normalised text names, two to five characters each."""
        named = [found[1] for found in _PLACE.finditer(text) if found[1] not in _NO_PLACES]
        named += [text[start : start + 2] for start in range(len(text) - 1) if text[start : start + 2] in self.places]
        return [place for place in named if place]

    def nested_concepts(self, text: str) -> set[str]:
        """Return the concepts of a short text, words inside longer ones included: 投放时间 is about 时间 too."""
        found: list[str] = []
        for start, character in enumerate(text):
            for size in self._lengths.get(character, ()):
                found += self.words.get(text[start : start + size], ())
        return self.widened(found)

    def concepts(self, text: str) -> set[str]:
        """Return the concepts of a normalised text, wider ones included."""
        return self.widened(concept for found in self.find(text) for concept in found.concepts)

    def widened(self, concepts: Iterable[str]) -> set[str]:
        """Add the wider concepts."""
        result = set(concepts)
        for concept in tuple(result):
            result.update(self.parents.get(concept, ()))
        return result

    def of_kind(self, concepts: Iterable[str], kind: Kind) -> frozenset[str]:
        """Keep the concepts of one kind."""
        return frozenset(concept for concept in concepts if self.kinds[concept] is kind)


#: 柳荫 of 柳荫街道, 桃花源 of 桃花源小区; what stands before is cut off at words that no name begins with.
_PLACE = re.compile(
    r"([^\W\d_我你他她它们这那咱俺本在到去来是的了有没个各哪整全老旧新同自从和跟对给让把被住,.?!]{2,4})(?:街道|社区(?!食堂|医院|医生|工作|大夫|卫生|书屋)|小区|花园|新村|家园)"
)
_NO_PLACES = frozenset({"高档", "附近", "隔壁", "外面", "别的", "其他", "邻近", "居住", "封闭", "商品房"})
