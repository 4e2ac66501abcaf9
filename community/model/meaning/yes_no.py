"""Yes and no: read against what a yes would assert, so that 没有不方便 is a yes and 又不出去 means 方便.

Where the words point both ways the reading is unclear: a yes is never taken for a no.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from community.model.meaning.reading import UNCLEAR, Label, Reading, keys, words
from community.model.meaning.speech import asserted, clauses, negations, without_choosing, without_fillers
from community.model.questionnaire import Question


@dataclass(frozen=True, slots=True)
class _Family:
    """Facts that questions of one sort are answered with.

    Attributes:
        asks: recognises the sort by what a yes means, or by the question.
        for_yes: saying so is a yes, denying it a no.
        for_no: saying so is a no, denying it a yes.
        fine: what 没事, 不要紧, 没问题 mean here.
    """

    asks: re.Pattern[str]
    for_yes: re.Pattern[str]
    for_no: re.Pattern[str]
    fine: str = Label.UNCLEAR


def _family(asks: str, for_yes: str, for_no: str, fine: str = Label.UNCLEAR) -> _Family:
    return _Family(re.compile(asks), re.compile(for_yes), re.compile(for_no), fine)


_ILL = (
    r"不(?:咋|怎么)(?:的|样|好)|不得劲|不(?:太|大|是很|怎么)?(?:舒服|好受|舒坦|好|得劲)|难受|难过|疼|痛|晕|咳|烧(?!饭|菜|水)|麻|胀|闷|喘|吐|拉肚子|没(?:有)?(?:劲|力气|胃口|精神)|老毛病|发冷|睡不(?:着|好)"
    r"|吃不下|犯病|不行|血压(?:又)?高|心慌|抽筋|肿|摔|虚"
)
_WELL = r"舒坦|(?:吃|睡)得(?:香|好)|吃(?:什么|嘛)(?:什么|嘛)?香|得劲|安逸|巴适|爽|(?<!不)(?<!不太)(?<!不大)舒服|(?<!不)(?:挺|蛮|很|都|还|可)好|好(?:着|得很|极了)|硬朗|结实|没(?:有)?(?:毛病|病|事)|正常|健康|不错|还(?:行|可以)|老样子|能吃能睡|利索|精神(?:着|得|头足)"
_FAMILIES: tuple[_Family, ...] = (
    _family(
        r"不舒服|难受|头晕|发烧|咳嗽|哪里疼|不适",
        rf"{_ILL}",
        rf"{_WELL}",
        Label.NO,
    ),
    _family(
        r"舒服|身体(?:还)?好|健康|硬朗|精神",
        rf"{_WELL}",
        rf"{_ILL}",
        Label.YES,
    ),
    _family(
        r"停着|停水|停电|停气|没水|没电|断水|断电",
        r"停(?!了?车)|断(?:着|了|水|电)|没(?:有)?(?:水|电|气)|一滴|干(?:的|着)|黑(?:灯|着|咕隆咚)|点蜡|(?<!昨天)(?:还|仍|到现在|一直)(?:没|不)(?:有)?(?:来|通|好|修好|恢复)|(?:还|仍)(?:是)?没|没(?:来|通|好|恢复)|接水|等(?:着)?水|(?:没|没有|一点)动静|动静(?:都)?没|放不出|不(?:出|来)水",
        r"(?<![没不])来(?:了|水|电|气|啦|咯)|(?<![没不])通(?:了|水|电|$)|有(?:水|电|气)|恢复了|(?<![没不])好(?:了|啦|$)|(?<![没不])正常|修好了|能用|能洗|没停|不停了",
        Label.NO,
    ),
    _family(
        r"转移|撤离|安置|撤|避险",
        r"谁愿意死|跟.{1,4}走|愿意|转(?:移|就转|吧|啊|呀|呗|的|,|$)|怎么不(?:转|走|去)|撤|去就去|走就走|(?:我|就|肯定|一定|当然|都|听|跟|马上|这就)[^不没]{0,4}(?:走|去)|听(?:你们|政府|社区|党|安排|指挥)|配合|服从|收拾好|去(?:吧|呗|的|啊)|走(?:吧|呗|的)|保命",
        r"(?:哪儿?|哪里)(?:也|都)(?:不去|没去)|守(?:着|在|家)|留(?:在|下)|在家(?:待|呆|守|里)|待在家|呆在家|家里(?:结实|安全|牢|好|没事)|结实|牢固|离不开|走不(?:动|了|开)|舍不得|死(?:也|都)?(?:要)?(?:死)?在|打死|不(?:再)?折腾|不(?:走|转|撤|搬|动)(?!怎么|能)|没(?:那么)?(?:严重|厉害)|怕什么|不怕",
        Label.NO,
    ),
    _family(
        r"收到|知道|看到|听说|看见|接到|通知",
        r"收(?:到|着)?(?!拾)|看(?:到|见|过|了)|知道|听(?:说|到|过|见)|贴(?:着|在|了)|接到|拿到|群里|短信|广播|喇叭|(?:楼长|网格员|邻居|儿子|女儿|闺女).{0,4}(?:说|讲|告诉|发|念|通知)|通知(?:到|过|了)|有(?:数|的)",
        r"(?:没|不)(?:见着|见到|瞧见|留意|注意)|没(?:有)?(?:收|见|听|看|接|人)|什么(?:时候(?:的|发)|通知|防汛)|哪(?:里|儿|来)(?:有|的)通知|头(?:一)?回听|没(?:有)?(?:人|谁)(?:告诉|通知|说|跟我)|没人",
        Label.UNCLEAR,
    ),
    _family(
        r"有人照顾|有人陪|有人管|照顾|照料|陪",
        r"有(?:的|人|保姆|护工|钟点)|不缺人|(?:老头子?|老伴|老太婆)(?:在|呢)|(?:儿子|闺女|女儿|囡|媳妇|老伴|老头子?|老太婆|老婆|孙女|孙子|保姆|护工|钟点工|邻居|侄女|女婿|子女|孩子|娃).{0,8}(?:照顾|照看|照应|管|伺候|陪|住|来|轮|值|做饭|送饭|做|弄|在(?!外|国|北京|上海|深圳|广州))|轮(?:流|着)|请了|雇",
        r"(?:就|只|剩|光)?我?(?:一个人|自己|自个|独自|独居|孤|光棍)|(?:没|哪)(?:有)?(?:个)?(?:什么)?人|无人|(?:都是|全)?(?:靠)?(?:我)?自己(?:来|弄|做|照顾)|谁(?:照)?(?:顾|管|理)我|(?:都|全)?(?:在外(?:地|面|头|省)?|在国外|不在(?:身边|跟前)|不管|忙|顾不上|没空)|靠自己|谁(?:照)?(?:顾|管|理)",
    ),
    _family(
        r"方便|有空|在家|有时间|上门",
        r"方便|在家|闲人|闲(?:得|着)|泡茶|(?:你|您)们?来(?:,|我|了|就|看|给|一|$)|(?:有|得)空|有(?:的是)?(?:时间|工夫|功夫)|得闲|随时|(?:你|尽管|只管|欢迎|过|让.{0,4}|可以|能|就|都可以|直接)来|来(?:吧|呗|好了|嘛|就是|就行|都行|得了|啊|呀|最好|嘞|看看|一趟)|欢迎|(?<![不没])(?:正好|巧了|赶巧)|太(?:谢谢|感谢|好)|(?:正|正好)?想(?:量|让|请|找)|不(?:出去|出门|忙|碍)|闲(?:着|得)|等(?:着)?你们?|候着|恭候|麻烦(?:你们|医生|大夫)?(?:来|了|跑)?|辛苦(?:你们|了)",
        r"没(?:有)?(?:空|时间|工夫|功夫)|有(?:点)?事(?!$|情吗)|不(?:巧|凑巧|赶巧)|结婚|喝喜酒|走亲戚|赶集|值班|开会|体检过|量过|刚(?:量|检查|体检)|自己(?:会|能)量|家里(?:没|有)(?:人在|客)|出(?:去|门|远门|差)|外(?:出|地)|要?去(?:扫墓|上坟|看病|城里|乡下|外地|旅游|公园|打牌|上课|银行|医院|儿子|女儿|闺女|老年大学|买菜|喝喜酒|接|外)|约了|改(?:天|日|时间)|上班|另(?:外)?约|别来|忙|白跑|住院|回老家",
        Label.YES,
    ),
    _family(
        r"能用|正常|好用|好使|通着|运转|工作|能开",
        r"能用|(?<!不)用着|凑合(?:能|着)?用|没坏|坏(?:倒|是)?没坏|(?:昨天|刚|才|新|前几天).{0,3}(?:换|修|买|装)|还(?:行|可以|中|好)|没(?:有)?(?:问题|事|毛病)|好(?:使|用|着|的|得很)|正常|(?<![不没])能(?:用|开|制冷|吹)|可以用|转(?:着|得)|制冷|凉快|吹(?:着|得)|开着|新(?:买|装|换)|管用|没(?:有)?(?:毛病|问题|坏)|刚修",
        r"(?<!没)坏(?!倒没坏|是没坏|没坏)|不行了|找不(?:着|到)|光(?:吹风|响)|(?:没|不)(?:制)?冷(?:气|风)|不(?:转|动|灵|好使|凉)|罢工|趴窝|漏(?:水|电|氟)|开不(?:了|起|动)|打不开|不(?:敢|舍得)开|跳闸|[用开打转动]不(?:了|起来|动|成)|(?:压根|根本|就|家里|从来)?没(?:有|装|买)?(?:过)?(?:空调|那玩意|这玩意|那东西|的)|(?:^|[,.])没有$|风扇|修(?:了|过)?(?:几|好几|也)|报废|拆了|热风|没反应",
        Label.YES,
    ),
    _family(
        r"打(?:疫苗|针|$)|接种|愿意打|来打|愿意",
        r"愿意|打(?:一|针|上|吧|呗|的|啊)|接种|(?:每|年)年(?:都)?打|要(?:打|来|去)|想(?:打|来|去)|报(?:名|上)|(?:算|加)我一个|给我(?:留|报|记|登)|来(?:的|吧|呗|啊)|去(?:的|吧|呗|啊|呀|$)|来(?:打|$)|打(?=$|[,.!])|求之不得|巴不得|正(?:想|好)|好事|免费.{0,4}(?:打|来|要|当然)|积极",
        r"(?<!不)怕(?!死)|过敏|(?:医生|大夫).{0,4}(?:不让|说不|不能)|打过了?|已经打|不(?:信|敢)|没(?:什么)?用|副作用|身体(?:不|弱|差)|反应大|用不(?:着|上)|犯不着|没(?:有)?(?:必要|兴趣)|说(?:别|不)(?:打|让)|别(?:打|去)|不打|打那(?:个|玩意)?(?:干|做)|干什么用|多余|遭罪|受罪",
        Label.YES,
    ),
    _family(
        r"陌生人|推销|转账|诈骗|骗",
        r"有(?:的|过|一|两|几|个|人|点|啊|呀|呢|次|些)|接(?:到)?过|说(?:我|是).{0,12}(?:钱|卡|账|车祸|中奖|冻结|欠费|被抓|医保)|(?:天天|老|总|经常|昨|前|上|刚|还).{0,6}(?:打|来|叫|让|推|卖|说|喊|敲)|叫(?:我|我们|你)?(?:去)?(?:听课|买|转|交|投)|听课|发鸡蛋|保健品|磁疗|床垫|投资|中奖|(?:说|让|叫|要|喊).{0,8}(?:转|汇|打)(?:钱|账|款)|验证码|冒充|骗(?:过|了|我|子.{0,4}(?:打|来|说|找))|卖(?:药|保险|保健|净水|东西)|推销",
        r"(?:从来|从|一个|一次|啥|什么)(?:都|也)?没(?!少)|没(?:有|遇|碰|接|见|得)|清净|清静|不理|不接(?:陌生|生)",
        Label.NO,
    ),
    _family(
        r"^有|^还有",
        r"有(?:的|过|一|两|几|个|点|啊|呀|呢|次|些|$)",
        r"没(?:有|得|见|$)|(?:从来|一个|一次)(?:都|也)?没",
    ),
)
_UNSURE = re.compile(
    r"看情况|看看(?:吧|再|到时)|看(?:天|吧|着办|孩子|儿子|闺女|女儿|身体)|再(?:说|看|议|想|考虑)|不(?:一定|好说|确定|敢说|太清楚|清楚)|说不(?:准|好|定|上|清)|没(?:准|定|想好|考虑好|数|谱)|到时候|可能|也许|大概|兴许|估计|差不多吧|随便|无所谓|(?:要)?(?:问|跟|和|同).{0,6}(?:商量|问问|儿子|闺女|女儿)|考虑|难说|两可|有时|时好时坏|时有时无|一半|半信半疑|记不(?:得|清|住)|忘(?:了|记)|想想"
)
_A_OR_NOT_A = re.compile(r"([一-鿿])[不没]\1(?:[一-鿿])?都(?:行|可以|成|无所谓|中|一样)")
#: Questions of theirs that leave a clear yes a yes.
_ASKS = re.compile(r"几点|多少钱|要钱吗|收(?:不收)?费|怎么(?:去|走|打|来)|什么时候")
_THEN = re.compile(r"去年|前年|以前|从前|上次|上回|过去(?:的|那)|早年|往年")
#: 昨天还好好的今天就不行了: only today counts.
_TURNED = re.compile(r"^.*?(?:昨天|前天|以前|早上|刚才|前几天).{0,8}(?:今天|现在|这会儿?)(?=就|又|却|不|已经)")
_INSTEAD = re.compile(r"不是.{1,10}?[,.](?:而)?是(?=不|没|要|怕|因为|我)")
_FINE = re.compile(r"没(?:有)?(?:事|问题|关系|毛病|啥子?事)|不(?:要紧|碍事|打紧|妨)|冇问题|无所谓|ok|okay")
_YES = re.compile(
    r"^(?:(?:是|对|好|行|中|成|得|嗯|恩|唔|要得|可以|有|会|能|要|想|愿意|肯|欧|ok|妥|好嘞|得嘞|得勒|好哩|好咧|管|哎|诶)(?:是|对|好|行|可以|有|会|能|呀|啊|的|吧|呢|嘞|了|嘛|哩|噻|滴|喽|咯|呗|极了|嗯|得|呐|呃|,|\s)*(?:$|[,.!]))"
)
_YES_ANYWHERE = re.compile(
    r"没(?:有)?问题|(?<![不没别])(?:那还用说|当然|肯定(?!不)|必须的?|那还用说|还用(?:说|问)|敢情(?:好)?|求之不得|巴不得|可以(?:的|啊|呀|吧|嘞|$|[,.!])|要得|嗯呐|好(?:的|嘞|呀|啊|吧|噻|滴|得很|呗)(?:$|[,.!])|行(?:的|啊|吧|嘞|呀|呗)|中(?:啊|嘞|哩)|得嘞|妥(?:妥|了|的)|是(?:的|啊|呀|嘞|滴|哩)(?:$|[,.!])|对(?:的|啊|呀|头|嘞|滴|对)|(?:太|可|真)?(?:好|行|中)了(?:$|[,.!])|能行|成(?:啊|吧|嘞)|都(?:行|可以|成)|听你们?的|(?:那(?:就|可)?)?(?:太|就|真)?(?:麻烦|辛苦|拜托)(?:你们?|您|了)|谢谢(?:你们|关心|啊)?(?:$|[,.!]))"
)
_NO = re.compile(
    r"^(?:不|没|没有|否|别|不是|不行|不用|不要|不必|不了|不成|不中|不得|不会|不想|不愿意?|不可以|不能|不好|不对|算了|免了|拉倒|哪有|哪里有|没有没有|不不|没没|未)(?:的|啊|呀|吧|嘛|了|呢|哦|哟|哩|嘞|噻|咯|啦|得|不|没|有|用|要|行|是|谢谢?|$|[,.!\s])*(?:$|[,.!])"
)
_NO_ANYWHERE = re.compile(
    r"(?:^|[,.!])(?:不用|不必|不需要|不消|不要|免)(?:了|啦|的|吧|谢谢)?[,.!]|(?:自己|儿子|女儿|闺女|孩子)(?:都|已经)?.{0,3}(?:约|办|弄|搞|买|打|交|做)(?:好|过|完)了?|算了|免了|拉倒|用不着|犯不着|不(?:用|要|必|需要)(?!紧)(?:了|的|吧|麻烦)?|不(?:行|成|中|去|来|可以|想|愿意|是的?)(?:$|[,.!了啊呀吧的])|没门|才不|坚决不|死也不|没有(?:啊|呀|哇|的|吧|呢|哦)?(?:$|[,.!])|还没(?:有)?(?:呢|啊|$|[,.!])"
)
_DOUBLE = re.compile(
    r"(?:没有?|不是|不会|不能|哪能|哪有|怎么(?:会|能)|谁|没)(?:什么|理由|道理)?不(?P<word>[一-鿿]{1,4})(?:的?(?:道理|理由|意思|事))?"
)
_DOUBLE_NO = re.compile(
    r"不是(?:说)?没(?:有)?|不(?:是|会)不(?!是)|没有不|没说不|不能不|不得不|哪能不|怎么能不|岂能不|少不了|没少"
)


def read(question: Question, text: str) -> Reading:
    """Yes, no, or unclear when the words point both ways or nowhere."""
    if _A_OR_NOT_A.search(text):
        return UNCLEAR
    said = _of_now(without_choosing(without_fillers(text)))
    if not said:
        return _bare_hum(text)
    family = _family_of(question)
    by_core = _by_core(question, said)
    by_family = _by_family(family, said) if family else None
    hedged = bool(_UNSURE.search(said)) or (bool(_ASKS.search(said)) and _opening(said) is None)
    if hedged and by_core in {None, Label.UNCLEAR}:
        return UNCLEAR
    votes = {by_core, by_family} - {None}
    if votes == {Label.YES, Label.NO} and by_core == Label.YES:
        return words(Label.YES, confidence=0.65)
    if len(votes) == 1 and Label.UNCLEAR not in votes:
        return _agree(votes.pop() or Label.UNCLEAR, said)
    return _by_turn(question, family, said) if votes else _generic(said, family)


def _of_now(said: str) -> str:
    """Without what was another year, and without the A of 不是A，是B."""
    instead = _INSTEAD.search(said)
    if instead:
        said = said[instead.end() :]
    said = _TURNED.sub("", said)
    parts = [part for part in clauses(said) if not _THEN.search(part)]
    return ",".join(parts) if parts and len(parts) < len(clauses(said)) else said


def read_keys(digits: str) -> Reading:
    """1 is yes, 2 is no."""
    label = {"1": Label.YES, "2": Label.NO}.get(digits)
    return keys(label) if label else UNCLEAR


def _bare_hum(text: str) -> Reading:
    """嗯 says yes; 啊 and 呃 say nothing."""
    return words(Label.YES, confidence=0.75) if re.fullmatch(r"(?:嗯+|恩+|嗯+呐|嗯+哪|哎)[,.!嗯]*", text) else UNCLEAR


def _family_of(question: Question) -> _Family | None:
    meant = question.yes_means or ""
    places = (question.say, meant) if core_of(meant) == "有" else (meant, question.say)
    for place in places:
        for family in _FAMILIES:
            if place and family.asks.search(place):
                return family
    return None


def core_of(yes_means: str) -> str:
    """The word in `yes_means` that a resident repeats: 方便, 收到, 愿意, 有."""
    word = re.sub(r"^(?:还|已经|都|现在|能正常)", "", yes_means)
    word = re.sub(r"(?:了|着|过|的)$", "", word)
    if word.startswith("有"):
        return "有"
    for start in ("愿意", "需要", "可以", "知道", "能", "会", "想", "要"):
        if word.startswith(start):
            return start
    return word


def _by_core(question: Question, said: str) -> str | None:
    if not question.yes_means:
        return None
    core = core_of(question.yes_means)
    votes = asserted(said, _core_pattern(core, done=question.yes_means.endswith(("了", "过"))))
    deed = question.yes_means.removeprefix(core) or (_deed_of(question.say) if core == "需要" else "")
    if (
        deed
        and core != "有"
        and re.search(
            rf"(?:^|[,.!]|就|来|帮我|给我){re.escape(deed)}(?:一?(?:个|下|次))?(?:吧|呗|啊|呀|嘛|的|$|[,.!])", said
        )
    ):
        votes |= {True}
    if deed and f"不{deed}" in said and not _DOUBLE_NO.search(said):
        votes |= {False}
    if core == "有":
        votes |= {False} if re.search(r"(?:^|[,.!])(?:都|也|还|倒|真|确实|是)?没(?:$|[,.!啊呀的呢])", said) else set()
    return _one(votes)


def _deed_of(say: str) -> str:
    """What is offered in 需要我们帮您预约吗: 约."""
    match = re.search(r"帮(?:您|你)(?:们)?(?P<deed>[一-鿿]{1,4}?)(?:吗|一下|不)", say)
    return match["deed"][-1] if match else ""


@lru_cache(maxsize=512)
def _core_pattern(core: str, *, done: bool) -> re.Pattern[str]:
    if core == "有":
        return re.compile(r"有(?!点|时候|没|什么|吗|意思|关)")
    if done and len(core) == 1:
        # 吃了, 吃过 say so; 没吃, 忘了吃, 等会吃 do not.
        return re.compile(rf"{core}(?:了|过|完|好|啦|咯|喽|哉|咧|的)|(?<=没){core}|(?<=没有){core}")
    return re.compile(re.escape(core))


def _by_family(family: _Family, said: str) -> str | None:
    votes = asserted(said, family.for_yes) | {not so for so in asserted(said, family.for_no)}
    if _FINE.search(said) and family.fine != Label.UNCLEAR:
        votes.add(family.fine == Label.YES)
    return _one(votes)


def _one(votes: set[bool]) -> str | None:
    if not votes:
        return None
    if len(votes) > 1:
        return Label.UNCLEAR
    return Label.YES if votes == {True} else Label.NO


def _agree(vote: str, said: str) -> Reading:
    """A vote, less sure when the first words say the opposite."""
    opening = _opening(said)
    if opening is not None and opening != vote and not _DOUBLE_NO.search(said):
        return words(vote, confidence=0.7) if vote == Label.YES else _careful(vote, opening)
    return words(vote, confidence=0.92)


def _careful(vote: str, opening: str) -> Reading:
    """好…不: an opening yes that the rest denies is asked again, never read as a no."""
    return UNCLEAR if opening == Label.YES and vote == Label.NO else words(vote, confidence=0.7)


def _opening(said: str) -> str | None:
    first = clauses(said)[0] if clauses(said) else said
    if _NO.match(first):
        return Label.NO
    return Label.YES if _YES.match(first) else None


def _by_turn(question: Question, family: _Family | None, said: str) -> Reading:
    """Both ways: what is said of the asked word itself, first or after 不过, may still decide."""
    parts = clauses(said)
    votes = []
    for part in parts:
        vote = _by_core(question, part)
        if vote in {None, Label.UNCLEAR} and family:
            vote = _by_family(family, part)
        votes.append(vote)
    decided = [vote for vote in votes if vote in {Label.YES, Label.NO}]
    if not decided:
        return UNCLEAR
    opening = _opening(said)
    if opening and decided[0] == opening:
        return words(opening, confidence=0.7)
    turn = next((i for i, part in enumerate(parts) if re.match(r"但|不过|可是|只是", part)), None)
    after = [vote for vote in votes[turn:] if vote in {Label.YES, Label.NO}] if turn is not None else []
    if after and len(set(after)) == 1 and (after[0] == Label.YES or decided[0] == Label.NO):
        return words(after[0], confidence=0.65)
    return words(Label.YES, confidence=0.65) if after and after[0] == Label.YES else UNCLEAR


def _generic(said: str, family: _Family | None) -> Reading:
    fine = _FINE.search(said)
    if fine and family is None:
        return words(Label.YES, confidence=0.7)
    opening = _opening(said)
    double = _DOUBLE.search(said)
    if double or _DOUBLE_NO.search(said):
        return words(Label.YES, confidence=0.7)
    yes = bool(_YES_ANYWHERE.search(said)) or opening == Label.YES
    no = bool(_NO_ANYWHERE.search(said)) or opening == Label.NO
    if yes and no:
        return words(opening, confidence=0.65) if opening == Label.YES and not _turns(said) else UNCLEAR
    if yes:
        return words(Label.YES, confidence=0.85)
    return words(Label.NO, confidence=0.85) if no else UNCLEAR


def _turns(said: str) -> bool:
    return any(negations(part) or re.match(r"但|不过|可是|只是", part) for part in clauses(said)[1:])
