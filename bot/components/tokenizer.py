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

from bot.components.sentence_featurizer import is_typed_chinese
from community.model.address_text import find_locations
from community.model.text import normalise

_DICTIONARY = Path(__file__).with_name("community_words.txt")
#: What a message without a single word (a sticker, a voice mark) is cut into: the classifier needs something.
NOTHING = "空"
#: What stands for a place, for a case number, and for what is no language: asdkjh, 1111.
PLACE, CASE_NUMBER, SENSELESS = "某处", "某单", "乱码"
_CASE_NUMBER = re.compile(r"(?<!\d)\d{6}\s?-\s?\d{3,6}(?!\d)")
_HAN = re.compile(r"[㐀-鿿]")
#: The same character again and again says no more than twice: 哈哈哈哈哈, 快快快快.
_AGAIN = re.compile(r"(\D)\1{2,}")
#: What residents write in Latin letters or digits and mean.
_FOREIGN = frozenset(
    {"hi", "hey", "hello", "helo", "help", "ok", "okk", "okay", "yes", "y", "no", "n", "bye", "thx", "thanks", "thank"}
    | {"3q", "ai", "app", "wifi", "siri", "led", "test", "12345"}
)
#: A shorter number may answer a question: 几号楼？12.
_SHORT_NUMBER = 3


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
        text = sense_of(without_particulars(message.get(attribute) or ""))
        tokens = [Token(word, start) for word, start in words(text)]
        return tokens or [Token(NOTHING, 0)]


def without_particulars(text: str) -> str:
    """Put one word for each place and case number, so that what is learnt of one holds for all."""
    plain = _CASE_NUMBER.sub(CASE_NUMBER, normalise(text))
    for place in reversed(find_locations(plain)):
        plain = plain[: place.start] + PLACE + plain[place.end :]
    return plain


def sense_of(text: str) -> str:
    """Leave of a normalised text what can mean something: nothing of marks and emoji alone, one word for random keys."""
    if not any(character.isalnum() for character in text):
        return ""
    if not _HAN.search(text):
        written = re.findall(r"[^\W_]+", text)
        if not any(_is_meant(word) for word in written):
            return SENSELESS
    return _AGAIN.sub(r"\1\1", text)


def _is_meant(word: str) -> bool:
    return word in _FOREIGN or is_typed_chinese(word) or (word.isdigit() and len(word) <= _SHORT_NUMBER)


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
