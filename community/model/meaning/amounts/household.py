"""How many people live together, where the answer lists them: 老两口加一个孙子, 我，老伴，一个保姆."""

import re

from community.model.meaning.amounts.numerals import numerals

_N = r"[一二两三四五六七八九十俩仨\d]+"
_ONE = (
    r"大人|小孩|(?:大|小|二|重|曾)?(?:外)?(?:孙子|孙女|孙|外孙女?)|儿媳妇?|媳妇|儿子|女婿|女儿|闺女|姑娘|老伴儿?|老头子?|老太婆|老太太|老婆子?|妈|爸"
    r"|爱人|老公|先生|妈妈?|爸爸?|爹|娘|保姆|护工|阿姨|弟弟?|妹妹?|姐姐?|哥哥?|侄子|侄女|娃|孩子|亲家母?|奶奶|爷爷|婆婆|公公|租客"
)
_PIECE = re.compile(
    rf"(?P<family>{_N})口(?:人|子)?|(?P<couple>老两口|老俩口|两口子|小两口|夫妻俩|夫妻两个?|老夫妻|我们俩|我俩|俩老(?:的|人)?|两个老的)"
    rf"|(?P<count>{_N})(?:个|位)?(?:{_ONE}|小孩|小的|小|老人|老的|老|大人)|(?P<one>{_ONE})|(?P<me>(?<!看)(?<!给)我(?!们?(?:老两口|俩)|家|们|妈|爸|儿|女|闺|老|孙|弟|妹|姐|哥|媳|爱|先)|本人|自己)"
)
#: A total that is said: 五个, 一共六口, 爷孙三个.
_TOTAL = re.compile(
    rf"(?:^|[,.]|一共|总共|加起来|合起来|共|就|现在|如今|连我|带我|都算上|正好|祖孙|爷孙|姐妹|母女|父子|母子|娘儿|爷儿|爷俩|兄弟)(?:是|有|住着?|就)?{_N}(?:个人|口人?|个|人|位)?(?:$|[,.])|(?:祖孙|爷|娘|姐妹|兄弟|母子|父子|母女)(?:儿)?[俩仨]"
)
_JOINED = re.compile(r"加|带|和|跟|同|与|还有|[,.]|连")
_NOT_HERE = re.compile(
    r"不在|去年没了|没了(?:$|[,.])|把.{1,4}关|在外|走了|过世|去世|嫁|出差|住院|上学|打工|周末|过年|放假|本来|原来|以前|偶尔|有时|隔壁"
)


def people(text: str) -> float | None:
    """The sum of the people that are listed; None where a total is said, or nothing needs adding."""
    if re.search(rf"一大家子|(?:大人|小孩|老的|小的){_N}个", text):
        return None
    if re.search(r"(?:就|只|得|剩)(?:剩)?(?:我|自己)(?:跟|和|一个)?[^,]{0,4}(?:猫|狗|鸟|电视)", text):
        return 1.0
    if re.search(r"^(?:我)?一个人[,.]?(?:[养带]着?)?[一两][条只个][^,]{0,3}(?:猫|狗|鸟)", text):
        return 1.0
    text = re.sub(r"(?:儿子|女儿|闺女|老[大二三四幺])(?=两口)", "小", text)
    text = re.sub(
        r"(?:我)?(?:妈|爸|老伴|儿子|女儿)[一二两三四五六七八九十\d]+岁?$",
        "",
        re.sub(r"(?:[一-鿿]{1,3})一家(?=[一二三四五六七八九])", "", text),
    )
    if (
        _NOT_HERE.search(text)
        or _TOTAL.search(text)
        or not (_JOINED.search(text) or re.search(r"人.{0,2}[俩两仨]", text))
    ):
        return None
    pieces = list(_PIECE.finditer(re.sub(r"我(?:和|跟|同)?(?=(?:老两口|俩|们俩))", "", text)))
    values = [_value(piece) for piece in pieces]
    return sum(values) if len(values) >= 2 else None


def _value(piece: re.Match[str]) -> float:
    if piece["couple"]:
        return 2.0
    number = piece["family"] or piece["count"]
    found = numerals(number) if number else []
    return found[0].value if found else 1.0
