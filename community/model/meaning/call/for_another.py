"""不要给我爸打电话了: somebody wishes that we stop calling another person, and not whoever holds the phone."""

import re

from community.model.meaning.speech import plain

_KIN = (
    r"(?:(?:爸|妈|爹|娘|爷|奶|姥|婆|公|伯|叔|舅|姑|姨|婶|嫂|哥|姐|弟|妹){1,2}|老(?:爸|妈|爹|娘|伴|公|婆|头|头子|太太|爷子|奶奶|人|人家|两口|俩口)|(?:父|母)亲|父母|爹娘|爸妈"
    r"|外[公婆]|岳[父母]|丈[人母]娘?|亲家|家人|家里人|家属|孩子|儿子|女儿|闺女|媳妇|爱人|丈夫|妻子|邻居|二老|两老|长辈)"
)
_OURS = r"(?:我们?|俺们?|咱们?|阿拉|我家|俺家|咱家|我们家|家里|家)?的?"
_OTHER = rf"(?:{_OURS}{_KIN}(?:们|他们|她们|他|她)?|他们?|她们?|人家)(?:家|那边|那儿|那里|本人|自己)?"
_STOP = r"(?:别|不要|不用|甭|莫|勿|不许|不准|不能|停止|少|不必|没必要|(?:不|别)想(?:让|叫)?你们)"
_AGAIN = r"(?:再|老是?|总是?|一直|天天|整天|继续|又|随便)*"
_CALL = (
    r"(?:打(?!针|疫|扫|预|听|牌|麻将|吊)(?:电话|来|过来|过去|了|啦|咯|个)*|来电话?|拨打?(?:电话)?|去电话?|致电|联系)"
)
_WISH = re.compile(
    # 不要给我爸打电话了
    rf"{_STOP}(?:你们)?{_AGAIN}(?:给|跟|和|往|向|同){_OTHER}(?:的)?(?:手机|电话|座机)?(?:上|里)?{_AGAIN}{_CALL}"
    # 别再打给我妈了, 别打我妈电话, 不要联系我父母
    rf"|{_STOP}(?:你们)?{_AGAIN}(?:(?:打|拨)(?:电话)?给{_OTHER}|(?:打|拨打?){_OTHER}(?:的|那个)?(?:电话|手机|号码?|座机|固话)|(?:联系|致电|骚扰|打扰|去烦|烦|打搅|吵){_OTHER})"
    # 我妈那边别再打了, 我爸的电话不要打了
    rf"|{_OTHER}(?:的)?(?:电话|手机|号码?|座机|固话|那边|那儿|那里)?(?:你们)?(?:就|也|都|以后|请|麻烦)*{_STOP}(?:你们)?{_AGAIN}(?:{_CALL}|骚扰|打扰)"
    rf"|(?:把|将){_OTHER}(?:的)?(?:电话|手机|号码?|座机|名字)?(?:号码?)?(?:从.{{0,8}})?(?:删|去掉|拿掉)"
)
#: Only for now, or only at such a time: 现在别给我爸打电话，他睡了.
_FOR_NOW = re.compile(
    r"(?:现在|这会儿?|先|今天|今晚|中午|晚上|夜里|早上|上午|下午|午睡|睡觉)[^,.;!?]{0,6}(?:别|不要|不用|甭|莫)"
)
_NOT_SO = re.compile(r"(?:没|没有|不是|并没)(?:说|讲|叫|让|想)?[^,.;!?]{0,4}(?:别|不要|不用)")


def wants_no_calls_for_another(text: str) -> bool:
    """Whether somebody wants that another person is called no more.

    Args:
        text: in the form of `speech.plain`.
    """
    return bool(_WISH.search(text)) and not _FOR_NOW.search(text) and not _NOT_SO.search(text)


def without_wish_for_another(text: str) -> str:
    """What else is said beside that wish, as in 别再打给我妈了，她听不见; the text as it is where the wish is not said."""
    said = plain(text)
    return _WISH.sub("", said).strip(" ,.!?") if wants_no_calls_for_another(said) else text
