"""How somebody is asked for on a phone that others may pick up: 张女士, never the whole name."""

from community.model.residents.addressing import surname

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
