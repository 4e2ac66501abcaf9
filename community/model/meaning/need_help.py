"""What help somebody needs: medical, a visit, supplies, a repair, something else, or none."""

import re

from community.model.meaning.reading import UNCLEAR, Label, Reading, keys, words
from community.model.meaning.speech import clauses, negations, without_choosing, without_fillers

_MEDICAL = re.compile(
    r"透析|挂(?:个|一个)?号|吸氧|烂了|尿不出|(?:没|不)(?:怎么)?吃(?:下|进)|吃不下|直不起|降糖|拉不出|救心|仁丹|止(?:疼|痛)|膏药|扭了|腰扭|假牙|尿管|导尿|褥疮|化脓|长(?:了)?(?:个)?(?:疮|包|疹)|痱子|痒|恶心|虚汗|出汗|头(?:昏|沉)|白内障|助听器|听不(?:见|清)[,.]?想|(?:手|腿|身上)(?:抖|麻|肿)|下不了(?:床|楼|地)|咯血|痴呆|老毛病|胰岛素|吃不(?:进|下)|骨头|睡不踏实|复(?:查|诊)|理疗|针灸|按摩|打点滴|胃口|(?<!鼠)(?<!蟑螂)(?<!虫)药(?!鼠|蟑|老鼠)|(?:头|腿|脚|腰|背|胃|肚子|心口|胸口|牙|眼睛?|耳朵?|胸|关节|膝盖|脖子|嗓子|手|肩膀?|浑身|哪儿?都)(?:有点|老|也|都|又|里|还|发|直)?(?:不?(?:疼|痛|闷|晕|昏|麻|肿|胀|花|酸|难受|不舒服|不得劲|不利索|抽筋|看不清|听不见))|不(?:太)?舒服|难受|不得劲|发(?:烧|热|冷)|咳|喘|血压|血糖|心脏|心慌|心口|头昏|头晕|眼花|感冒|拉肚子|吐|失眠|救心丸|硝酸甘油|胰岛素|降压|眼睛|补牙|镶牙|拔牙|吃不下|没胃口|浑身没劲|睡不(?:着|好)(?!觉.{0,4}吵)|便秘|看(?:病|医生|大夫)|医院|医生|大夫|量(?:血压|体温|血糖)|打针|输液|体检|救护|瘫|褥疮|伤口|摔|骨折|病(?!毒)|挂号|复查|康复|住院|吸氧|氧气|护士|换药|中暑"
)
_VISIT = re.compile(
    r"缺(?:个)?(?:伴|人气|说话|聊天)|(?:没(?:有)?(?:个)?人|无人)(?:搭理|理睬|说|唠|作伴|知道)|闷(?:$|得慌|死|[,.])|读(?:读)?(?:报|书)|下(?:盘|棋)|心里(?:难受|苦|不好受|憋)|(?:多|常|经常)(?:来|打)(?:几|走|看|坐|陪)|(?:来|过来)(?:个)?人?(?:瞧|看)我|想你们|坐坐|伴儿|没(?:个)?伴|(?:来|上门|过来|到家|到我家|来家|来家里)(?:(?:个|一个)?人)?(?:看看|坐坐|聊聊|陪|瞧瞧|瞅瞅|看一?眼|看我|一趟|转转|唠|说说话)|陪(?:我|聊|说|伴|着|一)|说(?:说)?话|聊天|唠(?:嗑|叨)|解闷|闷得|孤(?:单|独)|冷清|没(?:个)?人(?:说话|陪|理|来|照顾|管|在)|一个人(?:在家)?(?:怕|闷|难|害怕|孤)|探望|看望|照看|照顾(?:我|一下|老)|有人来|派(?:个)?人(?:来)?(?:看|照|陪)|想(?:找)?(?:个)?人"
)
_SUPPLIES = re.compile(
    r"大?蒜|生?姜|葱|牙膏|牙刷|手电|火柴|仁丹|正气水|卫生纸|手纸|尿裤|拐棍|拐(?:$|[,.])|液化气|瓦斯|饺子|调料|醋|糖(?!尿)|茶叶|电扇|席子|凉茶|药油|创可贴|体温表|水桶|垃圾袋|(?:米|面粉|挂面|面条|油|菜|肉|鸡蛋|蛋|牛奶|奶粉|水果|馒头|盐|酱|粮|吃的|喝的|饭|干粮|泡面|矿泉水|饮用水|桶装水|纯净水|水(?!管|龙头|电|表|费|池|箱|槽)|口罩|消毒|酒精|温度计|体温计|纸(?:尿)?|尿(?:不湿|布|片)|毛巾|肥皂|洗衣|被子|棉被|毯|衣(?:服|裳)|棉袄|鞋|帽|伞|手电|蜡烛|电池|煤(?!气)|炭|罐气|煤气罐|风扇|电扇|空调被|暖(?:宝|水袋|瓶)|轮椅|拐(?:棍|杖)|助听器|眼镜|蚊香|花露水|藿香|绿豆|西瓜|冰|清凉油|凉席|老鼠药|蟑螂药|杀虫|灯泡|扇子|物资|日用品|生活用品|尿盆|电热毯)"
)
_REPAIR = re.compile(
    r"憋了|碎了?|烧了|不(?:冷|制冷|走)了|进不去|一闪一闪|闪(?:烁|个不停)|滴答|冒(?:火|烟|泡)|(?:老|总|又)跳|(?:不|没)(?:太)?(?:凉快|凉|制冷|灵光|着)|(?:水|电|气)都?停|停电|停水|停气|返潮|发霉|灌风|关不(?:紧|牢)|打不着(?:火)?|轱辘|没信号|响个不停|(?:修|坏|破|爆|老响|异响|失灵|卡住|拧不动|转不动|推不动|关不严|返味|反味|(?<![搬提拿抬走])不动了|漏|堵|断|裂|掉|塌|松|翘|脱落|生锈|跳闸|短路|罢工|不(?:亮|转|通|制冷|灵|好使|热|响|出水|走字|动了?)|打不(?:开|着)|关不(?:上|严|住)|没(?:有)?(?:水|电|气|网|信号|暖气|热水)(?:了|啦|$|[,.!])|停(?:点|了)?(?:水|电|气)|冒水|渗水|滴水|反水|返味|换(?:个)?(?:灯|锁|水管|开关|插座|龙头|玻璃|电池))"
)
_REPAIRED = re.compile(
    r"床板?|窗玻璃|玻璃|桌|椅|柜|晾衣|门铃|钥匙|停(?:了)?(?:水|电|气)|(?:水|电|气)都?停|没(?:水|电|气)(?:了|啦|$|[,.])|电了|灯|轮椅|下水|纱窗|外机|风扇|水管|管(?:道|子)|龙头|马桶|厕所|下水|水池|空调|电(?:视|路|线|表|闸|梯|冰箱|饭煲|扇|话|器|热)|冰箱|洗衣机|热水器|煤气灶|灶|燃气|炉|门|窗|锁|屋顶|房顶|墙|天花|地板|瓷砖|扶手|栏杆|暖气|插座|开关|玻璃|网络|宽带|机顶盒|手机|油烟机|楼道|屋子|房子|漏"
)
_OTHER = re.compile(
    r"遗嘱|马蜂|蜜?蜂窝|人手|擦(?:一)?擦|剪(?:个)?头|没人做饭|(?:帮我)?(?:联系|打听|问问)|念(?:念)?信|开锁|配钥匙|助浴|洗不了|洗澡|赡养|施工|抬(?:下|上)|沙发|家具|树|清(?:一清|理|运)|堆(?:的|满|着|了)|蟑螂|闹鬼|缺钱|没钱|儿媳|凉快(?:的)?地方|纳凉|打听|(?:打|通)(?:个)?电话|电话就行|狗|臭|开不起|开证明|费|钱|报销|证(?!明天)|补(?:贴|助|办)|津贴|低保|社保|医保|养老金|退休|工资|办(?:理|个|证|手续)?|手续|申请|登记|户口|抚养|离婚|官司|法律|纠纷|吵|噪|邻居|楼上|楼下|狗|猫|垃圾|停车|车(?:位|子)|充电|物业|投诉|报警|骗|推销|手机(?:不会|怎么|教)|教(?:我|一下)|微信|健康码|扫码|缴|交(?:费|钱|电|水)|充值|搬(?!走)|抬|扛|提水|接(?:送|孩子)|带孩子|找(?:人|工作|保姆|对象)|打扫|卫生|剪(?:头|发)|理发|洗(?:个)?(?:澡|衣|被)|洗不动|拿不动|搬不动|走丢|走失|做饭|送饭|取快递|快递|跑腿|寄|买(?:东西|菜)|代(?:买|办)|食堂|助餐|房子|房租|拆迁|电梯|路灯|广场舞|流浪|虫|蟑螂|老鼠|耗子|白蚁|蚊子"
)
_CLASSES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("repair", _REPAIR),
    ("medical", _MEDICAL),
    ("visit", _VISIT),
    ("supplies", _SUPPLIES),
    ("other", _OTHER),
)
_NONE = re.compile(
    r"用不(?:着|上)|^(?:冇|没)(?:了|啦|咯|有了?)?(?:$|[,.])|(?:都|全)?(?:准备|收拾|备|置办|弄|安排)(?:得)?(?:好|齐|妥)|齐得很|(?:不敢|不好意思|不想)麻烦|(?:儿子|女儿|闺女|孩子).{0,2}会?管|别操心|别做|饿不着|冻不着|热不着|不(?:热|冷)不(?:热|冷)|凉快(?:着|得很|呢)|样样(?:好|有|齐)|满满的|够(?:吃|喝|用)|我能行|没(?:病|灾)|费心|惦记|舒服着|有的是|(?:身体|家里)(?:都)?好|心静|(?:日子|生活|过得)(?:蛮|挺|很)?(?:好|不错)|多谢|感谢|够了|啥也不|什么也不|一样(?:都|也)?不(?:缺|少)|过得(?:好|去|滋润)|冰着|(?:暂时|目前|现在|倒|真|都|也|什么|一样|啥事|样样|全)?(?:都|也)?(?:没(?:有|什么|事|啥|问题|困难|需要|缺)|不(?:用|要(?!紧)|需要|缺|差|必|麻烦)|甭)|(?:挺|都|蛮|还|很|好得|一切)(?:挺)?(?:好|可以|行|不错|齐全|正常|够)|好着(?:呢|哩|嘞)|(?:够|够用|足够|齐)(?:了|的|用)|(?:样样|什么|啥|都|全)(?:都)?有|能(?:自理|自己|对付|凑合)|自己(?:能|会|行|可以|来|搞得定)|过得去|蛮好|还行|还好|不(?:麻烦|操心|惦记|担心)|谢谢|(?:儿女|子女|孩子|儿子|女儿|闺女)(?:们)?(?:都)?(?:在(?:身边|家|跟前)|孝顺|管着|照顾)|有(?:儿子|闺女|女儿|孩子|保姆|老伴)(?:呢|在|管|照顾)?"
)
_LACK = re.compile(
    r"缺|没(?:有)?(?=了|啦|咯|$|[,.!]|米|油|菜|水(?!管)|药|吃|喝)|(?:快|就|要|都)?(?:吃|用|喝|烧|打|使)(?:完|没)|快(?:没|断)|没几|薄|旧|有没有|就好了|来(?:一|两|几)?(?:个|包|板|箱|瓶|袋)|走不动去|不够|(?:吃|用|喝)(?:光|没)|断(?:顿|粮|药)|见底|空了|光了|要(?!紧|是|不)|想(?:要|买|吃|喝)|给(?:我|送|点|买|带|弄)|送|买|带|帮|拿|来(?:点|几|两|一|瓶|袋)|需要|弄|搞|借|领|发"
)
_NOISE = re.compile(r"热得|冷得|吵|闹|叫|噪|响|音响|广场舞|装修|施工")
_PROVIDED = re.compile(
    r"(?:儿子|女儿|闺女|孩子|媳妇|家里人?|老伴|社区|居委).{0,4}(?:安排|照顾|管|弄|买|准备|办|置办|送|搞)(?:得)?(?:好|妥|齐|全|着|了|过)"
)
_PLENTY = re.compile(r"满|够|有|没|停|冰|不|好")
_DEAF = re.compile(r"助听器")
_ONLY = re.compile(r"就是|只是|不过|但|除了|倒是|唯独|可是")


