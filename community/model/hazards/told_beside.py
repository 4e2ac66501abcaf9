"""救命 says that it is urgent, and seldom what has happened: the words beside it choose the advice and the number."""

import re
from dataclasses import replace

from community.model.hazards.emergency import SERVICES, Emergency, detect_emergency
from community.model.text import normalise

#: The advice to a bare cry, which may be about anything.
HELP = "help"
_CRY = re.compile(r"救一?下?命|救一?救?(?:我们?|他|她|人|孩子)")
#: Somebody does something to them, or the police are asked for.
_BY_SOMEBODY = re.compile(
    r"打(?!\d|电话|[个一]|针|吊|嗝|喷嚏|颤|摆|滚)|杀|砍|捅|追|抢|砸|踹|撬|闯|掐|勒|绑|拐|贼|坏人|歹徒|刀|跟着|尾随|敲.{0,4}门|报警|110|警察|喊救"
)
#: What the rules do not know without more words.
_WHAT = (
    ("elevator", re.compile(r"电梯")),
    ("water", re.compile(r"水.{0,4}(?:淹|进|涨|漫)|淹|落水|(?:掉|滑).{0,3}(?:河|水|井|坑)")),
    ("trapped", re.compile(r"困|出不[去来]|锁在|压[住着]")),
    (
        "medical",
        re.compile(
            r"疼|痛|难受|不舒服|不得劲|晕|昏|吐|闷|喘|憋|中暑|发?烧(?=[,.得到了]|$)|心慌|心脏|心口|胸|血|摔|跌|噎|呛|卡|中毒|吃错|麻|动不了|动弹|起不来|站不|不行了|抽|烫|骨折|断了|病"
        ),
    ),
)
_NOTHING = re.compile(r"(?:[啊呀哪呐哇快来人谁帮我的了吧!?,.~ □]|求你?们?|赶紧|马上)*")


def told_beside(emergency: Emergency, text: str) -> Emergency:
    """The same emergency, named by what is told beside a cry for help; the cry alone is taken for violence.

    Args:
        emergency: what was recognised in the text.
    """
    plain = normalise(text)
    if emergency.kind != "violence" or not _CRY.search(plain) or _BY_SOMEBODY.search(plain):
        return emergency
    beside = _CRY.sub("□", plain)
    found = detect_emergency(beside)
    kind = found.kind if found is not None else next((kind for kind, what in _WHAT if what.search(beside)), "")
    if not kind and not _NOTHING.fullmatch(beside):
        return emergency
    services = (*(found.services if found else SERVICES[kind or "medical"]), *emergency.services)
    return replace(
        emergency,
        kind=kind or "medical",
        advice_key=kind or HELP,
        services=tuple(dict.fromkeys(services)),
    )
