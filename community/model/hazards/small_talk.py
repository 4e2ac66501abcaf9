"""Thanks, a goodbye, a place put right: words that tell of nothing, whatever they sound like to a model of danger."""

import re

from community.model.text import normalise

_NUMBER = r"[\d一二三四五六七八九十百两零]"
#: 120 by itself is a cry for help, 120号楼 a place.
_PLACE = rf"(?!(?:11[09]|12[02]|99[59])(?![\d号栋室]))(?:[a-z]?{_NUMBER}+(?:号楼|号院|号|楼|栋|幢|座|单元|室|层|#|-)?)"
_PUT_RIGHT = r"(?:不是|不对|对的|对|是的|是|我?(?:刚才|刚刚)?(?:说|写|打)错了?|错了|应该是?|改成|我说的|那个|这里|这边|我?家?在|住)"
_COURTESY = r"(?:再见了?|拜+|回见|谢+谢?|多谢|感谢|辛苦了?|麻烦了?|[你您]们?|好的?|早上?|晚上|下午|晚安|在吗|收到|知道了|明白了?|嗯+|哦+|行|可以|啊|呀|吧|嘛|了|哈|呢)"
_ASKS_ABOUT_REPORT = r"(?:(?:我那个|那个|现在|到底|这会儿)*(?:咋样|怎么样|怎样|咋个样|处理|修好|弄好|解决)了?(?:没有?|吗|么|啊|呀)?|快点|搞快点|登记|报)"
_NOTHING = re.compile(rf"(?:{_PLACE}|{_PUT_RIGHT}|{_COURTESY}|{_ASKS_ABOUT_REPORT}|[,.!?;:~…、。，！？；：\s])+")


def tells_nothing(text: str) -> bool:
    """Whether a message, as it was written, holds no more than that."""
    return bool(_NOTHING.fullmatch(normalise(text)))
