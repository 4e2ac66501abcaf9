"""One option of several: by its words, its place, a key, what people call it, or by ruling out the others."""

import re
from functools import lru_cache

from pypinyin import lazy_pinyin
from rapidfuzz import fuzz

from community.model.meaning.options.ranges import fits
from community.model.meaning.reading import UNCLEAR, Label, Reading, keys, words
from community.model.meaning.speech import clauses, denied_after, negations, without_choosing, without_fillers
from community.model.questionnaires.questionnaire import Question

#: What people say for an option: (in the option's own words, in the answer).
_KIN = r"(?:儿|女|闺|囡|姑娘|孙|媳|婿|孩子|老伴|家里|家人|侄|外甥|弟|妹|哥|姐|老[大二三幺])"
_CALLED: tuple[tuple[str, str], ...] = (
    (
        r"(?:社区|你们|我们|政府|街道).{0,2}(?:来|派车|安排).{0,2}接|请.{0,4}接",
        rf"^(?!.*{_KIN}.{{0,6}}(?:接|送|带)).*?(?:(?:你们?|社区|居委会?|街道|麻烦|请).{{0,8}}(?:接|派|车|背)|派(?:个|一辆)?(?:车|人)|来接|走不(?:动|了)|轮椅|动不了|背我|没人(?:送|接))",
    ),
    (r"(?:家人|家里|子女|孩子|亲戚).{0,2}(?:接|送|带)", rf"{_KIN}.{{0,8}}(?:接|送|带|开车|背|来|拉)|^(?:家里?人|亲戚)"),
    (
        r"^自己(?:来|过去|去|走|前往|到)",
        r"(?:自己|自个儿?).{0,4}(?:来|去|走|过|能|跑|骑|开|到)|走(?:路|着|过去)|骑(?:个|着)?(?:车|三轮|电动|自行)|(?:我)?(?:到|去|来|上)(?:你们|社区|居委|街道)|过去办|我去办|步行|坐公交|跑一趟",
    ),
    (r"手机|网上|线上|自助", r"手机|网上|上网|线上|微信|小程序|扫码"),
    (
        r"请人上门|人上门|到家|来家",
        r"上门|(?:来|到)(?:我)?(?:的)?家|派(?:个|一个)?人|(?:你们|请人|叫人|请你们|麻烦).{0,6}来|来(?:一趟|我家)|出不(?:了|去)门?|下不了(?:楼|床|地)|瘫|动不了",
    ),
    (
        r"(?:这|本)(?:个)?(?:星期|周|礼拜)",
        r"(?:今|昨|前|大前)(?:天|日|儿)(?!.{0,2}年)|刚(?:刚)?(?:走|才|来)|天天|每天|日日|(?:这|本)(?:个)?(?:星期|周|礼拜)|(?:星期|周|礼拜)[一二三四五六日天]|[两三四五]天(?:前|以前)|常来|早上|(?:跟|和)我(?:一起|一块)?住",
    ),
    (
        r"(?:这|本)(?:个)?月",
        r"(?:这|本)(?:个)?月|上(?:个)?(?:星期|周|礼拜)|月初|月头|半个月|[十两](?:几|来)?天(?:前|以前)|(?:一|两)个?(?:星期|礼拜|周)(?:前|以前)?",
    ),
    (
        r"(?:很|好|许)久(?:没|不)|很少|从?没来",
        r"(?:好|很|老)(?:久|长时间)|半年|几年|[一两几大半]年(?!级)|过(?:完)?年|清明|春节|去年|年初|[一两三四五六几](?:个)?(?:多)?月.{0,3}(?:没|不)|(?:没|不)(?:人|怎么)?(?:来|见|回)|从来没|没露面|谁(?:还|会)来|忘了我|没(?:影|人影)",
    ),
    (r"^空调|冷气", r"空调|冷气"),
    (r"风扇|电扇", r"风扇|电扇|吊扇|摇头扇|落地扇|扇子[,.]?电"),
    (
        r"^(?:都|全|什么都)?没有$|^都(?:没|不)|^没有",
        r"(?:什么|一样|全|都|哪样)(?:都|也)?没|^都没|硬(?:扛|熬|撑)|蒲扇|芭蕉扇|哪有(?:那|这)|没空调没|(?:靠|开)(?:开)?窗",
    ),
    (
        r"^不满意|很不满意|差",
        r"(?:什么|啥)玩意|白花钱|(?:修完|修了)(?:更|又|还)|才来|你说呢|(?:也|都)没换|收费(?:太|高|贵)|太贵|坏(?:两|几|了)|(?:两|三|没几)天(?:又|就)(?:坏|漏)|什么(?:也|都)没(?:弄|修|干|做)|(?:也|这|那)?叫(?:修|维修)|不灵|没(?:人)?(?:来)?修|返工|再来|泡了|没比这更差|不(?:算|咋|太)(?:满意|好|行)|不提也罢|个屁|没解决|(?:不|没)顶(?:用|事)|提不得|又.{0,3}(?:滴|塌|响)|骂|坑|宰|骗|不满意|不(?:太|大|怎么)?(?:好|行|满)|没(?:法|得)说(?:了|的糟)|别提|差(?:劲|得|远|评|不多差)?(?!不多|强人意)|糟|烂|糊弄|白修|没修好|又(?:坏|漏|堵)|还(?:是)?(?:漏|坏|堵|不行)|(?:没|不)(?:弄|修|搞|整)(?:好|利索|明白)|弄不好|不怎么(?:样|的)|不咋(?:的|地|样)|不行|气(?:人|死|坏)|生气|恼|投诉|一肚子|窝囊|跟没修|等于没|没(?:什么)?用|白(?:跑|来|花)|敷衍|磨蹭|拖|太慢|(?<!马)马虎(?!虎)|越修越|窝火|垃圾|一塌糊涂|恼火|不像话|瞎搞|忽悠|推(?:来推去|三阻四)",
    ),
    (
        r"^一般|还行|凑合|基本",
        r"不(?:算|能说)?好也不(?:算|能说)?坏|(?:也)?就那样|说不上满意不满意|得[,.]?比没|就那么回事|好是好|(?:比|总比)没(?:修|有|来)?(?:修)?(?:强|好)|说满意.{0,4}不满意|马虎虎|还(?:算)?(?:过得去|凑付|能用|将就)|能用就(?:行|好|成)|对付|(?:不|没)(?:怎么)?(?:好也不坏|功也没过)|无功无过|中等|及格|七十|[六七]分|漏是不漏|一般|还(?:行|可以|凑合|成|算|将就|过得去|中)|凑(?:合|和)|马马虎虎|将就|过得去|差不多|不(?:好不坏|上不下|高不低)|差强人意|说得过去|七八分|七十分|还成|可以吧|就那样|那样吧|中不溜|五六十分|六十分|勉强|湊合|麻麻地|普普通通|半拉|说不上好",
    ),
    (
        r"^(?:非常|很|比较)?满意|好评|很好",
        r"没有?(?:得)?话(?:讲|说)|地道|像样|漂亮|板正|妥当|辛苦|不能再满意|汗|又快又好|可以可以|(?:几|顶|好)(?:好|得)$|没(?:什么|啥|有)?(?:可|好|得)?(?:挑|说)(?:的)?|没有比.{0,4}更好|八十分|九十分|一级棒|蛮(?:好|灵|可以)|得板|利索|没(?:有)?意见|合(?:我)?(?:的)?(?:心意|意)|ok|好极|顶呱|厉害|给力|手艺好|满意度百|挑不出|舒服|真心|(?<!不)(?<!不太)(?<!不大)满意|(?<!不)(?<!不太)好得很|(?:得|很|挺|蛮|真|特别|非常|太|老|可)(?:好(?!不坏)|快|不错|棒|及时|快|负责|满意|利索|细心|可以)|不错|没(?:得|话)(?:说|讲|挑)|没的说|挑不出|好多了|强多了|(?:比|较)(?:上次|以前|原来)(?:好|强)|^可以(?:的|啊|吧)?$|相当|快得很|干净利落|服气|巴适|安逸|得劲|顶呱呱|一百分|一百个|满分|表扬|感谢|谢谢|点赞|锦旗|杠杠|到位|周到|麻利|巴实|蛮好|贼好|辛苦(?:他|师傅)",
    ),
    (
        r"^上午|早上|早晨",
        r"大早|前晌|头晌|早(?:点|些)(?:来)?|(?<!觉)(?<!睡)起(?:来|早|床)|遛(?:完)?(?:早)?弯|太极|晨练|中午(?:之|以)?前|上午|早(?:上|晨|起|饭|点)|清(?:早|晨)|头(?:晌|午)|晌(?:午|饭)?(?:头)?前|中饭前|上半日|早半天|午前|赶早|大清早|上半(?:天|晌)|前半晌|一早|朝(?:早|头)|[八九十]点|十一点|开早|买(?:完)?菜(?:回来|以前|前)|早市",
    ),
    (
        r"^下午|午后",
        r"后半(?:天|晌)|半下午|吃(?:了|过|完)(?:中|午|晌)|中午(?:以|过|之)?后|睡(?:了|完|好|过|醒)(?:个)?午|下午|后(?:半)?晌|过(?:了)?(?:晌|午)|下半(?:天|晌)|晏昼|午(?:后|觉|睡)|睡(?:醒|起|完)|晌午(?:头)?(?:过|后|饭|以后|之后)|放学|吃(?:完|过|了)(?:午|中|晌)|中饭(?:后|吃)|[一二两三四五]点|接(?:孩子|孙子|娃)(?:前|之前|以前)|擦黑前|饭后晌|下半日|日头偏西",
    ),
    (
        r"^晚上|夜",
        r"夜(?:到|快|饭)|傍晚|天气预报|晚一(?:点|些)|儿子.{0,4}下(?:了)?班|黑(?:下|之)|七点|八点半|晚(?:上|饭|间|些时|黑)|夜(?:里|头|间|晚|黑)|黑(?:了|里|天|家)|黑下来|天黑|擦黑|傍黑|掌灯|下(?:了)?班|[六七八]点(?:以)?后|吃(?:完|过|了)晚|新闻联播|睡(?:觉)?前|今夜|晚黑|夜饭|晚餐|(?:太阳|日头)(?:落|下)|落山|天黑",
    ),
    (
        r"自己(?:做|烧|煮)|在家做",
        r"泡面|锅粥|(?:炒|煮|烧|蒸|炖|熬|下|拌)(?:个|碗|点|锅|俩|几)(?!.{0,4}(?:食堂|给我送))|自家(?:做|烧|煮|弄)?|动手|自己(?:来|煮|烧|弄)|(?:还)?能(?:烧|做|炒)|灶|(?:自己|自个|我)(?:来|还|能|会|在|都|家|一个人)*(?:做|烧|煮|弄|炒|下厨|开火|动手|搞|整)|锅铲|下厨|开(?:伙|火|小灶)|灶(?:台|上)|(?:老伴|老头子?|老太婆|爱人)(?:做|烧|煮|弄|炒)|家里(?:做|烧|煮|吃)|买菜(?:做|烧|自)|下(?:点)?(?:面条|挂面|面)|蒸|对付(?:一)?口|熬粥|下碗面|(?:老伴|老头子?|老太婆)在?做",
    ),
    (
        r"子女送|孩子送",
        r"(?:靠|吃)(?:儿子|女儿|闺女|孩子|媳妇|姑娘)|(?:是|姑娘|女儿|儿子|闺女|老[大二三]).{0,4}送|在(?:女儿|儿子|闺女|媳妇|孩子)(?:家)?吃|饭盒|包饺子|(?:儿子|闺女|女儿|囡|媳妇|儿媳|女婿|孩子们?|子女|孙子|孙女|老大|老二|娃)(?:们)?(?:每天|天天|轮流|给|都|来|会|下班)*.{0,4}(?:送|带|端|拎|提|做好|做了|烧好)|送(?:饭|过来|来)(?:的是)?(?:儿子|闺女|女儿)|(?:儿子|闺女|女儿|媳妇|姑娘|孩子).{0,6}(?:捎|管|包|拿来|打包|做好)",
    ),
    (
        r"食堂|饭堂|助餐",
        r"(?:老人|老年|爱心)卡|(?:刷|打)卡|(?:八|十|十二|六)块(?:钱)?(?:一份|一顿)|社区(?:的|那|那个)?(?:饭|送餐|订)|老年餐桌|食堂|饭堂|助餐|打饭|(?:社区|居委会?|楼下)(?:那|里|吃|的饭|订)|老年(?:餐|饭)|长者|饭卡|刷卡吃|大锅饭|订(?:餐|饭)",
    ),
    (r"外卖|下馆子", r"饭馆|泡面|街边|包子(?:铺)?|快餐|隔壁.{0,3}(?:带|送|给)|外卖|点餐|美团|饿了么|叫(?:的)?餐|骑手"),
    (
        r"管道|天然气",
        r"西气东输|刷卡买|管子|天燃气|统一接|自来气|煤气公司|气费|天然气|管道|走(?:表|字)|插卡|充卡|买气|气表|煤气表|燃气公司|通(?:了)?气|不用换(?:罐|瓶)|墙上(?:那|的)?表|拧开就有|IC卡|抄表",
    ),
    (
        r"瓶装|液化|罐",
        r"扛|送上来|一瓶|换一?(?:瓶|罐)|坛|(?:一|两)百(?:多|来)?(?:块)?(?:钱)?一|罐|钢瓶|瓶(?:装|子)?|液化|换气|扛气|送气|坛子|煤气包",
    ),
    (
        r"^电|电磁",
        r"(?:全|都|只)(?:用|是)(?:的)?电|按(?:开关|一下|个钮)|电(?:的)?|微波|电(?:磁|饭|炉|锅|炒|灶|陶|的|做|器)|插电|用电|(?:^|是|就)电$",
    ),
    (r"柴|煤(?!气)", r"柴|煤球|蜂窝|烧煤|土灶"),
    (
        r"自己家|自家|本人家",
        r"回(?:家|来)(?:了|住)|(?:自己|自个)(?:儿)?(?:的)?(?:窝|屋|房|住)|老家|小屋|原来(?:那|的)|没搬|自己(?:的)?家|租的房|自己(?:家|屋|的房|这|住)|自家|(?:我)?(?:自己|自个)(?:一个人)?(?:住|在家|的)|老(?:房子|屋|地方|家属院|宅)|家(?:里|头)(?:头|边)?(?:住|呢|待|呆|啊|$|[,.!])|老屋|守着(?:家|老)|没出去住|在家|没(?:挪|搬|动)(?:窝|地方|过)?|还(?:是)?(?:住)?(?:这|老|原)|一个人住|自己住|我(?:和|跟)老(?:伴|头)",
    ),
    (
        r"子女家|儿女家|孩子家",
        r"(?:闺女|女儿|儿子|姑娘|孙女|孙子|老[大二三幺])(?:这|那|屋|家|儿|头)|跟着(?:大|小|二)?(?:儿|女|闺)|接(?:我)?(?:过|去)(?:来|了)|看孩子|(?:儿子|闺女|女儿|囡|姑娘|孩子|老大|老二|老三|老幺|媳妇|女婿|子女|大的|小的|孙子|丫头)(?:们)?(?:家|这|那|屋|里|边|头|接|住|的房)|(?:跟|和|同|随|给)(?:着)?(?:我)?(?:的)?(?:小|大|二)?(?:儿子|闺女|女儿|姑娘|孩子|囡|老大|老二|媳妇)(?:们)?(?:住|过|一起|在|看|带|一块)|带孙|(?:帮|给)(?:儿子|闺女|女儿|老大|老二|老三|他们)(?:家)?带(?:孩子|娃|孙)|(?:儿子|闺女|女儿)(?:把我)?接",
    ),
    (
        r"养老院|敬老院|福利院",
        r"院里(?!.{0,3}输)|托老|幸福院|管吃管住|老头老太|养老|敬老|福利院|托老|护理院|院里|护工|(?:老人|养老)公寓|康养|床位费|四个人一屋|护理员",
    ),
    (
        r"^医院",
        r"(?<!不)住(?:着|了)?(?:院|病房)|[一二三四五六七八九十\d]+床|科[一二三四五六七八九十\d]|护士|转到.{0,4}科|开刀|吊水|挂水|透析|病房|医院|住院|(?:没|不让|等着?)出院|病(?:房|床)|住着院|手术|icu|护士站|主治|输液呢|吊针",
    ),
    (r"体育馆|小学", r"体育馆|小学|体育场|操场"),
    (r"文化中心|文化", r"文化(?:中心|站|馆|宫)|唱戏|戏台|剧场|街道(?:那|文)"),
    (r"中学|三中", r"三中|中学|第三"),
    (r"^每天|天天", r"天天|每(?:天|日)|日日|一天(?:一|三)"),
    (r"贴", r"贴|糊(?:门|墙)|门上|楼下|公告|布告|栏"),
    (r"电话|打电话", r"座机|电话|打给|手机"),
    (r"微信", r"微信|视频|语音|群里"),
    (r"短信", r"短信|信息"),
    (r"上门", r"上门|来家|到家|来我"),
)
_COMPILED = tuple((re.compile(option), re.compile(said)) for option, said in _CALLED)
#: What is chosen by name only, so that naming it rules the others out.
_ELSEWHERE = tuple(
    (re.compile(wanted), re.compile(called))
    for wanted, called in (
        (r"外卖|下馆子", r"外卖|点餐|美团|饿了么|骑手|下馆子|饭店|小饭馆|邻居.{0,4}(?:给|带|送)"),
        (r"保姆|护工", r"保姆|护工|阿姨(?:做|烧)|钟点工"),
        (r"柴|煤", r"柴火|烧柴|煤球|蜂窝煤"),
        (r"亲戚|朋友", r"亲戚家|朋友家|租的?房|宾馆|旅馆"),
    )
)
_ANY = re.compile(
    r"随便|都(?:行|可以|好|成|中|得)|哪(?:个|儿|里|样).{0,4}(?:哪|都)|你们?(?:看着|定|安排|说了算)|无所谓|听你们|不知道|没想好|说不(?:准|好|定)|看情况|再(?:说|看|想)|不一定|不确定|都(?:不|没)|还是"
)
_SOMETIMES = re.compile(r"有时|偶尔|以前|原来|本来|从前|过年|逢年过节")
_EXCEPT = re.compile(r"除了|除开|只要不(?:是)?|别(?:去|是|选|让)|不(?:是|去|要|选|用|想去)")
_ORDINALS = (
    (
        re.compile(
            r"(?:第|选|选择|要|就|是)?(?:一|1|头)(?:个|号|项|种|条)(?!人|月|星|礼|小|钟|屋|样)|第一|头(?:一)?个|最(?:前|先|上)(?:头|面|边)?(?:的|那)?|前(?:面|头)(?:的|那)(?:一?个)?|(?:选|按|要)(?:一|1)$"
        ),
        0,
    ),
    (
        re.compile(
            r"(?:第|选|选择|要|就|是)(?:二|2|两)(?:个|号|项|种|样)?|第二|二号|2号|中间(?:的|那)?(?:一?个)?|(?:选|按|要)(?:二|2)$"
        ),
        1,
    ),
    (re.compile(r"(?:第|选|选择)(?:三|3)(?:个|号|项|种|样)?(?!中)|第三(?:个|项|种)|三号|3号|(?:选|按|要)(?:三|3)$"), 2),
    (re.compile(r"第(?:四|4)(?:个|项|种)?|四号|4号|(?:选|按|要)(?:四|4)$"), 3),
)
_LAST = re.compile(r"最(?:后|末|底下|下面)(?:的|那|一)?(?:一?个)?|末(?:一|了)个?|后(?:面|头|边)(?:的|那)(?:一?个)?")
_SURE_SOUND = 88
#: 三中太远, 食堂吃不惯, 上午要去医院: named, and ruled out.
_UNFIT = re.compile(
    r"(?:那|的|里|人)?(?:太|没|有点|又)?(?:远|挤|吵|贵|没(?:有)?(?:床|地方|位|空)|吃不惯|吃腻|关门|没空|(?:我)?(?:要|得)(?:去|出|上|睡|接|看)|去(?:公园|医院|买菜|打|跳|上)|刚出来|出(?:来|了)|不(?:去|住|用|吃|在|是|好吃|安全))"
    r"|(?:也|都|倒)?(?:没(?:有|装|买|得)?(?=$|[,.])|坏(?:了|掉)|费(?:电|钱)|吹(?:了|得|多了?)?.{0,3}(?:疼|难受|不惯|感冒))"
)
_TOO_COMMON = frozenset(
    {
        "过去",
        "来过",
        "来了",
        "来接",
        "己过",
        "没来",
        "人来",
        "自己",
        "子女",
        "社区",
        "我们",
        "家里",
        "不是",
        "没有",
        "一个",
        "满意",
        "小区",
    }
)
_BACK = re.compile(r"不对|哦不|啊不|说错|(?<=[,.])不(?=[,.])|不不")


