"""What a whole sentence is made of: its words, its runs of characters, or its runs of sounds, as one sparse vector.

Rasa's CountVectorsFeaturizer joins jieba's words with blanks before it counts characters, counts every word by itself as well,
and lets long sentences weigh more; here a sentence is one unbroken text and every sentence weighs the same.
"""

import re
from collections.abc import Iterable
from typing import Any

from pypinyin import Style, lazy_pinyin
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.components.keeping import keep_vectorizer, read_vectorizer

_WORDS = {"token_pattern": r"\S+", "ngram_range": (1, 2)}
_CHARACTERS = {"analyzer": "char", "ngram_range": (1, 3)}
_SOUNDS = {"token_pattern": r"\S+", "ngram_range": (1, 3)}
_WAYS: dict[str, dict[str, Any]] = {"words": _WORDS, "characters": _CHARACTERS, "sounds": _SOUNDS}
_FILE = "vocabulary.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceFeaturizer(SparseFeaturizer, GraphComponent):
    """Turns sentences into vectors of the same length, in one of three ways."""

    def __init__(self, config: dict[str, Any], name: str, storage: ModelStorage, resource: Resource) -> None:
        super().__init__(name, config)
        self._storage = storage
        self._resource = resource
        self._by: str = config["by"]
        self._weight: float = config["weight"]
        self._options: dict[str, Any] = {"use_idf": False, "sublinear_tf": True, **_WAYS[self._by]}
        self._vectorizer = TfidfVectorizer(**self._options)

    @classmethod
    def required_components(cls) -> list[type]:
        """Needs words."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`by` words, characters or sounds; `weight` is how much this way counts beside the others."""
        return {**SparseFeaturizer.get_default_config(), "by": "characters", "weight": 1.0}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse an unknown way."""
        if config["by"] not in _WAYS:
            raise InvalidConfigException(f"by: {config['by']} is none of {', '.join(_WAYS)}")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceFeaturizer":
        """Build an untrained component."""
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_kwargs: Any,
    ) -> "SentenceFeaturizer":
        """Read the vocabulary that was learnt."""
        featurizer = cls(config, execution_context.node_name, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            featurizer._vectorizer = read_vectorizer(folder / _FILE, **featurizer._options)
        return featurizer

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the vocabulary."""
        self._vectorizer.fit(self._texts(training_data.training_examples))
        with self._storage.write_to(self._resource) as folder:
            keep_vectorizer(self._vectorizer, folder / _FILE)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vectors of the examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vector of each message."""
        for message in messages:
            if message.get(TOKENS_NAMES[TEXT]):
                vector = self._vectorizer.transform(self._texts([message])) * self._weight
                self.add_features_to_message(None, vector.tocoo(), TEXT, message)
        return messages

    def _texts(self, messages: Iterable[Message]) -> list[str]:
        tokens = [message.get(TOKENS_NAMES[TEXT]) for message in messages]
        return [self._text([token.text for token in some]) for some in tokens if some]

    def _text(self, words: list[str]) -> str:
        if self._by == "words":
            return " ".join(words)
        return sounds("".join(words)) if self._by == "sounds" else f"^{''.join(words)}$"


#: A syllable as it is typed in Latin letters.
_SYLLABLE = re.compile(
    r"(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ui|ao|ou|iu|ie|ue|er|an|en|in|un|ia|ua|uo|[aeiouv])"
)
_TYPED = re.compile(rf"(?:{_SYLLABLE.pattern})+")


def is_typed_chinese(word: str) -> bool:
    """Whether Latin letters spell Chinese syllables: `lu deng`, `xiashuidao`."""
    return _TYPED.fullmatch(word) is not None


def _apart(text: str) -> list[str]:
    """Syllables where Chinese was typed in Latin letters, else single characters."""
    return [part for word in text.split() for part in (_SYLLABLE.findall(word) if is_typed_chinese(word) else word)]


def sounds(text: str) -> str:
    """Write each character as its toneless syllable, blanks between."""
    syllables = lazy_pinyin(text, style=Style.NORMAL, errors=_apart)  # type: ignore[arg-type]  # a list is taken too
    return " ".join(syllables)
