"""Keeps the words that were counted as plain text."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer


def keep_vectorizer(vectorizer: TfidfVectorizer, path: Path) -> None:
    """Write the vocabulary, in order, and each word's weight where there is one."""
    words = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
    weights = vectorizer.idf_.tolist() if vectorizer.use_idf else None
    path.write_text(json.dumps({"words": words, "weights": weights}, ensure_ascii=False), encoding="utf-8")


def read_vectorizer(path: Path, **options: Any) -> TfidfVectorizer:
    """Read what `keep_vectorizer` wrote; `options` are those it was built with."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    places = {word: index for index, word in enumerate(kept["words"])}
    vectorizer = TfidfVectorizer(vocabulary=places, **options)
    if kept["weights"] is None:
        return vectorizer.fit([""])
    vectorizer.idf_ = np.array(kept["weights"])
    return vectorizer
