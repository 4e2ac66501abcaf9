"""What the index keeps of each document and passage: read once, looked at by every question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from community.model.policies.asking import answer_types
from community.model.policies.lexicon import Kind, Lexicon
from community.model.policies.numbers import AgeRange, age_ranges, plain_numbers, with_digits
from community.model.policies.policy import Passage, PolicyDocument
from community.model.policies.policy_cutting import sentences_of
from community.model.text import normalise


@dataclass(frozen=True, slots=True)
class SentenceEntry:
    """A sentence of a passage, read."""

    plain: str
    concepts: frozenset[str]
    types: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageEntry:
    """A passage, read: its concepts, bigrams, answer types, ages and numbers (title and heading included in the first two)."""

    passage: Passage
    plain: str
    concepts: frozenset[str]
    heading_concepts: frozenset[str]
    bigrams: frozenset[str]
    characters: frozenset[str]
    tokens: tuple[str, ...]
    types: frozenset[str]
    is_formal: bool
    ages: tuple[AgeRange, ...]
    numbers: frozenset[str]
    sentences: tuple[SentenceEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEntry:
    """A document, read."""

    document: PolicyDocument
    passages: tuple[PassageEntry, ...]
    title: str
    title_concepts: frozenset[str]
    title_bigrams: frozenset[str]
    concepts: frozenset[str]
    bigrams: frozenset[str]
    characters: frozenset[str]
    plain: str
    #: Where a place that the document is for, or speaks of, is looked for.
    place_text: str


_FORMAL = re.compile(
    r"附则|同时废止|负责解释|为了?(?:进一步|规范|加强|贯彻|保障)|根据.{4,40}(?:制定|结合)|现(?:予|将).{0,12}(?:公布|通知)"
)


def plain_text(text: str) -> str:
    """Bring a text to the form in which questions are compared with it."""
    return with_digits(normalise(text))


def bigrams_of(text: str) -> list[str]:
    """Return the pairs of neighbouring characters that are letters, digits or Chinese."""
    return [text[place : place + 2] for place in range(len(text) - 1) if text[place : place + 2].isalnum()]


def read_document(document: PolicyDocument, passages: Sequence[Passage], lexicon: Lexicon) -> DocumentEntry:
    """Read a document once, for all questions to come."""
    title = plain_text(document.title)
    title_concepts = frozenset(concepts_of(title, lexicon))
    entries = tuple(_read_passage(passage, title, title_concepts, lexicon) for passage in passages)
    return DocumentEntry(
        document=document,
        passages=entries,
        title=f"{title}\n{plain_text(document.district)}",
        title_concepts=title_concepts,
        title_bigrams=frozenset(bigrams_of(title)) | frozenset(bigrams_of(plain_text(document.district))),
        concepts=title_concepts.union(*(entry.concepts for entry in entries)),
        bigrams=frozenset(bigrams_of(title)).union(*(entry.bigrams for entry in entries)),
        characters=frozenset(title).union(*(entry.characters for entry in entries)),
        plain="\n".join([title, *(entry.plain for entry in entries)]),
        place_text="\n".join([title, document.district, document.issuer, *(entry.plain for entry in entries)]),
    )


def concepts_of(plain: str, lexicon: Lexicon) -> set[str]:
    """Return the concepts of a plain text, those told by patterns included."""
    concepts = lexicon.concepts(plain)
    for pattern, told in lexicon.patterns:
        if pattern.search(plain):
            concepts.update(told)
    return concepts


def _read_passage(passage: Passage, title: str, title_concepts: frozenset[str], lexicon: Lexicon) -> PassageEntry:
    heading, text = plain_text(passage.heading), plain_text(passage.text)
    plain = f"{heading}\n{text}"
    heading_concepts = concepts_of(heading, lexicon) | lexicon.nested_concepts(heading)
    types = answer_types(text)
    told = concepts_of(text, lexicon) | heading_concepts
    concepts = {one for one in told if not _is_only_named(one, types, lexicon)}
    bigrams = bigrams_of(plain)
    marked = [f"#{concept}" for concept in sorted(concepts | title_concepts)]
    return PassageEntry(
        passage=passage,
        plain=plain,
        concepts=frozenset(concepts),
        heading_concepts=frozenset(heading_concepts),
        bigrams=frozenset(bigrams),
        characters=frozenset(plain),
        tokens=(*bigrams, *bigrams_of(title), *marked, *marked),
        types=types,
        is_formal=bool(_FORMAL.search(plain)),
        ages=age_ranges(text),
        numbers=plain_numbers(text),
        sentences=tuple(_read_sentence(plain_text(one), lexicon) for one in sentences_of(passage.text)),
    )


def _read_sentence(plain: str, lexicon: Lexicon) -> SentenceEntry:
    return SentenceEntry(plain, frozenset(concepts_of(plain, lexicon)), answer_types(plain))


def _is_only_named(concept: str, types: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether a thing is named in a passage that does not say it: 补贴 without an amount is no 补助金额."""
    wanted = lexicon.wants.get(concept, frozenset())
    return bool(wanted) and lexicon.kinds[concept] is Kind.THING and not wanted & types
