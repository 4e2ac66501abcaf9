"""Whether a resident, asked something, asks us something instead."""

import re

from community.model.meaning.speech import clauses

_ASKING = re.compile(
    r"怎么|咋|如何|多少|几(?:点|号|月|岁|块|天)|什么时候|啥时|哪(?:里|儿|个|些|天|办)|为什么|凭啥|要不要|能不能|可不可以|是不是|有没有|需不需要|什么(?:条件|材料|手续|标准|政策|证)|吗[?]?$|呢[?]?$|么[?]?$|[?]$"
)
_TOPIC = re.compile(
    r"津贴|补贴|补助|尊老金|低保|社保|医保|养老|退休|残疾|身份证|户口|居住证|老年证|老年卡|公交卡|认证|证明|盖章|食堂|助餐|日间|照料|护理|疫苗|体检|办(?:理|证|卡)?|申请|领(?:取|钱)?|报销|政策|通知|停水|停电|缴费|电费|水费|物业|垃圾|加装电梯|电梯|网格员|书记|居委会|电话号码|地址|几点(?:开|上|下|关)|开门|上班|收费|要钱|带(?:什么|啥)|材料|安置点|转移|集合|车接"
)
#: 要带什么, 打了发烧不: short questions that nobody would ask unasked.
_INVITED = re.compile(rf"{_ASKING.pattern}|什么|([一-鿿])不\1|[一-鿿](?:不|没有?)[啊呀]?[?.!]*$")
_SUGGESTS = re.compile(
    r"能不能|可不可以|能否|要不要|是不是(?:该|应该|可以|能)|为什么(?:不|没)|怎么(?:不|没|老|总|还)|希望|建议|最好|应该"
)
_NOTHING_TO_ASK = re.compile(
    r"(?:嗯|那|哦|暂时|我|都|也|就|好|,)*(?:没|不(?!知道|晓得|明白|清楚|懂)|清楚了|知道了|明白了)"
)
_LONGEST = 60


def is_question(text: str) -> bool:
    """Whether a resident asks us something that the community's documents may answer.

    Args:
        text: in the form of `speech.plain`.
    """
    return 4 <= len(text) <= _LONGEST and bool(_ASKING.search(text) and _TOPIC.search(text))


def asks_when_invited(text: str) -> bool:
    """Whether somebody who was asked for their questions asks one, about whatever: 打了会不会发烧, 打了发烧不.

    Args:
        text: in the form of `speech.plain`.
    """
    return 4 <= len(text) <= _LONGEST and not _NOTHING_TO_ASK.match(text) and bool(_INVITED.search(text))


def asks_and_suggests_nothing(text: str, asked: str) -> bool:
    """Whether a question of another matter was asked that is no wish in a question's dress (能不能早点开门).

    Args:
        text: in the form of `speech.plain`.
        asked: our question.
    """
    return asks_something_else(text, asked) and not _SUGGESTS.search(text)


def asks_something_else(text: str, asked: str) -> bool:
    """Whether nothing is said but a question about a matter that we did not ask about: 食堂几点开门.

    Args:
        text: in the form of `speech.plain`.
        asked: our question.
    """
    topic = _TOPIC.search(text)
    if topic is None or not is_question(text):
        return False
    return len(clauses(text)) == 1 and topic[0] not in asked
