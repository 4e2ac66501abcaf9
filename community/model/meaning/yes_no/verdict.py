"""Yes and no: read against what a yes would assert, so that 没有不方便 is a yes and 又不出去 means 方便.

Where the words point both ways the reading is unclear: a yes is never taken for a no.
"""

import re
from functools import lru_cache

from community.model.meaning.reading import UNCLEAR, Label, Reading, keys, words
from community.model.meaning.speech import asserted, clauses, negations, without_choosing, without_fillers
from community.model.meaning.words.facts import Family
from community.model.meaning.yes_no.families import core_of, family_of
from community.model.meaning.yes_no.fever import of_fever
from community.model.meaning.yes_no.valence import is_bad_news
from community.model.questionnaires.questionnaire import Question

UNSURE = re.compile(
    r"看情况|看看(?:吧|再|到时)|(?<![去来回])看(?:天|吧|着办|孩子|儿子|闺女|女儿|身体)|再(?:说|看|议|想|考虑)|不(?:一定|好说|确定|敢说|太清楚|清楚)|说不(?:准|好|定|上|清)|没(?:准|定|想好|考虑好|数|谱)|到时候|可能|也许|大概|兴许|估计|差不多吧|随便|无所谓|(?:跟|和|同).{0,6}(?:商量|问问|说一声|讲一声|合计)|(?:问|听)(?:问|一下|听)?.{0,4}(?:儿子|闺女|女儿|孩子|老伴)|考虑|难说|两可|有时|时好时坏|时有时无|一半|半信半疑|记不(?:得|清|住)|忘(?:了|记)|想想"
)
_A_OR_NOT_A = re.compile(r"([一-鿿])[不没]\1(?:[一-鿿])?都(?:行|可以|成|无所谓|中|一样)")
#: Questions of theirs that leave a clear yes a yes.
ASKS = re.compile(r"几点|多少钱|要钱吗|收(?:不收)?费|怎么(?:去|走|打|来)|什么时候")
_THEN = re.compile(r"前(?:阵|段)(?:子|时间)|前些(?:天|日子)|原来|去年|前年|以前|从前|上次|上回|过去(?:的|那)|早年|往年")
#: 昨天还好好的今天就不行了: only today counts.
_TURNED = re.compile(r"^.*?(?:昨天|前天|以前|早上|刚才|前几天).{0,8}(?:今天|现在|这会儿?)(?=就|又|却|不|已经)")
_INSTEAD = re.compile(r"不是(?!没).{1,10}?[,.](?:而)?是(?=不|没|要|怕|因为|我|真|太|大夫|医生|家里|身体)")
#: 来了又没了, 响得很，不过凉: what follows may take the no back.
_TAKES_BACK = re.compile(r"又(?:没|停|断)|(?<=[,.])(?:不过|但|可是)")
#: Denied at the very end, whatever came before: 去年打了，今年不去.
_FOLLOWED_BY_NO = re.compile(
    r"[一-鿿]{2}[,.](?:我|今年|这(?:回|次)|现在|这会子?|明天)*(?:不|没)(?:去|来|打|走|转|行|敢|想|想去|响)了?$"
)
FINE = re.compile(
    r"(?:什么|一点)(?:事|毛病|问题)(?:都|也)?没|没(?:有)?(?:什么|大)?(?:事|问题|关系|毛病|啥子?事)|不(?:要紧|碍事|打紧|妨)|冇问题|无所谓|ok|okay"
)
_YES = re.compile(
    r"^(?:(?:是|对|好|行|中|成|得|嗯|恩|唔|要得|可以|有|会|能|要|想|愿意|肯|欧|ok|妥|好嘞|得嘞|得勒|好哩|好咧|管|哎|诶)(?:是|对|好|行|可以|有|会|能|呀|啊|的|吧|呢|嘞|了|嘛|哩|噻|滴|喽|咯|呗|极了|嗯|得|呐|呃|,|\s)*(?:$|[,.!]))"
)
YES_ANYWHERE = re.compile(
    r"(?:^|[,.])(?:行|可以|好|来吧|一直在)(?:的)?(?:$|[,.])|(?:^|[是对啊呀的,.])没错(?:$|[,.!啊呀的])|随(?:你|便)(?:们)?(?:便|来)|没(?:有)?问题|(?<![不没别])(?:那还用说|当然|肯定(?!不)|必须的?|那还用说|还用(?:说|问)|敢情(?:好)?|求之不得|巴不得|可以(?:的|啊|呀|吧|嘞|$|[,.!])|要得|嗯呐|好(?:的|嘞|呀|啊|吧|噻|滴|得很|呗)(?:$|[,.!])|行(?:的|啊|吧|嘞|呀|呗)|中(?:啊|嘞|哩)|得嘞|妥(?:妥|了|的)|是(?:的|啊|呀|嘞|滴|哩)(?:$|[,.!])|对(?:的|啊|呀|头|嘞|滴|对)|(?:太|可|真)?(?:好|行|中)了(?:$|[,.!])|能行|成(?:啊|吧|嘞)|都(?:行|可以|成)|听你们?的|(?:那(?:就|可)?)?(?:太|就|真)?(?:麻烦|辛苦|拜托)(?:你们?|您|了)|谢谢(?:你们|关心|啊)?(?:$|[,.!]))"
)
_NO = re.compile(
    r"^(?:不|没|没有|否|别|不是|不行|不用|不要|不必|不了|不成|不中|不得|不会|不想|不愿意?|不可以|不能|不好|不对|算了|免了|拉倒|哪有|哪里有|没有没有|不不|没没|未)(?:的|啊|呀|吧|嘛|了|呢|哦|哟|哩|嘞|噻|咯|啦|得|不|没|有|用|要|行|是|谢谢?|$|[,.!\s])*(?:$|[,.!])"
)
NO_ANYWHERE = re.compile(
    r"(?:^|[,.!])(?:不用|不必|不需要|不消|不要|免)(?:了|啦|的|吧|谢谢)?[,.!]|(?:自己|儿子|女儿|闺女|孩子)(?:都|已经)?.{0,3}(?:约|办|弄|搞|买|打|交|做)(?:好|过|完)了?|算了|免了|拉倒|用不着|犯不着|不(?:用|要|必|需要)(?!紧)(?:了|的|吧|麻烦)?|不(?:行|成|中|去|来|可以|想|愿意|是的?)(?:$|[,.!了啊呀吧的])|没门|才不|坚决不|死也不|没有(?:啊|呀|哇|的|吧|呢|哦)?(?:$|[,.!])|(?:这|那)?倒没(?:$|[,.])|不必|没(?:有)?(?:那|这)(?:个|回)?(?:必要|事)|懒得|还没(?:有)?(?:呢|啊|$|[,.!])"
)
DOUBLE = re.compile(
    r"(?:没有?|不是|不会|不能|哪能|哪有|怎么(?:会|能)|谁|没)(?:什么|理由|道理)?不(?P<word>[一-鿿]{1,4})(?:的?(?:道理|理由|意思|事))?"
)
_DOUBLE_NO = re.compile(
    r"不是(?:说)?没(?:有)?|不(?:是|会)不(?!是)|没有不|没说不|不能不|不得不|哪能不|怎么能不|岂能不|少不了|没少"
)