def read(question: Question, text: str) -> Reading:
    """The option meant, exactly as given."""
    options = question.options
    said = as_weighed(text)
    if not said or not options:
        return UNCLEAR
    corrected = _BACK.split(said)[-1].strip(",. ")
    said = corrected if corrected and named(options, corrected)[0] else said
    in_range = _in_range(options, said)
    if in_range:
        return words(Label.VALUE, in_range, 0.9)
    mentioned, denied = named(options, said)
    chosen = [option for option in mentioned if option not in denied]
    if len(chosen) == 1:
        return words(Label.VALUE, chosen[0], 0.92)
    if len(chosen) > 1:
        return _one_of(chosen, said)
    if denied:
        opposite = [option for option in options if f"不{option}" in denied and option not in denied]
        rest = opposite or [option for option in options if option not in denied]
        return words(Label.VALUE, rest[0], 0.75) if len(rest) == 1 else UNCLEAR
    return _unnamed(options, said)


def _unnamed(options: list[str], said: str) -> Reading:
    """No option is named: by its place, by its sound, or 其他."""
    by_place = _by_place(options, said)
    if by_place:
        return words(Label.VALUE, by_place, 0.85)
    if _ANY.search(said):
        return UNCLEAR
    by_sound = _by_sound(options, said)
    return words(Label.VALUE, by_sound, 0.72) if by_sound else _other(options, said)


