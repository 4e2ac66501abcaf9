"""How somebody is asked for on a phone that others may pick up: 张女士, never the whole name."""

import re

from community.model.residents.addressing import surname

#: Who looks after somebody and is no family: they would say no to 您是她的家人吗.
_NO_FAMILY = re.compile(
    r"(?:老|好)?(?:邻居|街坊|朋友|同事|同学|战友|老乡|保姆|护工|护理员|阿姨|房东|租客|室友|志愿者|社工|网格员|楼长|楼栋长|组长)"
)
_TITLES = {"male": "先生", "female": "女士"}


def who_is_asked(name: str, sex: str, *, family: bool = False) -> str:
    """The part of 请问您……吗 that asks for somebody: 是张女士, 姓张, 是张女士的家人.

    Args:
        sex: `male`, `female` or empty.
        family: their family is meant, not they themselves.
    """
    title = _TITLES.get(sex, "")
    if family:
        return f"是{surname(name)}{title or '家老人'}的家人"
    return f"是{surname(name)}{title}" if title else f"姓{surname(name)}"


def not_family(relation: str) -> str:
    """What a guardian is asked for who is no family: 邻居, 保姆; empty for family, or where the list does not say.

    Args:
        relation: the list's word for what the guardian is to the resident.
    """
    return relation.strip() if _NO_FAMILY.fullmatch(relation.strip()) else ""