_SAYS_RIGHT = re.compile(r"(?:是的?|对对?|对的|没错|可不(?:是)?|是啊)(?:[,!?]|$)")
_SAYS_WRONG = re.compile(r"(?:不对|不是)(?:[,!?]|$)")
_HAS_IT = re.compile(r"有(?:的|啊)?(?:[,!?]|$)")
_HAS_NOT = re.compile(r"(?:还)?(?:没有?|没呢|没得)(?:呢|啊)?(?:[,!?]|$|没有$)")
_TURNS_BACK = re.compile(r"不过|但|可是|就是(?!说)|只是|又")
_A_YES_DENIES = re.compile(r"(?:还|从)?(?:没|不(?!错))")

#: Said as a question, meant as the opposite; rewritten into plain words before anything is read.
_RHETORIC: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(said), meant)
    for said, meant in (
        (r"可不(?:是)?(?:嘛|么|吗)?(?=$|[,.!])", "是的"),
        (r"谁说(?:的)?我?(?:不|没)", ""),
        (r"谁说(?:的)?", "没"),
        (r"不([一-鿿]{1,3})还(?:能|可以|有什么)(?:怎么|办法|法子)[^,.]*", r"\1"),
        (r"(?:那)?还能不(?=[一-鿿])", ""),
        (r"(?:什么时候|几时|多久|何时)(?:才|能|可以)*(?:修好|恢复|弄好|办好)", "还没弄好"),
        (
            r"(?<![一-鿿])(?:退休了?|我)?不([一-鿿]{1,3}?)(?:我|这|那)?(?:谁(?:给|来|替)|(?:住|去|在|上)哪|心里过不去|[一-鿿]{2}罚)[^,.]*",
            r"\1",
        ),
        (r"(?:还)?(疼|痛|怕|闷|冷|热|舒心|舒服|晕|难受|困难|暖和|高兴)个?什么(?=$|[,.])", r"不\1"),
        (r"哪(?:天|回|次)(?:没|不)(?:有)?", "有"),
        (r"(?:怎么|哪能|哪会)(?:可能|会|能)?没(?:有)?", "有"),
        (r"谁不", "都"),
        (r"(?:干嘛|为什么|凭什么|干什么|怎么)不(?=[打去走转来要])", ""),
        (r"不([一-鿿])行不行", r"不\1"),
        (r"(?:不用|不要|不必|别|莫|甭)(?:替我|为我)?(?:们)?(?:担心|操心|惦记|牵挂|挂念)", "没事"),
        (r"([一-鿿])什么\1", r"不\1"),
        (r"^(?:来就来|去就去|走就走|打就打|转就转)", "好,"),
        (r"哪(?:里|儿)?有(?!的)(?:什么)?", "没有"),
        (r"哪个(?:知道|见过|看见)", "不知道"),
        (r"谁(?=(?:愿意|爱|想|肯|会|敢)[^,]{1,6})", "不"),
        (r"哪(?:里|儿)?(?=会|能|来|敢|懂|用得)(?!能不|会不|里都|儿都)", "不"),
        (r"(?:没|有)?什么([一-鿿]{1,2})不\1的", r"\1"),
        (r"([一-鿿]{2})个屁", r"没\1"),
        (r"([一-鿿])了?个屁", r"没\1"),
        (r"^有(?:等于|跟|和)没(?:有)?|有也(?:等于|跟|和)没(?:有)?.*", "没有"),
        (r"打了也(?:是)?白打", "不打"),
        (r"(?<!不)少不了", "有"),
        # Written rather than said.
        (r"^(?:n|no|nope)(?=$|[,.!])", "不"),
        (r"^(?:y|yes|yep)(?=$|[,.!])", "是的"),
    )
)


