"""Counts runs of characters over the whole sentence, so that what is heard does not depend on where jieba cuts."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from scipy.sparse import coo_matrix

_Matrices = list[coo_matrix | None]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class CharacterFeaturizer(CountVectorsFeaturizer):
    """Rasa's CountVectorsFeaturizer joins words with blanks before it counts; here a sentence is one unbroken word."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """One to three characters."""
        return {**CountVectorsFeaturizer.get_default_config(), "analyzer": "char", "min_ngram": 1, "max_ngram": 3}

    @staticmethod
    def _convert_attribute_tokens_to_texts(attribute_tokens: dict[str, list[list[str]]]) -> dict[str, list[str]]:
        return {
            attribute: ["".join(tokens) for tokens in sentences] for attribute, sentences in attribute_tokens.items()
        }

    def _create_features(self, attribute: str, all_tokens: list[list[str]]) -> tuple[_Matrices, _Matrices]:
        by_word: _Matrices = []
        by_sentence: _Matrices = []
        for tokens in all_tokens:
            by_word.append(self._count(attribute, tokens) if tokens else None)
            by_sentence.append(self._count(attribute, ["".join(tokens)]) if tokens else None)
        return by_word, by_sentence

    def _count(self, attribute: str, texts: list[str]) -> coo_matrix:
        counts = self.vectorizers[attribute].transform(texts)
        counts.sort_indices()
        return counts.tocoo()
