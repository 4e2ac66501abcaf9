"""What is said before or between answers and answers nothing: 嗯, 喂, 我就是你说吧, 你是谁, 你是骗子吧."""

import re

from community.model.meaning.call.asides import wants_opt_out

_HUM = re.compile(r"[嗯恩唔呃额啊哦噢喔哎诶欸唉嗨咳哈嘿呵喂,.!…~\s]+|阿嚏[,.!]*")
#: Spoken before anything else; none of them answers a question.
_GREETING_PARTS = (
    r"[嗯恩唔呃额啊哦噢喔哎诶欸唉嗨咳喂]+",
    r"(?:你|您)们?好[啊呀]?",
    r"(?:对|是)?[,]?(?:我|俺)(?:就)?是(?:(?!他|她|老|保|护|邻|租)[一-鿿]{2,3})?(?:本人)?[呀啊嘞呢哦]?",
    r"是我(?:的)?[呀啊嘞呢哦]?",
    r"(?:好(?:的|嘞)?[,]?)?(?:你|您)?(?:慢慢|只管|接着|直接)?(?:说|讲|问)(?:吧|嘛|呀|啊|呗|噻|啦|呢|事)",
    r"(?:你|您)(?:慢慢)?(?:说|讲|问)",
    r"我?(?:在)?听(?:着|得到|得见|见)?(?:呢|了|哩|咧|嘞|在)",
    r"我?在(?:的|呢|哩|咧)",
    r"(?:是)?(?:社区|居委会?|街道|村里)(?:的|来的|打来的)?(?:啊|呀|吗|哦|嘛)?",
    r"(?:有|是)?(?:什么|怎么)(?:事|事情|了)(?:情)?(?:啊|呀|吗|嘛|哦|呢)?",
    r"(?:出)?什么事[了啊呀]?",
    r"(?:机器人|语音助手|机器)(?:啊|呀|吗)?",
    r"吃(?:饭|过)?了(?:没有?|吗|没)[啊呀]?",
    r"姑娘|闺女|小伙子|同志|师傅",
)
_GREETING = re.compile(rf"(?:(?:{'|'.join(_GREETING_PARTS)})[,.!?~…\s]*)+")
#: …你说吧 at the end of a longer sentence.
_GO_ON = re.compile(r"(?<![跟和同给听对与])(?:你|您)(?:慢慢|只管|接着)?(?:说|讲|问)(?:吧|嘛|呀|啊|呗|噻|啦)?[,.!]*$")
_WHO = re.compile(
    r"(?:你|您|你们|这|这里|那边)(?:是|系|找|要找)(?:的)?(?:谁|哪(?!天|种|样)|什么(?:人|单位|地方)|做什么的|干什么的)"
    r"|助手[^,]{0,3}[?,.!]*(?:是)?什么|(?:是|你是)?(?:机器|机器人|录音|真人)(?:吗|[?]|还是)"
    r"|(?:你们?|您|这|这里|这边)是(?:不是)?(?:社区|居委|街道|医院|卫生|派出所|公安|物业|村委|政府|医保|社保|保险|银行|公司)[^,.!?]{0,6}(?:吗|吧|啊|呀|[?])[?!.]*$"
    r"|^(?:喂|哎|哦|啊|你好|您好|[, ])*(?:谁|哪(?:个|位|里|儿|一个|一位|家)|什么人|什么单位)(?:呀|啊|哪|呢|哦|哟|噢|嘛|的|打来的?|找我|电话|[,.!? ])*$"
)
_RINGS_BACK = re.compile(
    r"(?:你们?|谁|哪个|有人|这个?号码?|刚才|刚刚|刚|上午|下午|早上|昨天)[^,.!?]{0,8}(?:打|来)(?:了|过|的)?(?:一?个)?(?:给我|我)?(?:的|了|过)?(?:家)?(?:电话|手机)"
    r"|未接(?:来电|电话)|(?:回|接到|看到|有)(?:一?个|你们?)?[^,.!?]{0,6}(?:未接|来电)|电话[^,.!?]{0,4}(?:是)?(?:你们?)?打(?:来|过来)?的"
)
_WHAT_FOR = re.compile(
    r"(?:有|是|出|为)?(?:了)?(?:什么|怎么)(?:要紧|急)?(?:事|回事|情况)|(?:找|打|问)[^,.!?]{0,8}(?:干|做|为)(?:什么|嘛|吗)|^(?:你们?|您)?(?:要|想)?(?:干|做)(?:什么|嘛|吗)"
    r"|(?:要|想|是)?问(?:他|她|我妈|我爸|老人)?(?:的|一下)?(?:什么|身体|身子)|(?:他|她|我妈|我爸|我婆婆|老人)[^,.!?]{0,4}(?:怎么(?:了|样)|出(?:什么)?事|没事)"
)
#: Nothing that is said with these words answers a question.
_ACCUSES = re.compile(r"骗子|诈骗|骗人|骗钱|骗我|骗老(?:人|太)|来骗|行骗|推销(?:的|什么|保健|东西)|卖保健品")
_DOUBTS = re.compile(
    r"是不是真|真的(?:吗|么|[?])|(?:这种|陌生).{0,3}电话.{0,5}(?:不|别)|(?:是不是|真的?是|到底是|是)真(?:的)?(?:社区|居委|吗|么|假)|真(?:的)?假(?:的)?|假的(?:吧|$|[,.!?])|真是(?:社区|居委|街道)"
    r"|(?:怎么|哪(?:里|儿)?|从哪(?:里|儿)?|谁给).{0,4}(?:有|知道|弄|搞|来|晓得|要).{0,6}(?:号码|电话|名字|姓名|我家)|(?:号码|电话|名字)(?:是)?(?:从)?哪(?:里|儿)?(?:来|弄)"
    r"|怎么(?:能|才)?(?:知道|晓得)(?:你|您)[^,.!?]{0,6}真|(?:你们|您)(?:要|收)(?:不要|不收)?钱(?:的)?(?:不|吗|么|[?]|$)|(?:怎么|拿什么|有什么)证明|(?:凭什么|怎么|谁)(?:要|能|会|敢)?(?:相)?信|你说(?:你|你们)?是(?:.{1,6}就是|(?:社区|居委|街道)[^,.!?]{0,3}[,.?])|信不过|不(?:敢)?(?:相信|信)你|我不信|(?:警察|公安|民警|儿子|女儿|闺女|社区).{0,3}(?:说|讲|交代)(?:了|过)?.{0,8}(?:陌生|生人|不能接|不要接|别接)|陌生(?:人|电话|号码)|要钱的事|我没(?:有)?钱给"
)
_ABOUT_FRAUD = re.compile(r"骗|推销|陌生|转账|生人")