def read(question: Question, text: str) -> Reading:
    """Yes, no, or unclear when the words point both ways or nowhere."""
    said = of_fever(question.say, as_weighed(text))
    if not said:
        return _bare_hum(text)
    plainly = settled(question, text)
    if plainly is not None:
        return words(plainly, confidence=0.95)
    family = family_of(question)
    core = by_core(question, said)
    facts = by_family(family, said) if family else None
    asks = bool(ASKS.search(said)) and opening(said) is None and facts in {None, Label.UNCLEAR}
    hedged = asks or bool(UNSURE.search(said))
    if _A_OR_NOT_A.search(text) or (hedged and core in {None, Label.UNCLEAR}):
        return UNCLEAR
    votes = {core, facts} - {None}
    if not votes:
        return (_by_sort(question, said) if family is None else None) or generic(said, family, question.yes_means)
    return _by_votes(question, family, votes, said)


def settled(question: Question, text: str) -> str | None:
    """Yes or no where the first words are that and nothing else, and nothing after takes it back; None otherwise.

    Where a yes denies (还没搬), 没有 is a yes.
    """
    said = without_fillers(text)
    if _TURNS_BACK.search(said):
        return None
    denies = bool(_A_YES_DENIES.match(question.yes_means or ""))
    if _SAYS_RIGHT.match(said) or (not denies and _HAS_IT.match(said)):
        return Label.YES
    if _SAYS_WRONG.match(said):
        return Label.NO
    # 还没呢 to 还停着水吗: the water is not back yet.
    if not _HAS_NOT.match(said) or is_bad_news(question.yes_means or "", question.say):
        return None
    return Label.YES if denies else Label.NO


