"""Loads the second opinion on danger from community/files/dangers, and what words mean, once per process."""

import json
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import yaml

from community.model.hazards.danger_net import DangerNet
from community.model.hazards.danger_opinion import DangerOpinion
from community.model.word_meanings import WordMeanings

WORDS, WEIGHTS, NET = "concepts.yml", "weights.json", "net.npz"


@lru_cache(maxsize=1)
def load_danger_opinion() -> DangerOpinion:
    """The shipped words, weights and net."""
    folder = resources.files("community.files").joinpath("dangers")
    words = yaml.safe_load(folder.joinpath(WORDS).read_text(encoding="utf-8"))
    weights = json.loads(folder.joinpath(WEIGHTS).read_text(encoding="utf-8"))
    net = DangerNet.from_document(_arrays("dangers", NET))
    return DangerOpinion.from_documents(words, weights, net, load_word_meanings())


@lru_cache(maxsize=1)
def load_word_meanings() -> WordMeanings:
    """The shipped vectors; where they come from is told beside them."""
    return WordMeanings.from_document(_arrays("word_meanings", "vectors.npz"))


def _arrays(folder: str, name: str) -> dict[str, Any]:
    with resources.files("community.files").joinpath(folder, name).open("rb") as file:
        return dict(np.load(file, allow_pickle=False))
