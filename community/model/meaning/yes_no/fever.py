"""A fever that is gone: 退烧了 says no to 还发烧吗, though it names the very word, and yes to 烧退了吗."""

import re

_ASKS_FOR_FEVER = re.compile(r"发烧|发热|烧不烧|还烧")
_ASKS_WHETHER_GONE = re.compile(r"退(?:了)?烧|(?:烧|热|体温).{0,3}退")
_GONE = re.compile(
    r"(?P<denied>(?:还)?(?:没|未)(?:有)?(?:完全)?)?(?:退(?:了)?(?:烧|热)(?!药|针|贴|片)(?:了)?"
    r"|(?:烧|热|体温)(?:也|都|已经|早就?|全|总算|终于)*(?P<denied_late>(?:还)?(?:没|未)(?:有)?)?退(?:下去|下来|干净|完)?(?:了)?)"
)
_BARE_GONE = re.compile(r"^(?:已经|早就?|都|刚|全)*退(?:下去|干净|完)?了(?=$|[,.!])")
_BARE_NOT_GONE = re.compile(r"^(?:还)?(?:没|未)(?:有)?(?:全|完全)?退(?:呢|啊|完|干净)?(?=$|[,.!])")


def of_fever(asked: str, said: str) -> str:
    """The same words as plain ones about the fever that is asked for; unchanged where none is.

    Args:
        asked: the question; said: in the form of `speech.plain`.
    """
    if _ASKS_WHETHER_GONE.search(asked):
        said = re.sub(r"^(?:已经|早就?|都|现在)*不(?:发)?(?:烧|热)了", "退了", said)
        return _GONE.sub(lambda found: "没退" if _denied(found) else "退了", said)
    if not _ASKS_FOR_FEVER.search(asked):
        return said
    said = _BARE_NOT_GONE.sub("还烧着", _BARE_GONE.sub("不烧了", said))
    return _GONE.sub(lambda found: "还烧着" if _denied(found) else "不烧了", said)


def _denied(found: re.Match[str]) -> bool:
    return bool(found["denied"] or found["denied_late"])
