"""Guesses a hazard's category from words and from sounds; learnt from the `report_hazard/<category>` examples.

What it finds goes with the message as `hazard` {category: probability}; the rules in community/model/hazards/hazard_report.py weigh it.
Sounds help with voice input and typing by ear: 下谁道赌了 sounds like 下水道堵了.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.components.keeping import keep_vectorizer, read_vectorizer
from bot.components.margins import Margins
from bot.components.sentence_featurizer import sounds
from community.model.text import normalise

#: Where the guesses are found in the parsed message.
HAZARD = "hazard"
_INTENT = "report_hazard/"
_KEPT = 4
_CHARACTERS: dict[str, Any] = {"analyzer": "char", "ngram_range": (1, 3), "sublinear_tf": True}
_SYLLABLES: dict[str, Any] = {"token_pattern": r"\S+", "ngram_range": (1, 3), "sublinear_tf": True}


@dataclass(frozen=True, slots=True)
class _Learnt:
    by_character: TfidfVectorizer
    by_sound: TfidfVectorizer
    margins: Margins


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class HazardReader(GraphComponent):
    """A support vector machine over runs of characters and of toneless syllables."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._learnt: _Learnt | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """How closely to follow the examples, how quickly to be sure, and the seed that makes training repeatable."""
        return {"strictness": 0.6, "sharpness": 4.0, "random_state": 42}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
    ) -> "HazardReader":
        """Build an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
        **_kwargs: Any,
    ) -> "HazardReader":
        """Read what was learnt."""
        reader = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            reader._learnt = _Learnt(
                read_vectorizer(folder / "characters.json", **_CHARACTERS),
                read_vectorizer(folder / "sounds.json", **_SYLLABLES),
                Margins.read(folder / "categories.npz"),
            )
        return reader

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example whose intent is `report_hazard/<category>`."""
        examples = sorted(
            {
                (example.get(TEXT), str(example.get(INTENT_RESPONSE_KEY)).removeprefix(_INTENT))
                for example in training_data.intent_examples
                if str(example.get(INTENT_RESPONSE_KEY) or "").startswith(_INTENT)
            }
        )
        texts = [normalise(text) for text, _ in examples]
        by_character = TfidfVectorizer(**_CHARACTERS)
        by_sound = TfidfVectorizer(**_SYLLABLES)
        features = _stack(by_character.fit_transform(texts), by_sound.fit_transform(map(sounds, texts)))
        margins = Margins.learn(
            features,
            [category for _, category in examples],
            strictness=self._config["strictness"],
            sharpness=self._config["sharpness"],
            seed=self._config["random_state"],
        )
        self._learnt = _Learnt(by_character, by_sound, margins)
        self._persist(self._learnt)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the likeliest categories to each message."""
        for message in messages:
            text = normalise(message.get(TEXT) or "")
            if text and self._learnt is not None:
                message.set(HAZARD, _guesses(self._learnt, text), add_to_output=True)
        return messages

    def _persist(self, learnt: _Learnt) -> None:
        with self._storage.write_to(self._resource) as folder:
            keep_vectorizer(learnt.by_character, folder / "characters.json")
            keep_vectorizer(learnt.by_sound, folder / "sounds.json")
            learnt.margins.keep(folder / "categories.npz")


def _guesses(learnt: _Learnt, text: str) -> dict[str, float]:
    features = _stack(learnt.by_character.transform([text]), learnt.by_sound.transform([sounds(text)]))
    probabilities = learnt.margins.probabilities(features)[0]
    best = np.argsort(-probabilities, kind="stable")[:_KEPT]
    return {learnt.margins.classes[index]: round(float(probabilities[index]), 4) for index in best}


def _stack(*parts: csr_matrix) -> csr_matrix:
    return hstack(parts).tocsr()
