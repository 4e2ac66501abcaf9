"""Spoken Chinese in one form, and the grammar of its negations."""

import re
from functools import lru_cache

from community.model.text import normalise

#: Written by one recogniser or another, spoken in one region or another, and meaning the same.
_SAME_WORDS: tuple[tuple[str, str], ...] = (
    ("木有", "没有"),
    ("没得", "没有"),
    ("莫得", "没有"),
    ("阔以", "可以"),
    ("莫有", "没有"),
    ("冒得", "没有"),
    ("呒没", "没有"),
    ("呒不", "没有"),
    ("无没", "没有"),
    ("毋", "不"),
    ("勿", "不"),
    ("弗", "不"),
    ("唔使", "不用"),
    ("唔要", "不要"),
    ("唔", "不"),
    ("甭", "不用"),
    ("咋", "怎么"),
    ("拉月", "个月"),
    ("吃罢", "吃完"),
    ("啥子", "什么"),
    ("啥", "什么"),
    ("么子", "什么"),
    ("乜嘢", "什么"),
    ("乜", "什么"),
    ("咩", "什么"),
    ("嘛玩意", "什么"),
    ("甚么", "什么"),
    ("晓得", "知道"),
    ("睇", "看"),
    ("阿拉", "我们"),
    ("侬", "你"),
    ("俺", "我"),
    ("伊", "他"),
    ("依家", "现在"),
    ("而家", "现在"),
    ("宜家", "现在"),
    ("屋头", "家里"),
    ("屋企", "家里"),
    ("屋里", "家里"),
    ("格啦", "的"),
    ("忒", "太"),
    ("中不中", "行不行"),
    ("系咪", "是不是"),
    ("系啊", "是啊"),
    ("系呀", "是呀"),
    ("系嘅", "是的"),
    ("系的", "是的"),
    ("不系", "不是"),
    ("不啱", "不对"),
    ("啱", "对"),
    ("揾", "找"),
    ("没不", "没有不"),
    ("不得行", "不行"),
    ("没嘢", "没什么"),
    ("嘢", "东西"),
    ("嚟", "来"),
    ("边个", "哪个"),
    ("日日", "天天"),
    ("囡儿", "女儿"),
    ("囡囡", "女儿"),
    ("娃儿", "孩子"),
    ("幺儿", "儿子"),
    ("适意", "舒服"),
    ("好伐", "好吧"),
    ("辰光", "时候"),
    ("脑壳", "头"),
    ("莫要", "不要"),
)
#: 係, 係我, 係囉 of Cantonese; 没关系 and 系统 are none.
_IS = re.compile(r"(?:^|(?<=[,.!?]))系(?![统列数鞋带])")
_FILLER = (
    r"(?:嗯+(?!呐|哪)|呃+|额+|唉+|哎+[呀哟]?|诶+|哦+|噢+|喔+|啊+|哈+|那个|这个|就是说|怎么说呢|我跟你说|我说|你看|那)"
)
_LEADING_FILLERS = re.compile(rf"^(?:{_FILLER}[,.!?~\s]*)+")
_CLAUSES = re.compile(r"[,.!?;:~…\s]+|(?=但是|不过|可是|只是|就是(?!说)|然而|倒是)")
_CHOOSING = re.compile(
    r"(?<![不没有])([一-鿿])[不没]\1[一-鿿]?|[一-鿿]了没(?:有)?[啊呀呢]?(?=$|[?.!])|(?<![没不])有没有|是不是|能不能|方不方便|愿不愿意|可不可以|需不需要|有[^,.不没]{1,5}没(?:有)?[?.!]*$|(?<=[,.一-鿿])(?:成|行|好|中|可以|要得|可)不[?.!]*$"
)

#: 没有没有 denies once.
_SAID_TWICE = re.compile(r"(不(?:是|用|要|行|去|会|能|想|来)|没有|没|不)(?:[,.\s]*\1)+")

_NEGATOR = r"(?:有什么(?=不)|谁不|谈不上|说不上|算不上|不见得|不觉得|不是|并不|并没有|没有|从来没|从没|不会|不能|不可能|不至于|哪能|哪会|哪(?=有)|哪里(?=有|会|能)|怎么会|怎么能|怎么(?=不)|怎么可能|咋能|咋会|谁会|没|不(?!过)|别|莫|未|无|休|懒得)"
_BETWEEN = r"(?:怎么|咋|太|大|很|再|有|得|什么|想|愿意|肯|能够|能|会|敢|曾|觉得|感觉|说|那么|这么|特别|多|算|打算|准备|要|用|去|来|给|跟|的|过|听说|见|人)"
_CHAIN = re.compile(rf"(?:{_NEGATOR}{_BETWEEN}{{0,2}})+$")
_ONE_NEGATOR = re.compile(_NEGATOR)
#: 制冷不太行, 上午不成: denied after it is named; 疼得不行 is not.
_DENIED_AFTER = re.compile(
    r"(?![得的])[一-鿿]{0,2}?不(?:太|大|怎么|是很|够)?(?:行|好(?!意思)|成|中|灵|足|得劲|方便|可以|得空|明显|管用)"
)


@lru_cache(maxsize=4096)
def plain(speech: str) -> str:
    """The one form of what was said: simplified, common words for dialect words, no blanks between characters."""
    text = re.sub(r"(?<=[一-鿿])\s+(?=[一-鿿])", "", normalise(speech))
    for dialect, common in _SAME_WORDS:
        text = text.replace(dialect, common)
    return _IS.sub("是", text)


def without_fillers(text: str) -> str:
    """The text without 嗯, 呃, 那个… at its beginning and without marks at its end."""
    return _LEADING_FILLERS.sub("", text).strip(" ,.!?~…;:")


def clauses(text: str) -> list[str]:
    """The parts of a text between pauses and turns of thought."""
    return [part for part in _CLAUSES.split(text) if part]


def without_choosing(text: str) -> str:
    """The text without 有没有, 方不方便…: a repeated question, not a negation."""
    return _SAID_TWICE.sub(r"\1", _CHOOSING.sub("…", text))


def negations(before: str) -> int:
    """How many negations stand directly before a word.

    Args:
        before: the part of the clause in front of the word.
    """
    chain = _CHAIN.search(before[-14:])
    return len(_ONE_NEGATOR.findall(chain[0])) if chain else 0


def denied_after(following: str) -> bool:
    """Whether a word is denied right after it is named: 上午不行."""
    return bool(_DENIED_AFTER.match(following))


def asserted(text: str, pattern: re.Pattern[str]) -> set[bool]:
    """How a word stands in a text: {True} said so, {False} denied, both, or empty when it does not occur.

    没有不舒服 denies 不舒服; 没有不愿意 asserts 愿意.
    """
    found: set[bool] = set()
    for clause in clauses(text):
        for match in pattern.finditer(clause):
            said_so = negations(clause[: match.start()]) % 2 == 0
            found.add(said_so != denied_after(clause[match.end() :]))
    return found
