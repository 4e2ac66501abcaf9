"""Checking in by chat: how a resident says it, and what shows that a chat is theirs. No I/O.

A name or a number that somebody claims shows nothing. A link that was sent to them does, and a code that was sent to their
telephone.
"""

import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from community.errors import InvalidInput
from community.model.numerals import figures_of
from community.model.phone import parse_phones
from community.model.text import normalise

#: A code holds so long, and takes so many tries.
CODE_LASTS = timedelta(minutes=10)
CODE_TRIES = 5
#: Codes that one conversation, one telephone, and one person with several may ask for in an hour; and one telephone in a day.
CODES_PER_CONVERSATION, CODES_PER_NUMBER, CODES_PER_PERSON = 3, 3, 5
CODES_PER_NUMBER_A_DAY = 5
#: From so many that were sent in an hour staff look what is going on; nobody is locked out because of others.
MANY_CODES = 60
#: A chat stays a resident's for so long. A link may be passed on within the family, so that it shows less than a telephone.
TIED_BY_CODE = timedelta(days=180)
TIED_BY_LINK = timedelta(days=30)

_DIGITS = 6
_LONGEST = 60
#: 都平安, 很好勿念: the same words answer whoever has asked how they are.
_WELL = (
    r"^(?:我|俺|咱|家里|人|一家|全家|我们|我家)?(?:人)?(?:都|很|挺|在家|一切)*平安(?:无事|的|着)?(?=[,.!~ ]|$)"
    r"|^(?:我|俺|家里|我们)?(?:都|很|挺|蛮)*(?:好|没事|安好|平安)(?:的|着)?[,.! ]*(?:勿念|请?放心|别担心|不用担心|别挂念)"
)
_SAYS_WELL = re.compile(_WELL)
_CHECKS_IN = re.compile(
    r"报(?:个|一下|一个|下)?平(?:安|按|an)|(?:我)?(?:来|要|想)?(?:签|簽)(?:个|一下)?到(?!期|货|哪)|平安(?:签到|打卡)|安全(?:打卡|签到)"
    r"|(?:打(?:的|过)?(?:来的)?(?:个)?电话|来电|问卷|问的|问我的|外呼)(?:我|俺)?(?:没(?:接|听)[着到上见]?)?.{0,14}(?:在这|这(?:里|儿|边)|聊天|微信|网上).{0,6}(?:答|回|说|填|聊)"
    r"|在(?:这(?:里|儿|边)?|聊天里|网上)(?:回)?答(?:问卷|问题|行|可以|吧|您|你|$)|(?:没接(?:到|着|上)?|错过了?|漏接)(?:你们|您们|社区|居委会)?(?:的|打的)?(?:电话|来电).{0,12}(?:在这|这(?:里|儿)|聊天).{0,4}(?:答|回|说)"
    r"|(?:接着|继续)(?:回答|答(?:题|问题|问卷)?)(?:吧|啊|$)"
    r"|(?<![给打跟])(?:你们|您们|社区|居委会)(?:的|刚才|刚刚|今天|昨天|上午|下午|中午)*(?:打|来)(?:的|过|了|给)?(?:我|俺|咱)?(?:的|家)?(?:电话|来电).{0,6}(?:没(?:接|听)|漏接|错过)(?:着|到|上|见|成|了)?(?:[ ,]*(?:我|俺)?(?:就|想)?在(?:这|这里|这儿|聊天里)(?:说|答|回|讲)(?:行|可以|成|好|中)?[不吗吧]?)?"
    r"|(?:没|漏)(?:接|听)(?:着|到|上|见|成)?(?:你们|您们|社区|居委会)(?:打)?(?:来)?的?(?:电话|来电)"
    rf"|{_WELL}"
)
#: 还没给我报平安, 让他报个平安: somebody else's, missing or wanted.
_OF_OTHERS = re.compile(
    r"(?:没|没有|不|未|不见|还没|也不)[^,.!?]{0,8}(?:报|来)(?:个|一下)?平安|联系不(?:上|到)"
    r"|(?:让|叫|喊|请|替|帮)(?:我)?(?:他|她|儿|女|孩|爸|妈|老|爷|奶|邻|孙|弟|妹|哥|姐)[^,.!?]{0,8}(?:报|签)"
    r"|(?:活动|上课|会议|志愿|老年大学|食堂|班|快递|包裹|工资|合同|单位|学校)[^,.!?]{0,8}签到|签到(?:表|处|时间|地点|有)|平安[^,.!]{0,4}吗"
)
#: What is left of 喂，你们打电话…, 俺来报平安叻 when that is taken out.
_AROUND = re.compile(r"^(?:喂|你好|您好|那个|刚才|[我俺咱你您们来要想给社区都的 ,.!])+|[了啦叻吧啊呀哈的 ,.!]+$")
_UNTIE = re.compile(
    r"(?:解除|取消|撤销|解开|解)(?:这个|我的|手机|身份|本人|号码)*(?:绑定|关联|认证)|解绑|(?:这|我)(?:个|台)?(?:手机|聊天|电脑|平板)?不是(?:他|她|本人)(?:的|在用)"
)
_PAUSES = re.compile(
    r"(?:先)?(?:停|暂停|等等|打住|停一?下|停了?吧)|先(?:这样|到这|不答|停)(?:吧|了|里|儿|一下)*|(?:以后|回头|改天|晚点|等会儿?|一会儿?)再(?:答|说|填|聊)(?:吧|了)?"
)
#: Nothing else was got wrong, as in 点错了菜 and 按错了门铃.
_ITSELF = r"(?:了|啦|的|嘞|咯)*(?:$|[,.!?~ ]|[吧呀啊哎哦呢嘛]|上|前|第|刚|这[个道]?题|那[个道]?题|题|答案|选项|键|要|能|可以|怎么|咋|想|请|重|帮|给)"
_CHANGES = re.compile(
    r"改(?:一下|个|下)?(?:我的|刚才的|前面的|上一?个|上一?题|第.题)*(?:答案|回答)|(?:答案|回答)(?:要|想|得)?改"
    rf"|(?:刚才|刚刚|前面|上面|上一?[个题]|第.[个题]).{{0,6}}(?:答|说|点|选|填|按)(?:的)?(?:错|不对|反){_ITSELF}"
    rf"|(?:答|点|选|填|按)(?:错|反)(?:了|啦|键){_ITSELF}|重新?(?:答|选|填)(?:一遍|一下|上一?[个题]|前面|第.[个题])"
)
_NTH = re.compile(r"第([一二三四五六七八九1-9])[个题]")
_NUMERALS = "一二三四五六七八九"
_KEEPS = re.compile(r"(?:算了|不改了|不用改|别改|没错|还是原来|就(?:这样|那样|原来))[^,.!?]{0,6}")
#: What the chat's assistant does beside: somebody who names it is not answering.
_ASSISTANT = re.compile(
    r"隐患|报修|进度|工单|政策|津贴|补贴|补助|低保|社保|医保|老年证|居住证|食堂|办证|坏了|漏水|堵了|掉下来|违停|占道"
)
_NO = r"(?:没|没有|无|不|不是|没事|没得|没危险|没有危险|没有?遇到|安全|不用|不要紧|no|没有的事)(?:的|了|啊|呀|呢|啦|事|什么|危险|谢谢|哈)*"
#: 没有，没事: said twice is a no as well; 不是没有 is none.
_NO_DANGER = re.compile(rf"{_NO}(?:[,. ]+(?:{_NO}|谢谢[你您们啊]*))*")
_MOBILE = re.compile(r"(?<!\d)(?:(?:\+|00)?86)?1[3-9]\d{9}(?!\d)|\+\d{7,15}(?!\d)")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ \-]+(?=\d)")
_MANY_FIGURES = re.compile(r"\d{7}")
#: Figures as old eyes and thick fingers write them: 138oooo0129.
_LIKE_ZERO = re.compile(r"(?<=[\do])o|o(?=[\do])")
_LONGEST_CODE = 20
_CODE_OF_OURS = re.compile(r"】验证码(\d{6})，")
_LINK = re.compile(r"(/answer/|#answer=)([A-Za-z0-9_-]{16,64})")
#: From the name in brackets to the last words of our texts, or to the end.
_OURS = re.compile(
    r"(?:【演练】)?【[^】]{1,40}】(?=[^【]*(?:请点|回复1|验证码|没打通|有事请打))[^【]*?(?:有事请打[^。]{1,30}。|都别说。|\Z)"
)
_ENDS = " .,!?~"


