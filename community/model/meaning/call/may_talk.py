"""你说吧, 我在开车: whether somebody who picked up listens, or has no time now."""

import re

_BUSY = re.compile(r"[不唔没冇](?:太|大|是很)?(?:方便|得[闲閒]|空|时间)|[没冇]得?空|忙着|在忙|[开開]着?[车車]|[开開]会")
_LISTENS = re.compile(
    r"^(?:[嗯哎诶啊喂哦噢,. ]|有事|那)*(?:[你您]|你们)?(?:就|快|尽管|直接|有话)*[说讲问講問](?:[吧嘛呗嘞呀啊咯噻嚟]|就是|就行)*[,.!]?$"
    r"|[,.](?:[你您])?(?:就|快)?[说讲问講問](?:[吧嘛呗嘞呀啊咯噻])*[.!]?$"
    r"|[什啥咩乜](?:么|子|嘢)?事|[听聽]着|我?在[的呢嘛听]|(?:就是|是)我|我就?是[,.]|我就?是$|有空|得[闲閒]|不忙"
)


def is_busy(text: str) -> bool:
    """Whether it is a bad moment.

    Args:
        text: in the form of `speech.plain`.
    """
    return bool(_BUSY.search(text))


def listens(text: str) -> bool:
    """Whether they tell us to go on, or that it is them; `text` as in `is_busy`."""
    return not is_busy(text) and bool(_LISTENS.search(text))