def _by_votes(question: Question, family: Family | None, votes: set[str | None], said: str) -> Reading:
    """The word that was asked and the facts beside it, weighed against each other."""
    if Label.YES in votes and _FOLLOWED_BY_NO.search(said):
        return UNCLEAR
    if votes == {Label.YES, Label.NO} and by_core(question, said) == Label.YES:
        only_has = core_of(question.yes_means or "") == "有"
        has_it = not only_has or opening(said) == Label.YES or said.startswith("有")
        return words(Label.YES if has_it else Label.NO, confidence=0.65)
    if len(votes) == 1 and Label.UNCLEAR not in votes:
        vote = next(iter(votes)) or Label.UNCLEAR
        return UNCLEAR if vote == Label.NO and _TAKES_BACK.search(said) else _agree(vote, said)
    return _by_turn(question, family, said)


def as_weighed(text: str) -> str:
    """The words that are weighed: of now, without fillers, and what was meant where it was said as a question."""
    return _of_now(without_choosing(_plainly(without_fillers(text))))


def _plainly(said: str) -> str:
    for pattern, meant in _RHETORIC:
        said = pattern.sub(meant, said)
    return said


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


def by_core(question: Question, said: str) -> str | None:
    """What the word that was asked says when it comes back; None where it does not."""
    if not question.yes_means:
        return _one(_by_echo(question, said))
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
    return _one(votes or _by_echo(question, said))


#: 热不热, 够不够暖和: the word that a resident echoes; 是不是, 能不能 offer none.
_OFFERED = re.compile(r"(?P<word>[一-鿿])不(?P=word)(?P<rest>[一-鿿]{0,2})")
_OFFERS_NOTHING = frozenset("是能要会想可对行得来去用好")
_SUPPOSED = re.compile(r"要是|如果|假如|万一|就怪|才怪")
_AFTER_AN_ECHO = "的|了|呢|啊|呀|得|着|吧|嘛|啦|哩|极|很|死|起来|过|乎|火"


def _by_echo(question: Question, said: str) -> set[bool]:
    """The asked word itself, where a yes asserts it: 热, 不够. 热水都没有 does not say 热."""
    offered = _OFFERED.search(question.say)
    meant = question.yes_means or ""
    if offered is None or offered["word"] in _OFFERS_NOTHING or f"不{offered['word']}" in meant:
        return set()
    if meant and offered["word"] not in meant:
        return set()
    if _SUPPOSED.search(said):
        return {True, False}
    # 哪儿热啊 asks nothing: it denies.
    said = re.sub(rf"哪(?:里|儿)?(?={offered['word']})", "不", said)
    rest = f"|{offered['rest']}|{offered['rest'][:1]}" if offered["rest"] else ""
    return asserted(said, re.compile(rf"(?<![发加能]){offered['word']}(?=$|[,.!?]|{_AFTER_AN_ECHO}{rest})"))


def _deed_of(say: str) -> str:
    """What is offered in 需要我们帮您预约吗: 约."""
    match = re.search(r"帮(?:您|你)(?:们)?(?P<deed>[一-鿿]{1,4}?)(?:吗|一下|不)", say)
    return match["deed"][-1] if match else ""


#: Whoever is asked 可以吗 gives or refuses leave in any of these words.
_LEAVE = frozenset({"可以", "同意", "允许"})


@lru_cache(maxsize=512)
def _core_pattern(core: str, *, done: bool) -> re.Pattern[str]:
    if core == "有":
        return re.compile(r"有(?!点|时候|没|什么|吗|意思|关)")
    if core in _LEAVE:
        return re.compile("|".join(sorted(_LEAVE)))
    if done and len(core) == 1:
        # 吃了, 吃过 say so; 没吃, 忘了吃, 等会吃 do not.
        return re.compile(rf"{core}(?:了|过|完|好|啦|咯|喽|哉|咧|的)|(?<=没){core}|(?<=没有){core}")
    return re.compile(re.escape(core))


def by_family(family: Family, said: str) -> str | None:
    """What facts say that questions of this sort are answered with; None where there are none."""
    against = {not so for so in asserted(said, family.for_no)}
    if family.all_of_it and False in against:
        return Label.NO
    votes = asserted(said, family.for_yes) | against
    if FINE.search(said) and family.fine != Label.UNCLEAR:
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
    first = opening(said)
    if first is not None and first != vote and not _DOUBLE_NO.search(said):
        return words(vote, confidence=0.7) if vote == Label.YES else _careful(vote, first)
    return words(vote, confidence=0.92)


def _careful(vote: str, first: str) -> Reading:
    """好…不: an opening yes that the rest denies is asked again, never read as a no."""
    return UNCLEAR if first == Label.YES and vote == Label.NO else words(vote, confidence=0.7)