def read(text: str) -> Reading:
    """The kind of help asked for, or none."""
    said = without_choosing(without_fillers(text))
    if not said:
        return UNCLEAR
    parts = clauses(said)
    if _DEAF.search(said):
        return words("needs:medical", confidence=0.8)
    denied = any(_NONE.search(part) or _PROVIDED.search(part) for part in parts)
    wanted = [found for part in parts if (found := _wanted(part, after_turn=_is_turn(part)))]
    if wanted:
        return words(f"needs:{_strongest(wanted)}", confidence=0.7 if denied else 0.9)
    if denied:
        return words(Label.NONE)
    if re.match(r"^(?:有|要|需要|是)(?:的|啊|呀|得|点|一点|些|,|帮忙?|帮助)*$", said):
        return UNCLEAR
    return UNCLEAR


def read_keys(digits: str) -> Reading:
    """1: help is needed, a person finds out which; 2: none."""
    if digits == "1":
        return keys("needs:other")
    return keys(Label.NONE) if digits == "2" else UNCLEAR


def _is_turn(part: str) -> bool:
    return bool(_ONLY.match(part))


def _wanted(part: str, *, after_turn: bool) -> str | None:
    """The class that one clause asks for; None when it names nothing, or denies it."""
    for name, pattern in _CLASSES:
        for match in pattern.finditer(part):
            if _counts(name, part, match, after_turn=after_turn):
                return name
    return None


