"""Loads the second opinion on answers from community/files/answers, once per process."""

import json
from functools import lru_cache
from importlib import resources

from community.model.meaning.second_opinion import AnswerOpinion

WEIGHTS = "weights.json"


@lru_cache(maxsize=1)
def load_answer_opinion() -> AnswerOpinion:
    """The shipped weights."""
    text = resources.files("community.files").joinpath("answers", WEIGHTS).read_text(encoding="utf-8")
    return AnswerOpinion(json.loads(text))
