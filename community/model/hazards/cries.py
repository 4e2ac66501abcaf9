"""A bare cry for help: 快打120, 帮我报警. Too short to tell what happened, and too plain to weigh."""

import re

from community.model.text import normalise

#: More words than these tell a story, which the rules and the second opinion read.
_LONGEST = 18
_PLEA = r"(?:快|赶紧|赶快|马上|立刻|立即|急|帮我|帮忙|帮帮|求|谁|哪个|麻烦|来人|替我|给我)"
_NUMBERS: tuple[tuple[str, str], ...] = (
    ("medical", r"120|一二零|一二〇|幺二零|999(?![\d元块折])|救护车|急救(?:车|电话)?"),
    ("fire", r"119|一一九|幺幺九|消防(?:队|车|员)?|救火车?"),
    ("violence", r"110|一一零|一一〇|幺幺零|警察|公安|民警"),
)
_CALL = r"(?:打|叫|拨|喊)(?:个|一下|一个|下|通)?(?:电话)?(?:给|叫|喊)?"
_CRIES = tuple((kind, re.compile(f"{_PLEA}[^,.!?;]{{0,6}}{_CALL}(?:{who})")) for kind, who in _NUMBERS)
_BARE = tuple((kind, re.compile(f"^{_CALL}(?:{who})[啊呀吧!,.快]*$")) for kind, who in _NUMBERS)
_POLICE = re.compile(f"{_PLEA}[^,.!?;]{{0,4}}报警|^报警[啊呀吧!,.快]+")
#: The same without characters: jiu ming, kuai bao jing.
_SPELT: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?:kuai *|ji *|lai ren *)?(?:{cry})(?: *a| *kuai| *lai ren)?[!,. ]*"))
    for kind, cry in (
        ("medical", r"(?:jiu *ming *)+|jiu *(?:jiu *)?wo|(?:jiao *)?jiu *hu *che|(?:kuai *)?da *(?:120|999)|call *999"),
        ("fire", r"da *119|jiao *xiao *fang(?: *che)?"),
        ("violence", r"bao *jing|da *110|jiao *jing *cha"),
    )
)
#: Advice, a question, a thing of the past, or no need.
_NO_CRY = re.compile(
    r"[吗么呢?]|怎么|咋|多少|几块|要不要|用不用|该不该|如果|遇到|要是|万一|应该|记得|一定要|可以打|不用|不要|别|没必要|没打"
    r"|昨|前天|上次|当时|那次|以前|去年|演|练|学|教|讲座|宣传|电视|差点|恨不得|笑|钱|的电话|检查|检修|登记|预约|快递"
)


def cry_for_help(text: str) -> str | None:
    """The kind of emergency that a bare cry asks help for (`medical`, `fire` or `violence`); None where it is none."""
    plain = normalise(text)
    if len(plain) > _LONGEST or _NO_CRY.search(plain):
        return None
    for kind, pattern in (*_CRIES, *_BARE):
        if pattern.search(plain):
            return kind
    for kind, pattern in _SPELT:
        if pattern.fullmatch(plain):
            return kind
    return "violence" if _POLICE.search(plain) else None
