"""Loads what policy search knows beforehand: vocabulary, ranking weights and wording, from the files in community/policies/words."""

import logging
import math
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from community.model.policies.lexicon import Kind, Lexicon
from community.model.policies.question import AskedQuestion, Cutter, understand
from community.model.policies.ranking import Ranking
from community.model.policies.sounds import Sounds
from community.model.text import normalise

_KEY = re.compile(
    r"^(?P<mark>[~+]?)(?P<name>[^<>\s-]+)\s*(?:<\s*(?P<parents>[^->]+?))?\s*(?:->\s*(?P<wants>[a-z ]+))?$"
)
#: General words are taken into the pinyin vocabulary from this frequency in jieba's dictionary on.
_COMMON = 1500
_MOST_RARE = 14.0
#: First letters of the parts of speech that carry content.
_CONTENT = frozenset("navijlsg")


@dataclass(frozen=True)
class PolicyKnowledge:
    """Everything that policy search knows before it sees a document.

    Attributes:
        wording: sentences for residents, by key.
    """

    lexicon: Lexicon
    sounds: Sounds
    cut: Cutter
    ranking: Ranking
    wording: Mapping[str, str]

    def understand(self, question: str) -> AskedQuestion:
        """Read a question."""
        return understand(question, lexicon=self.lexicon, sounds=self.sounds, cut=self.cut)


@lru_cache(maxsize=1)
def load_policy_knowledge() -> PolicyKnowledge:
    """Load the shipped files once per process."""
    tokenizer = _tokenizer()
    lexicon = _lexicon()
    for word in lexicon.words:
        if len(word) > 1:
            tokenizer.add_word(word)
    common = {word: count for word, count in tokenizer.FREQ.items() if count >= _COMMON and len(word) <= 4}
    weights = {word: _weight(count, len(word)) for word, count in common.items()}
    weights.update({word: 6.0 + weights.get(word, 0.0) for word in lexicon.words})
    sounds = Sounds.of(weights, (word for word in lexicon.words if _is_guarded(word, lexicon)))

    tags = dict(_tags())

    def cut(text: str) -> Iterable[tuple[str, int]]:
        """Cut out the words that carry content: nouns, verbs, adjectives, idioms."""
        words = tokenizer.tokenize(text, HMM=False)
        return ((word, start) for word, start, _ in words if tags.get(word, "n")[0] in _CONTENT)

    return PolicyKnowledge(
        lexicon=lexicon,
        sounds=sounds,
        cut=cut,
        ranking=Ranking.from_mapping(_data("policy_ranking.yml")),
        wording=_data("policy_wording.yml"),
    )


def _weight(count: int, length: int) -> float:
    return math.sqrt(math.sqrt(min(count, 200_000))) / 8.0 + (0.0 if length > 1 else -2.0)


def _is_guarded(word: str, lexicon: Lexicon) -> bool:
    """Three characters of the wrong sound alike are often chance (户口不, 户口簿); only topics are guarded from there."""
    kinds = {lexicon.kinds[concept] for concept in lexicon.words[word]}
    return Kind.TOPIC in kinds or (len(word) >= 4 and kinds != {Kind.FACET})


def _lexicon() -> Lexicon:
    kinds: dict[str, Kind] = {}
    marked: dict[str, set[str]] = {"~": set(), "+": set(), "": set()}
    words: dict[str, list[str]] = {}
    parents: dict[str, tuple[str, ...]] = {}
    wants: dict[str, frozenset[str]] = {}
    for kind, head, line in _concepts():
        concept = head["name"]
        if kinds.setdefault(concept, kind) is not kind:
            raise ValueError(f"policy words: {concept} is a {kinds[concept]} and a {kind}")
        if concept not in parents:
            marked[head["mark"]].add(concept)
            parents[concept] = tuple((head["parents"] or "").split())
            wants[concept] = frozenset((head["wants"] or "").split())
        for word in line.split():
            words.setdefault(normalise(word), []).append(concept)
    speech = _data("policy_speech.yml")
    named = {name for _, told in speech["patterns"] for name in told} | {
        name for some in parents.values() for name in some
    }
    if unknown := named - kinds.keys():
        raise ValueError(f"policy words: no such concept: {sorted(unknown)}")
    return Lexicon(
        words={word: tuple(dict.fromkeys(concepts)) for word, concepts in words.items()},
        kinds=kinds,
        soft=frozenset(marked["~"]),
        telling=frozenset(marked["+"]),
        parents=parents,
        wants=wants,
        rewrites=tuple((re.compile(pattern), written) for pattern, written in speech["rewrites"]),
        patterns=tuple((re.compile(pattern), tuple(concepts)) for pattern, concepts in speech["patterns"]),
        stop_words=frozenset(speech["stop_words"].split()),
        rarity=dict(_rarities()),
        verbs=frozenset(word for word, tag in _tags() if tag[0] in "va"),
        places=frozenset(word for word, tag in _tags() if tag == "ns" and len(word) == 2) - words.keys(),
    )


def _concepts() -> Iterator[tuple[Kind, re.Match[str], str]]:
    """Every line of the vocabulary; a concept may come back in a second file of its kind with more words for it."""
    for name, kind in (
        ("topics", Kind.TOPIC),
        ("things", Kind.THING),
        ("contexts", Kind.CONTEXT),
        ("facets", Kind.FACET),
    ):
        for file in (f"policy_{name}.yml", f"policy_{name}_more.yml"):
            for key, line in _data(file).items():
                head = _KEY.match(key)
                if head is None:
                    raise ValueError(f"{file}: {key}")
                yield kind, head, str(line)


def _data(name: str) -> dict[str, Any]:
    text = (resources.files("community.policies") / "words" / name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return loaded


def _rarities() -> Iterator[tuple[str, float]]:
    """Inverse document frequencies of general Chinese, as jieba ships them."""
    text = (resources.files("jieba") / "analyse" / "idf.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        word, _, value = line.rpartition(" ")
        yield word, min(float(value), _MOST_RARE)


def _tags() -> Iterator[tuple[str, str]]:
    """Parts of speech, as jieba's dictionary has them."""
    text = (resources.files("jieba") / "dict.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        word, _, tag = line.split(" ")
        yield word, tag


def _tokenizer() -> Any:
    """A tokenizer of our own: words added to jieba's process-wide one would change Rasa's."""
    with warnings.catch_warnings():
        # jieba still asks setuptools for its files, which setuptools warns about.
        warnings.simplefilter("ignore")
        import jieba  # noqa: PLC0415 - its dictionary takes a second to load, and most commands need none

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer
