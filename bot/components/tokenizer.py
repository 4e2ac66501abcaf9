"""Cuts Chinese text into words with jieba and the community's own dictionary, on the normalised text, without blanks and particulars."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import jieba
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from community.model.address_text import find_locations
from community.model.text import normalise

_DICTIONARY = Path(__file__).with_name("community_words.txt")
#: What a message without a single word (a sticker, a voice mark) is cut into: the classifier needs something.
NOTHING = "空"
#: What stands for a place and for a case number.
PLACE, CASE_NUMBER = "某处", "某单"
_CASE_NUMBER = re.compile(r"(?<!\d)\d{6}\s?-\s?\d{3,6}(?!\d)")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class CommunityTokenizer(Tokenizer):
    """Rasa's own JiebaTokenizer keeps blanks as words and takes its dictionary in no certain order; this one does neither."""

    @staticmethod
    def supported_languages() -> list[str] | None:
        """Chinese only."""
        return ["zh"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's base class wants these three."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,  # noqa: ARG003 - Rasa's signature
        resource: Resource,  # noqa: ARG003 - Rasa's signature
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
    ) -> "CommunityTokenizer":
        """Build the component and load the dictionaries now, so that the first resident does not wait for them."""
        list(words(without_particulars("锦绣苑三号楼")))
        return cls(config)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Cut one attribute of a message into words."""
        text = without_particulars(message.get(attribute) or "")
        tokens = [Token(word, start) for word, start in words(text)]
        return tokens or [Token(NOTHING, 0)]


def without_particulars(text: str) -> str:
    """Put one word for each place and case number, so that what is learnt of one holds for all."""
    plain = _CASE_NUMBER.sub(CASE_NUMBER, normalise(text))
    for place in reversed(find_locations(plain)):
        plain = plain[: place.start] + PLACE + plain[place.end :]
    return plain


def words(text: str) -> Iterator[tuple[str, int]]:
    """Yield each word of a normalised text with its start; blanks are none."""
    for word, start, _end in _cutter().tokenize(text):
        if not word.isspace():
            yield word, start


@lru_cache(maxsize=1)
def _cutter() -> jieba.Tokenizer:
    cutter = jieba.Tokenizer()
    cutter.load_userdict(str(_DICTIONARY))
    return cutter
