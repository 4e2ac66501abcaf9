"""Loads the opinion on a hazard's category from community/files/hazards, once per process."""

import json
from functools import lru_cache
from importlib import resources

from community.model.hazards.category_opinion import CategoryOpinion

CATEGORIES = "categories.json"


@lru_cache(maxsize=1)
def load_category_opinion() -> CategoryOpinion:
    """The shipped weights."""
    file = resources.files("community.files").joinpath("hazards", CATEGORIES)
    return CategoryOpinion.from_document(json.loads(file.read_text(encoding="utf-8")))