def as_weighed(text: str) -> str:
    """The words that are weighed: without fillers, and 满意个屁 as what it means."""
    said = without_choosing(without_fillers(text))
    return re.sub(r"不能再([一-鿿]{1,2})了", r"非常\1", re.sub(r"([一-鿿]{2})(?:个屁|什么呀|什么啊)", r"不\1", said))


def leaves_open(said: str) -> bool:
    """Whether somebody leaves it to us: 随便, 都行, 看情况."""
    return bool(_ANY.search(said))


def read_keys(question: Question, digits: str) -> Reading:
    """Keys 1…9 in the order of the options."""
    if digits.isdigit() and 1 <= int(digits) <= len(question.options):
        return keys(Label.VALUE, question.options[int(digits) - 1])
    return UNCLEAR


def named(options: list[str], said: str) -> tuple[list[str], set[str]]:
    """The options that are named, in their order, and those that are denied."""
    mentioned: list[str] = []
    denied: set[str] = set()
    for part in clauses(said):
        for option in options:
            for match in _mentions(option, part, options):
                before = part[: match.start()]
                if (
                    negations(before) % 2
                    or _UNFIT.match(part[match.end() :])
                    or denied_after(part[match.end() :])
                    or (_EXCEPT.search(before) and "就" not in before)
                ):
                    denied.add(option)
                elif option not in mentioned:
                    mentioned.append(option)
    return mentioned, denied


