"""What somebody says after an emergency: that it is over, or that yes, they are in danger."""

import re

from community.model.text import normalise

_LONGEST = 24
_OVER = re.compile(
    r"灭了|扑灭|没事(?:了|儿)|没危险了|解除|安全了|处理好|处理完|解决了|救出来|救上来|出来了|找到了|找着了|回来了|醒了|缓过来|好多了|送医院|送医了"
    r"|救护车(?:已经)?(?:来|到|接|拉)|消防(?:车|员|队)?(?:已经)?(?:来|到)了|警察(?:已经)?(?:来|到)了|不漏了|没味了|关了|关好|散了|走了|抓住|误报|误会|虚惊|看错|弄错|搞错|不用来|不用派"
)
#: 还没灭, 灭了又着: it is not over.
_NOT_OVER = re.compile(r"(?:没|没有|未|不|唔)(?:灭|找|醒|出|回|救|散|走|关|抓|好|解)|又|还在|还有|别走|快来|怎么")
_YES = re.compile(
    r"(?:是|是的|是嘞|系|对|对的|对头|嗯+|有|有的|对对+|是啊|对啊|有危险|是危险|很危险|快来|快来人|救命|快|救我|快点)[,.!啊呀的呢了~]*"
)


def says_it_is_over(text: str) -> bool:
    """Whether a short message says that the danger has passed."""
    plain = normalise(text)
    return len(plain) <= _LONGEST and bool(_OVER.search(plain)) and not _NOT_OVER.search(plain)


def says_yes(text: str) -> bool:
    """Whether a message only says that yes, there is danger."""
    return _YES.fullmatch(normalise(text)) is not None
