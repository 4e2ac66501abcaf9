"""Whether whoever picked up says that they belong to the resident: 我是她闺女, 她是我妈, 我是邻居，平时照看她."""

import re

_BELONGS = re.compile(
    r"(?:女儿|儿子|闺女|囡|仔|女婿|媳妇|儿媳|老伴|爱人|妻子|太太|丈夫|先生|老公|老婆|孙子|孙女|外孙|姐|妹|哥|弟|侄|外甥"
    r"|家里人|家人|家属|亲戚|亲属|监护人|联系人|邻居|隔壁|保姆|护工|阿姨|朋友|照(?:顾|看|料))"
)
_IS_MINE = re.compile(
    r"是我(?:的)?(?:妈|母亲|爸|父亲|爹|娘|公公|婆婆|丈母娘|岳父|岳母|爷爷|奶奶|姥姥|姥爷|外公|外婆|老母|老豆|婶|姑|姨|舅|伯|叔)"
)
_DENIED = re.compile(r"不是|不认识|没有?这个|唔係|唔识|没有.{0,4}这样的|不叫")


def belongs_to_resident(text: str) -> bool:
    """Tell whether somebody says that they are family, or look after the resident.

    Args:
        text: plain simplified words.
    """
    return not _DENIED.search(text) and bool(_BELONGS.search(text) or _IS_MINE.search(text))