def _mentions(option: str, part: str, options: list[str]) -> list[re.Match[str]]:
    """Where a clause names an option: by its own words, by a part of its name that no other has, by what it is called."""
    exact = [m for m in re.finditer(re.escape(option), part) if not _inside_longer(option, part, m, options)]
    if exact:
        return exact
    if any(other != option and other in part and other not in option for other in options):
        return []
    found: list[re.Match[str]] = list(_own_words(option, tuple(options)).finditer(part))
    for wanted, called in _COMPILED:
        if wanted.search(option):
            found.extend(called.finditer(part))
            break
    return found


@lru_cache(maxsize=512)
def _own_words(option: str, options: tuple[str, ...]) -> re.Pattern[str]:
    """Pairs of characters that only this option's name holds: 青禾 of 青禾小学体育馆; none of a short name."""
    if len(option) < 4:
        return re.compile(r"(?!)")
    others = "|".join(other for other in options if other != option)
    pairs = {option[i : i + 2] for i in range(len(option) - 1)}
    own = [pair for pair in sorted(pairs) if pair not in others and pair not in _TOO_COMMON]
    return re.compile("|".join(map(re.escape, own)) or r"(?!)")


def _inside_longer(option: str, part: str, match: re.Match[str], options: list[str]) -> bool:
    """满意 inside 不满意 is the other option."""
    for other in options:
        if other != option and option in other:
            for longer in re.finditer(re.escape(other), part):
                if longer.start() <= match.start() and match.end() <= longer.end():
                    return True
    return False


