"""What kind of answer a question wants, told by its question words, and which texts hold an answer of that kind."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Want:
    """One thing that is asked for.

    Attributes:
        kind: an answer type (see `answer_types`): `money`, `phone`, `count:次`…
        start: where the question words begin.
        end: where they end.
    """

    kind: str
    start: int
    end: int


_MONEY = (
    r"多少钱|几元|几角|几毛|几百|几千|几万|多少元|多少银子|什么价|价[格钱]|资费|(?:收费|收取|发放|补贴|补助|缴费|奖励|房租|工资)(?:的)?标准|"
    r"(?:[收交掏花付出补给发领拿奖罚赔贴退贷涨扣减免缴押救助资抵值便宜要]|到手|标准|金额|额度|费用?|租金|津贴|补贴|工资|押金)"
    r"(?:[^,.?多少几]{0,4})(?:最多|最高|最少|最低)?(?:是|有)?"
    r"(?:多少(?![天个人次年岁户平分张度层本家台辆条件名只斤米])|几个钱|几(?=元|$|[,.?]))"
)
_PAID = (
    r"[要收花掏交付出用给另](?:不要|不|没)?(?:另外|我|我们|自己)?[要收花掏交付出给]?(?:多|什么|啥)?(?:钱|费)(?:不|吗|么|没|呢|的吗|$|[,.?])|"
    r"免费|收费[吗不]|白给|收不收[钱费]|[要花收掏]不[要花收掏]钱|有没有(?:优惠|便宜|折)|打折|掏钱|另收|加钱|便宜(?:点|些|不|吗)|(?:能|可以)?减[免不吗]"
)
#: Question words and what they ask for; of two that overlap both count.
_WANTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("money", _MONEY),
        ("paid", _PAID),
        (
            "phone",
            r"(?<![打接])电话(?!叫|说|来|里|通知|就)|打(?:什么|哪个)电话|号码|打哪个?(?:号|$|[,.?])|打几号|打什么号|联系方式|热线|怎么联系|拨打?(?:什么|哪)|打哪$",
        ),
        (
            "agent",
            r"找谁|找哪|问谁|跟谁|和谁|向谁|谁[管来出掏付修负承给发批审定检去打收签]|归谁|由谁|谁的责任|哪个?(?:部门|单位)|谁家出|联系谁|告诉谁|报给谁|谁说了算|谁能",
        ),
        (
            "place",
            r"(?<!差)(?:在|去|到|上|往|搁|送|放|停|交|住|走|找|从|写|丢|扔)(?:到|在|去)?哪(?!家|个[人月]|天|种|几|年|些|一|月|样|项|类|怕)|(?<!差在)哪里|哪儿|什么地[方点]|地址|什么位置|位置(?:在|是)|哪个窗口|几楼|几号窗口|哪块",
        ),
        (
            "clock",
            r"几点|什么时[段辰]|开门|关门|营业|开放时间|上班时间|什么时间段|从早到晚|赶得[上及]|来得及|多早|多晚|最晚|最迟",
        ),
        (
            "day",
            r"什么时候|什么时间|何时|哪[几]?天|几号(?!楼|窗|院|线)|几月|周几|哪个月|哪几个月|哪一天|哪年|截止|最晚|最迟|期限|什么日子|多会|几时|时间(?:是|安排|$|[,.?])|赶得[上及]|来得及|开到",
        ),
        (
            "duration",
            r"多久|多长时间|(?<![前那这])(?:几|多少)(?:个)?(?:工作日|天|月|年|周|小时|钟头|分钟|日)(?!份|前的)|期限|时限|有效期|什么时候(?:能|才)?(?:拿|下来|办好|好|批|到账|出)|管几|隔多",
        ),
        (
            "papers",
            r"(?:带|拿|要|交|准备|需要|传|提供|提交|出示|填|用|看)(?:些|上|过)?(?:什么|哪些|哪几样|几样)(?:东西|材料|证件?|手续|资料|证明|表|条件)?(?!时|钱|地|关系|样|代)|(?:什么|哪些|啥)(?:材料|证件|手续|资料|证)|凭(?:什么|啥)(?:证|领|办|去|取)|(?:材料|证件|手续|资料)(?:有|是|要|怎么|呢|$|[,.?])",
        ),
        ("percent", r"几成|百分之几|比例|[打几]+折|报多少|能报销?(?:多少|几)|报销多少|报不报|能报销|多少比例|几个百分"),
        ("penalty", r"罚|后果|会怎么?样|怎么?处[理罚]|(?:会不会|会)被|犯法|违法|有事[吗不]|追究|要紧|算不算违"),
        ("age", r"几岁|多大(?!面|的(?:房|车|面))|多少岁|年龄(?:要求|限制|多|有|是)"),
    )
)
#: What is counted, and the words that count it in a text; a measure that stands for several is looked for as any of them.
_MEASURES = {
    "次": "次回趟遍",
    "人": "人名位",
    "户": "户家",
    "只": "只条个",
    "张": "张份",
    "本": "本册",
    "辆": "辆台",
    "处": "处个家",
    "层": "层楼",
    "门": "门科项种类样个",
    "分": "分",
    "平": "平",
    "米": "米",
    "斤": "斤",
    "度": "度",
    "级": "级",
    "箱": "箱袋桶瓶",
    "针": "针剂",
    "节": "节课",
}
_MEASURE_OF = {one: measure for measure, some in reversed(_MEASURES.items()) for one in some}
_HOW_MANY = re.compile(
    r"(?:几|多少)个?([次回趟遍人名位户家只条张份本册辆台处层门科项种类样分平米斤度级箱袋桶瓶针剂节课])(?!钱|元|钟)"
)
_COUNTED = re.compile(
    r"(?:\d|[一两三四五六七八九十])\s*多?(?:个|公|立方|平方|千瓦)?([次回趟遍人名位户家只条张份本册辆台处层门科项种类样分平米斤度楼个级箱袋桶瓶针剂节课])(?!钟)"
)
#: Measures for which 个 is as good.
_ANY_COUNT = frozenset("只处门人")

_HOLDS: dict[str, re.Pattern[str]] = {
    "money": re.compile(
        r"\d\s*[百千万亿]?元|\d\s*角|每\S{1,4}\d分(?!钟)|免费|免[收除交缴征]|不收|不用?[交付]|不加价|不另收|全免|[打享]\S{1,3}折|\d折|"
        r"全额|无偿|千分之|百分之|\d%|半价|减半|一半|\d倍|不要钱|不花钱|按行情"
    ),
    "paid": re.compile(
        r"\d\s*[百千万亿]?元|\d\s*角|[钱费]|免[费收除交缴]|不收|自[理付费]|承担|无偿|折|半价|减半|全额|优惠|补[贴助]|\d%"
    ),
    "percent": re.compile(r"\d\s*%|百分|\d成|倍|折|全额|一半|三分之|报销"),
    "clock": re.compile(r"\d{1,2}:\d\d|\d{1,2}点|全天|24小时|\d时|营业|值守|开放|早上|上午|下午|晚上"),
    "day": re.compile(
        r"\d+月|\d+日|每[日天周月季年]|季度|周[一二三四五六日末]|星期|\d{1,2}:\d\d|\d+点|次[月日年]|当[月天日年]|工作日|节假日|全天|随时|"
        r"\d+(?:天|个月|年|小时)(?:内|前|后)|月底|年底|上旬|中旬|下旬|除夕|初一|正月"
    ),
    "date": re.compile(
        r"\d+月|\d+日|每[日天周月季年]|季度|周[一二三四五六日]|星期|\d{1,2}:\d\d|次月|当月|工作日|节假日|\d+小时开放|全天"
    ),
    "duration": re.compile(
        r"(?:\d+|[一两三四五六七八九十半]+)\s*(?:个)?(?:工作日|日|天|小时|钟头|分钟|月|年|周|季度)|当[场日天]|[一二三]年|即时|随时|立即|长期|终身|次[日月]|马上"
    ),
    "place": re.compile(
        r"窗口|中心|居委会|服务[站点]|派出所|\d号|办事处|路\d|点位|公告栏|小程序|网站|现场|食堂|社区|大厅|公众号|广场|[东南西北正]门|门口|岗亭|[站室所院店馆局厅棚房亭]|楼|手机|软件|app"
    ),
    "phone": re.compile(r"\d{3,4}-\d{4,8}|1[3-9]\d{9}|(?<![\d.])(?:1[12]\d|12\d{3}|9\d{4})(?![\d.元])|热线"),
    "papers": re.compile(
        r"身份证|户口[簿本]|复印件|照片|证明|申请表|社会?保障?卡|银行卡|证书|材料|合同|发票|委托书|居住证|[^保取认]证(?!明|书)|票据|病历|凭|登记表|协议|回执|申请书|不用另外|医保卡|账单"
    ),
    "penalty": re.compile(
        r"罚|扣|取消|停[发止用]|暂停|追[究回]|警告|没收|收回|退回|不予|禁止|不得|责令|拒不|拆除|清走|清理|拖|赔|违约金|滞纳金|加收|不再|通报|报警|移[交送]|处理|不[发给准能让]|黑名单|劝"
    ),
    "person": re.compile(r"周?岁|户籍|对象|符合|具有|居民|持有|人员|家庭"),
    "how": re.compile(r"小程序|窗口|申请|提交|登录|填写|办理|预约|电话|报名|登记|审核|拨打|扫码"),
    "list": re.compile(r"包括|包含|下列|以下|[^,.]{1,12},[^,.]{1,12},[^,.]{1,12}(?:,|和|以及|等)"),
    "agent": re.compile(
        r"由\S{2,16}?(?:负责|承担|支付|办理|组织|审|发|出|修|管)|负责|承担|自[理己]|分摊|居委会|社区|街道|物业|[局委所站]|中心|窗口|\d{4}-\d{4}|业主|公司|热线|\d{5}"
    ),
    "may": re.compile(r"可以|可[由在凭用向按]|不得|禁止|不[予能可]|应当|须|必须|不受|不需|无需|免"),
    "age": re.compile(r"\d\s*周?岁|年满|\d+个?月"),
    "count": re.compile(r"\d+\s*(?:次|件|只|条|份|张|辆|台|处|组|户|人|分|平方米|公斤|斤|升|米|名|套|个)"),
}
#: Asks for a reason, an opinion or a name: documents hardly ever say these.
_WHY = re.compile(
    r"为什么|为啥|凭(?:什么|啥)(?!证|领|办|去|取|能)|怎么回事|什么原因|啥原因|什么道理|怎么(?:又|还|老|总|越|都)"
)
_OPINION = re.compile(
    r"[哪那](?:家|个|种|款|里|儿|所|位)[^,.?]{0,8}(?:好|便宜|划算|靠谱|厉害|实惠|最)|好不好|好[吗么](?:$|[,.?])|靠谱|值不值|值得|划算|好吃|好用|推荐|准不准|灵不灵|严不严|难不难|"
    r"有没有用|有用[吗不]|什么牌子|哪个牌子|区别|有啥用|多不多|怎么选|哪个强|质量|水平"
)
_NAME = re.compile(
    r"叫什么|姓什么|名字|名单|哪(?:几|些)?(?:家|所|位)|是谁|谁是|哪个(?:人|领导|医院|学校|老师|医生|公司|银行)|什么型号|哪年|来历|领导"
)
_YES_NO = re.compile(
    r"吗|么$|不(?:$|[,.?])|没(?:有)?(?:$|[,.?])|(.)不\1|有没有|是不是|能否|可否|对吧|是吧|算数|行不|没错"
)


def wants_of(text: str) -> tuple[Want, ...]:
    """Return what a normalised question asks for, in the order of its kinds."""
    found = [Want(kind, match.start(), match.end()) for kind, pattern in _WANTS for match in pattern.finditer(text)]
    found += [Want(f"count:{_MEASURE_OF[match[1]]}", match.start(), match.end()) for match in _HOW_MANY.finditer(text)]
    return tuple(found)


def manner_of(text: str) -> frozenset[str]:
    """Say how it is asked: `why`, `opinion`, `name`, `yes_no`."""
    named = (("why", _WHY), ("opinion", _OPINION), ("name", _NAME), ("yes_no", _YES_NO))
    return frozenset(name for name, pattern in named if pattern.search(text))


def answer_types(text: str) -> frozenset[str]:
    """Say which kinds of answers a normalised text holds (`money`, `day`, `phone`, `count:次`…)."""
    types = {name for name, pattern in _HOLDS.items() if pattern.search(text)}
    for match in _COUNTED.finditer(text):
        if match[1] == "个":
            types.update(f"count:{measure}" for measure in _ANY_COUNT)
        elif match[1] == "楼":
            types.add("count:层")
        else:
            types.add(f"count:{_MEASURE_OF[match[1]]}")
    return frozenset(types)