@dataclass(frozen=True, slots=True)
class Change:
    """An answer is to be changed.

    Attributes:
        nth: which question, from 1; None for the one answered last.
    """

    nth: int | None = None


def wants_check_in(text: str) -> bool:
    """报平安, 签到, 你们打电话问的我在这儿答: somebody checks in, for themselves."""
    plain = normalise(own_words(text))
    return len(plain) <= _LONGEST and bool(_CHECKS_IN.search(plain)) and not _OF_OTHERS.search(plain)


def says_well(text: str) -> bool:
    """都平安, 很好勿念: somebody says that they are well, as a check-in or as an answer."""
    return bool(_SAYS_WELL.search(normalise(text)))


def beside_check_in(text: str) -> str:
    """What else somebody says who checks in: 报平安，就是没米了 → 就是没米了."""
    return _AROUND.sub("", _CHECKS_IN.sub("", normalise(own_words(text)))).strip(_ENDS)


def wants_to_untie(text: str) -> bool:
    """解除绑定: this chat is to speak for nobody any more."""
    plain = normalise(text).strip(_ENDS)
    return len(plain) <= _LONGEST // 2 and bool(_UNTIE.search(plain))


def wants_pause(text: str, asked: str = "", offered: Collection[str] = ()) -> bool:
    """停, 以后再答: no more questions for now.

    Args:
        asked, offered: the question that is open and the answers to it; 停 to 电梯停了吗 is one.
    """
    said = normalise(text).strip(_ENDS)
    if not _PAUSES.fullmatch(said) or said in {normalise(each).strip(_ENDS) for each in offered}:
        return False
    return "停" not in asked or "停" not in said or "先" in said


