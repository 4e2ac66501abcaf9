"""Numbers that nobody says as one: none at all (一个都没得, 不下楼), and parts that add up (一猫一狗, 老的两个，小的三个)."""

import re

from community.model.meaning.amounts.numerals import numerals

_N = r"[一二两三四五六七八九十俩仨\d]"
_MEASURE = r"[个只条头位口份种样次回趟顿杯间户套辆台张盒瓶罐块袋家名]"
_UNKNOWN = re.compile(
    r"[不没](?:知道|清楚|记得|记|确定|一定|好说|定|准|数|算|量|测|称|注意|留意|看|问|统计|想|好|秤|意思|多|少|大|小|远|高|低|近|贵|重|轻|几|太|错|行|对|止|方便|告诉|愿|说(?!过)|到)|说不|数不|记不|忘"
)
_NONE_OF = re.compile(
    rf"一(?:{_MEASURE}|点|滴|分|粒|片|天|毛|颗|棵)(?:钱|儿)?(?:都|也)?(?:没|不|来不|去不|走不|用不)|(?:全|都)(?:没|不在)"
)
_NOTHING = re.compile(
    r"^(?:我|我们|家里|现在|这个?月|目前|真|都|也|从来|从|一直|根本|还|什么(?:药|水)?也?)*(?:没|不|莫|冇|免费|零|空的|鸭蛋|白送)|(?:吃|用|喝|花)(?:光|完)了|^(?:改|换).{1,6}没有?了"
)
_ONLY_ONE = re.compile(
    r"^(?:就|只有?|光|还有)(?:有|剩)?(?:我|我们)?(?:家|的)?(?:老[大二三四幺]|儿子|女儿|闺女|姑娘|小的|大的|媳妇|老婆|老公|爱人|老伴)(?:一个)?(?:在|在这|来|跟着)?$"
)
_OF_EACH = re.compile(
    r"^(?:就|有|是|我有)?一(?![天周年月日十百千度米块层点])([一-鿿])(?:[一-鿿])?一(?![样点起直十百千天趟次])([一-鿿])(?:[一-鿿])?(?:都在?|$|,)"
)
_APIECE = re.compile(r"一人一|每人一|一人各一|各一")
_COUPLE = re.compile(r"(?:我(?:跟|和|同)(?:我家)?(?:老伴|老头子?|老婆|爱人|老太婆))|两口子|俩人|两个人|老两口")
_PART = re.compile(
    rf"(?P<before>[^,]*?)(?P<n>[俩仨](?![俩仨个])|{_N}(?={_MEASURE})){_MEASURE}?(?P<after>[^,一二两三四五六七八九俩仨\d]*)"
)
_TOTAL = re.compile(r"一共|总共|加起来|共|合计|连|不对|以前|原来|本来|上个?月|去年|还是|或|差|扣|留|不是|[,.]不|比")
#: 老的两个，小的三个: counted apart because they differ.
_DIFFERS = re.compile(r"老的|小的|大的|大人|小孩|老人|男|女|备|用|空|早上|中午|晚上|猫|狗")
#: 两个孙子一个孙女, where both are asked for.
_ASKS_FOR_CHILDREN = re.compile(r"孩子|子女|儿女|孙子孙女|孙辈|小孩|娃")
_CHILD = re.compile(r"儿|女|孙|闺女|姑娘|丫头|小子|大|小|男")
_PER = re.compile(r"一[天层周日]|每|礼拜|星期|孩子[,.]")
_WITH_PARTS = re.compile(rf"[,.](?:{_N}大{_N}小|[^,.]{{0,4}}各一)$")
_UNDER = re.compile(r"(?:都|全)(?:没|不)(?:到|满)")
_SAYS_FREE = re.compile(r"没有?(?:$|[,.了]|花|收入|退休金|挣|钱)|免费|不要钱|不花|不收|没了|光了|完了|空|零")
_ADDS = re.compile(r"一(?:共|起)|几|多少")
_BESIDE_THEM = re.compile(r"(?:跟|和|陪|同)您|除了您|除您")
_ALONE = re.compile(r"就我(?!老|们|媳|家|儿|女|孩|爱)|只有我(?!老|们|媳|家|儿|女|孩|爱)|我自己|一个人|我一个|没人")


def counted(say: str, text: str) -> float | None:
    """A number that is meant and not said as one; None where there is none.

    Args:
        say: the question.
        text: in the form of `speech.plain`.
    """
    if _UNDER.search(text):
        return 0.0
    if _NONE_OF.search(text) and not _UNKNOWN.search(text):
        return 0.0
    if _ONLY_ONE.search(text):
        return 1.0
    if match := _OF_EACH.search(text):
        return 2.0 if match[1] != match[2] else None
    if _COUPLE.search(text) and (_APIECE.search(text) or not numerals(text)):
        return 2.0 if "几" in say or "多少" in say else None
    return _sum(say, text) if _ADDS.search(say) else None


def others_counted(say: str, text: str) -> float | None:
    """None who came along, where somebody says that they are alone; None where the question does not ask who is with them."""
    return 0.0 if _BESIDE_THEM.search(say) and _ALONE.search(text) else None


def total_alone(text: str) -> str:
    """两份，中晚各一: the text without the parts that a total is made of."""
    return _WITH_PARTS.sub("", text)


def none_at_all(text: str, *, amount: bool) -> bool:
    """Whether somebody says 没有, 不养, 没去过 and names no number; of an amount of money or time only 没有, 免费."""
    if amount and not _SAYS_FREE.search(text):
        return False
    return not numerals(text) and bool(_NOTHING.search(text)) and not _UNKNOWN.search(text)


def _sum(say: str, text: str) -> float | None:
    """The sum of what is counted apart, or the total where it is said beside its parts."""
    if _TOTAL.search(text) or _PER.search(text) or "岁" in text:
        return None
    parts = [(numerals(part["n"]), part["before"] + part["after"]) for part in _PART.finditer(text)]
    values = [found[0].value for found, _ in parts if found]
    names = [name.strip("的是有, ") for _, name in parts]
    if len(values) >= 3 and values[0] == sum(values[1:]):
        return values[0]
    differs = _DIFFERS if not _ASKS_FOR_CHILDREN.search(say) else _CHILD
    apart = len(values) == 2 and len(set(names)) == 2 and all(differs.search(name) for name in names)
    return sum(values) if apart else None
