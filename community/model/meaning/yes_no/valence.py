"""Whether a yes is good news or bad: 暖气片冰凉 says no to 暖和吗 and yes to 屋里冷吗.

What is learned of an answer's words at questions of the one sort then counts, turned round, at questions of the other.
"""

import re
from functools import lru_cache

from community.model.meaning.words.news import BAD_NEWS, ENDS_IT

_DENIES = re.compile(r"没(?!收)|不(?!少|错|过|停|断)|无|未")
#: Says only that something is so: what it is stands in the question.
_WHATEVER_IT_IS = re.compile(
    r"(?:还|已经|都)?(?:有|在用|需要|要|会|去|遇到过|发生过|出过|碰到过|接过|在|有过|大|多|高|了|收到|习惯)"
)
#: Warmth is what a stove, a meal and a winter's day are for.
_WARMTH_IS_WANTED = re.compile(r"暖|炕|炉|饭|菜|热水|冬|被窝")
#: A shorter part of a question asks nothing by itself.
_SHORTEST_PART = 5


@lru_cache(maxsize=512)
def is_bad_news(meant: str, say: str) -> bool:
    """Whether a yes would be bad news.

    Args:
        meant: what a yes asserts, as staff wrote it; may be empty.
        say: the question.
    """
    where = meant
    if not BAD_NEWS.search(meant) and (not meant or _WHATEVER_IT_IS.fullmatch(meant)):
        parts = [part for part in re.split(r"[,.;，。；]", say.strip("。？?吗")) if len(part) >= _SHORTEST_PART]
        where = parts[-1] if parts else say
    found = BAD_NEWS.search(where)
    if not found or (found[0] == "热" and _WARMTH_IS_WANTED.search(say)):
        return False
    return not _DENIES.search(meant) and not ENDS_IT.search(meant)
