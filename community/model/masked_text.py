"""A text without what tells who somebody is, for whatever leaves the machine."""

import re
from collections.abc import Iterable

from community.model.address_text import Places, find_locations
from community.model.private_text import PrivateKind, private_numbers
from community.model.text import align

NAME, PHONE, IDENTITY, ADDRESS, NUMBER = "〔姓名〕", "〔电话〕", "〔证件号〕", "〔地址〕", "〔号码〕"
#: Landlines, cards, rooms: any longer run of digits that is no year, date or amount.
_LONG_NUMBER = re.compile(r"(?<![\d.])\d(?:[\s-]?\d){4,}(?![\d.]*\s*[元块%])")
_ROOM = re.compile(r"\d{3,4}(?=[室户房])")
_SURNAMES = "欧阳|上官|司马|诸葛|慕容|司徒|[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文]"
_CALLED = re.compile(
    rf"(?P<before>我叫|我是|名叫|叫做|姓名(?:是|:|：)?|联系人(?:是|:|：)?)(?P<name>(?:{_SURNAMES})[一-鿿]{{1,2}}(?![一-鿿])|(?:{_SURNAMES})[一-鿿]{{1,2}}(?=[,，。.、;；]|$))"
    rf"|(?P<titled>(?:{_SURNAMES})[一-鿿]{{0,2}}?)(?P<title>先生|女士|阿姨|叔叔|大爷|大妈|大娘|大姐|大哥|奶奶|爷爷|师傅|老师|医生|书记|主任|婆婆|伯伯)"
)


def masked(text: str, *, names: Iterable[str] = (), places: Places | None) -> str:
    """Replace phones, identity numbers, addresses, names and other long numbers by what they are.

    Args:
        names: people's names that are known to stand in the text.
        places: the community's names, to know an address by; None leaves addresses, of a public document, as they are.
    """
    for kind, number in private_numbers(text):
        text = text.replace(number, IDENTITY if kind is PrivateKind.IDENTITY else PHONE)
    if places is not None:
        text = _without_addresses(text, places)
    for name in sorted(names, key=len, reverse=True):
        if len(name) > 1:
            text = text.replace(name, NAME)
    text = _CALLED.sub(lambda m: f"{m['before']}{NAME}" if m["name"] else f"{NAME}{m['title']}", text)
    text = _LONG_NUMBER.sub(NUMBER, text)
    return text if places is None else _ROOM.sub(NUMBER, text)


def _without_addresses(text: str, places: Places) -> str:
    aligned = align(text)
    for found in reversed(find_locations(text, places)):
        if found.address.building or found.address.unit or found.address.room:
            start, end = aligned.origins[found.start], aligned.origins[found.end - 1] + 1
            text = text[:start] + ADDRESS + text[end:]
    return text
