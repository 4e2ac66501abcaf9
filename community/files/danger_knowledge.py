"""Loads the second opinion on danger from community/files/dangers, once per process."""

import json
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import yaml

from community.model.hazards.danger_net import DangerNet
from community.model.hazards.danger_opinion import DangerOpinion

WORDS, WEIGHTS, NET = "concepts.yml", "weights.json", "net.npz"


@lru_cache(maxsize=1)
def load_danger_opinion() -> DangerOpinion:
    """The shipped words, weights and net."""
    folder = resources.files("community.files").joinpath("dangers")
    words = yaml.safe_load(folder.joinpath(WORDS).read_text(encoding="utf-8"))
    weights = json.loads(folder.joinpath(WEIGHTS).read_text(encoding="utf-8"))
    return DangerOpinion.from_documents(words, weights, DangerNet.from_document(_arrays(NET)))


def _arrays(name: str) -> dict[str, Any]:
    with resources.files("community.files").joinpath("dangers", name).open("rb") as file:
        return dict(np.load(file, allow_pickle=False))