def wants_change(text: str) -> Change | None:
    """改答案, 第二题答错了: an answer is to be given anew; None for anything else."""
    plain = normalise(text)
    if len(plain) > _LONGEST // 2 or not _CHANGES.search(plain):
        return None
    found = _NTH.search(plain)
    if found is None:
        return Change()
    sign = found[1]
    return Change(int(sign) if sign.isdigit() else _NUMERALS.index(sign) + 1)


def keeps_answer(text: str) -> bool:
    """算了，不改了: whoever wanted to change an answer does not any more."""
    return bool(_KEEPS.fullmatch(normalise(text).strip(_ENDS)))


def names_another_matter(text: str) -> bool:
    """Whether a message that answers no question is about what the assistant does: reports, policies, progress."""
    return bool(_ASSISTANT.search(normalise(text)))


def says_no_danger(text: str) -> bool:
    """没有, 不是: a bare no to whether somebody is in danger."""
    return bool(_NO_DANGER.fullmatch(normalise(text).strip(_ENDS)))


def number_in(text: str) -> str | None:
    """The telephone that somebody writes, as E.164; None where there is none that can be one."""
    found = _MOBILE.search(_figures(text))
    try:
        return next(iter(parse_phones(found[0])), None) if found else None
    except InvalidInput:
        return None


def tries_a_number(text: str) -> bool:
    """Whether so many figures stand in a row that a telephone is meant, even if it can be none."""
    return bool(_MANY_FIGURES.search(_figures(text)))


def code_in(text: str) -> str | None:
    """The code of six digits in a short message that holds no other figures, or in our text that is passed on."""
    if (passed_on := _CODE_OF_OURS.search(text)) is not None:
        return passed_on[1]
    figures = _figures(text)
    runs = re.findall(r"\d+", figures)
    is_code = len(figures) <= _LONGEST_CODE and len(runs) == 1 and len(runs[0]) == _DIGITS
    return runs[0] if is_code else None


def _figures(text: str) -> str:
    return _BETWEEN_DIGITS.sub("", _LIKE_ZERO.sub("0", figures_of(normalise(text))))


def one_time_code(key: bytes, code_id: int, nonce: str) -> str:
    """The code of a request: made from the community's key, so that it has to be kept nowhere."""
    digest = hmac.digest(key, f"chat-code:{code_id}:{nonce}".encode(), "sha256")
    return f"{int.from_bytes(digest[:8], 'big') % 10**_DIGITS:0{_DIGITS}d}"


def own_words(text: str) -> str:
    """What somebody writes beside a text of ours that they pass on with it; empty for nothing."""
    return _OURS.sub("", text).strip()


def take_link_out(text: str) -> tuple[str, str]:
    """A message without the token of the answer link in it, and the token; empty where there is none."""
    found = _LINK.search(text)
    return (_LINK.sub(r"\1…", text), found[2]) if found else (text, "")
