"""Loads the second opinion on danger from community/files/dangers, once per process."""

import json
from functools import lru_cache
from importlib import resources

import yaml

from community.model.hazards.danger_opinion import DangerOpinion

WORDS, WEIGHTS = "concepts.yml", "weights.json"


@lru_cache(maxsize=1)
def load_danger_opinion() -> DangerOpinion:
    """The shipped words and weights."""
    folder = resources.files("community.files").joinpath("dangers")
    words = yaml.safe_load(folder.joinpath(WORDS).read_text(encoding="utf-8"))
    weights = json.loads(folder.joinpath(WEIGHTS).read_text(encoding="utf-8"))
    return DangerOpinion.from_documents(words, weights)