def is_hum(text: str) -> bool:
    """Whether it is a cough or a 嗯, 啊, 喂 that people make while they listen.

    Args:
        text: in the form of `speech.plain`; 啊? with its question mark asks for the sentence again and is none.
    """
    return bool(text.strip()) and "?" not in text and bool(_HUM.fullmatch(text.strip()))


def is_greeting(text: str) -> bool:
    """Whether somebody only says that they are there and listen: 喂你好, 我就是, 你说吧."""
    said = text.strip()
    return bool(said) and (bool(_GREETING.fullmatch(said)) or (len(said) <= _SHORT and bool(_GO_ON.search(said))))


def asks_who(text: str) -> bool:
    """Whether somebody asks who calls or whom we look for."""
    return len(text) <= _SHORT and bool(_WHO.search(text))


def rings_back(text: str) -> bool:
    """Whether somebody only says that a call of ours is why they ring: 你们刚才打我电话了."""
    return len(text) <= _SHORT and bool(_RINGS_BACK.search(text)) and not (wants_opt_out(text) or accuses(text))


def asks_what_for(text: str) -> bool:
    """Whether somebody asks why we call: 什么事啊, 你们找她干什么."""
    return len(text) <= _SHORT and bool(_WHAT_FOR.search(text))


def accuses(text: str, asked: str = "") -> bool:
    """Whether we are called cheats; not where the question itself is about cheats.

    Args:
        asked: the question.
    """
    return bool(_ACCUSES.search(text)) and not _ABOUT_FRAUD.search(asked)


def doubts(text: str, asked: str = "") -> bool:
    """Whether somebody doubts that we are who we say."""
    return accuses(text, asked) or (bool(_DOUBTS.search(text)) and not _ABOUT_FRAUD.search(asked))


_SHORT = 24