def _one_of(chosen: list[str], said: str) -> Reading:
    """Several are named: what comes after 还是…吧, 主要, 一般都; else it is asked again."""
    for part in reversed(clauses(said)):
        if re.search(r"主要|平时|大(?:多|部分)|多(?:半|数)|基本|通常|一般|就|现在|还是(?=.*吧)|算了", part):
            here = [option for option in chosen if _mentions(option, part, chosen)]
            if len(here) == 1:
                return words(Label.VALUE, here[0], 0.72)
    certain = [option for option in chosen if _certainly(option, said, chosen)]
    return words(Label.VALUE, certain[0], 0.7) if len(certain) == 1 else UNCLEAR


def _certainly(option: str, said: str, chosen: list[str]) -> bool:
    """Whether an option is named where nobody says 有时 or 以前."""
    return any(_mentions(option, part, chosen) for part in clauses(said) if not _SOMETIMES.search(part))


def _in_range(options: list[str], said: str) -> str | None:
    """The option that is a range and holds the number that was said: 三十五 in 30-40岁."""
    if any(option in said for option in options):
        return None
    found = fits(options, said)
    return options[found.index(1.0)] if found and 1.0 in found else None


def _by_place(options: list[str], said: str) -> str | None:
    if len(said) > 14:
        return None
    if _LAST.search(said):
        return options[-1]
    for pattern, index in _ORDINALS:
        if pattern.search(said) and index < len(options):
            return options[index]
    return None


def _by_sound(options: list[str], said: str) -> str | None:
    """An option misheard as other characters of the same sound."""
    heard = "".join(lazy_pinyin(said))
    scores = sorted(
        ((fuzz.partial_ratio("".join(lazy_pinyin(option)), heard), option) for option in options), reverse=True
    )
    best, option = scores[0]
    clear = len(scores) == 1 or best - scores[1][0] >= 12
    return option if best >= _SURE_SOUND and clear and len(option) > 1 and len(said) <= 20 else None


def _other(options: list[str], said: str) -> Reading:
    """其他, where it is offered and something definite was said."""
    for option in options:
        if not re.match(r"其[他它]|都不是", option):
            continue
        if _names_none_of(options, said) or re.search(r"其[他它]|都不(?:是|对)|别的|另外的", said):
            return words(Label.VALUE, option, 0.62)
    return UNCLEAR


def _names_none_of(options: list[str], said: str) -> bool:
    """Whether something is named that people choose elsewhere, and that is not offered here."""
    return any(
        called.search(said) and not any(wanted.search(option) for option in options) for wanted, called in _ELSEWHERE
    )