def _counts(name: str, part: str, match: re.Match[str], *, after_turn: bool) -> bool:
    before, after = part[: match.start()], part[match.end() :]
    if _beside_the_point(name, part, match):
        return False
    if name == "repair":
        broken = _REPAIRED.search(part) or match[0] in {"修", "坏", "爆", "拧不动", "转不动"}
        return (
            bool(broken)
            and not re.match(r"好(?:了|着)|过了|完了", after)
            and (negations(before) % 2 == 0 or "没" in match[0])
        )
    if name == "supplies":
        plenty = re.match(r"(?:都|也|还|倒是|是)*(?:有|够|足|不缺|多|齐|囤|备)", after) or re.search(
            r"(?:不|没)(?:缺|差|要|用)(?:什么|了)?$", before
        )
        lacking = _LACK.search(part) or after_turn or (len(part) <= 6 and not _PLENTY.search(part))
        return bool(lacking) and not plenty
    if name == "medical" and re.search(r"药", match[0]):
        plenty = re.match(r"(?:都|也|还|倒是)*(?:有|够|足|不缺|在吃|按时|吃着)", after) or re.search(
            r"(?:不|没)(?:缺|差|用)(?:什么|了)?$", before
        )
        return not plenty
    if name == "other" and re.search(r"(?:有|儿子|女儿|闺女|孩子|保姆|自己|能).{0,4}$", before) and not after_turn:
        return bool(re.search(r"能(?:给|帮|不能)|没|不给|帮|咋|怎么|吗|不$|要|想", part) or "的" in before[-2:])
    return negations(before) % 2 == 0 or "没" in match[0] or "不" in match[0]


def _beside_the_point(name: str, part: str, match: re.Match[str]) -> bool:
    """费心了 thanks, 我怕中暑 fears: neither asks."""
    if name == "repair" and re.search(r"[搬抬提拿扛背]不动", part):
        return True
    if name == "visit" and re.search(r"[狗猫鸡鸭鸟]", part):
        return True
    thanks = name == "other" and re.search(r"费心|费神|破费", part)
    noise = match[0].startswith("睡不") and _NOISE.search(part)
    return bool(
        thanks
        or (name == "medical" and noise)
        or (name == "medical" and re.search(r"怕.{0,2}$", part[: match.start()]))
    )


def _strongest(found: list[str]) -> str:
    order = ["medical", "repair", "supplies", "visit", "other"]
    return min(found, key=order.index)