def opening(said: str) -> str | None:
    """Yes or no, where the first words say it; None where they do not."""
    first = clauses(said)[0] if clauses(said) else said
    if _NO.match(first):
        return Label.NO
    return Label.YES if _YES.match(first) else None


def _by_turn(question: Question, family: Family | None, said: str) -> Reading:
    """Both ways: what is said of the asked word itself, first or after 不过, may still decide."""
    parts = clauses(said)
    votes = []
    for part in parts:
        vote = by_core(question, part)
        if vote in {None, Label.UNCLEAR} and family:
            vote = by_family(family, part)
        votes.append(vote)
    decided = [vote for vote in votes if vote in {Label.YES, Label.NO}]
    if not decided:
        return UNCLEAR
    first = opening(said)
    if first and decided[0] == first:
        return words(first, confidence=0.7)
    turn = next((i for i, part in enumerate(parts) if re.match(r"但|不过|可是|只是", part)), None)
    after = [vote for vote in votes[turn:] if vote in {Label.YES, Label.NO}] if turn is not None else []
    if after and len(set(after)) == 1 and (after[0] == Label.YES or decided[0] == Label.NO):
        return words(after[0], confidence=0.65)
    return words(Label.YES, confidence=0.65) if after and after[0] == Label.YES else UNCLEAR


#: What was asked is done, or is not: 早拿到手了, 还没办下来.
DONE = re.compile(
    r"^(?:恢复|通|好|成|来|亮|修好|弄好)(?:了|啦|咯)(?:$|[,.])|(?:早|已经|刚刚?|都)(?:就)?[^不没,]{1,6}(?:了|到手|好)(?:$|[,.])|弄好|办妥|搞定"
)
NOT_DONE = re.compile(r"(?:还|到现在)(?:都|也)?没|没(?:空|工夫|功夫|时间|来得及|顾上|轮到)|(?:等|过)(?:两|几)天")
GOOD = re.compile(
    r"(?<!不)(?:香|踏实|不错|(?:很|挺|蛮|还|都|可)(?:好|行|可以|习惯)|好得很|好着|安稳)|还(?:行|可以|好)|到(?:大)?天亮"
)
BAD = re.compile(r"不(?:好|行|踏实|着|习惯|太好|怎么样|香)|差|糟|老(?:醒|是醒)|翻来覆去|起夜|失眠|够呛")


def _by_sort(question: Question, said: str) -> Reading | None:
    """Of a question nobody foresaw: is it done, is it good?"""
    meant = question.yes_means or ""
    done = meant.endswith(("了", "过"))
    if not done and not re.search(r"好|香|舒|满意|习惯|适应|正常", meant):
        return None
    yes, no = (DONE, NOT_DONE) if done else (GOOD, BAD)
    said_no, said_yes = bool(no.search(said)), bool(yes.search(said))
    if said_no == said_yes:
        return None
    return words(Label.NO if said_no else Label.YES, confidence=0.7)


#: 不用倒车了 of a bus that is asked for is no no; of an offer it is.
_SPARED = re.compile(r"不用(?![了的吧谢麻你您管]|$|[,.!])")
_IS_OFFERED = re.compile(r"需要|要|想|愿|同意|可以|行|来|去|欢迎|参加|报|打|接受|答应|装|换|捐|留|送|登|拍|试")


def generic(said: str, family: Family | None, meant: str | None = None) -> Reading:
    """What yes and no words say to whatever was asked; `meant` is what a yes asserts."""
    if meant and not _IS_OFFERED.search(meant):
        said = _SPARED.sub("省", said)
    fine = FINE.search(said)
    if fine and family is None:
        return words(Label.YES, confidence=0.7)
    first = opening(said)
    double = DOUBLE.search(said)
    if double or _DOUBLE_NO.search(said):
        return words(Label.YES, confidence=0.7)
    yes = bool(YES_ANYWHERE.search(said)) or first == Label.YES
    no = bool(NO_ANYWHERE.search(said)) or first == Label.NO
    if yes and no:
        return words(first, confidence=0.65) if first == Label.YES and not _turns(said) else UNCLEAR
    if yes:
        return words(Label.YES, confidence=0.85)
    return words(Label.NO, confidence=0.85) if no else UNCLEAR


def _turns(said: str) -> bool:
    return any(negations(part) or re.match(r"但|不过|可是|只是", part) for part in clauses(said)[1:])
