"""What may be said to any question, whatever it asks: help!, who?, pardon?, not now, leave me alone, give me a person."""

import re

from community.model.meaning.reading import Label
from community.model.meaning.speech import negations, without_fillers
from community.model.questionnaires.questionnaire import QuestionKind

_DISTRESS = re.compile(
    r"救命|救救?我|救人|喘[.…]*喘?不[上过]|喘不[上过]来?气|上不来气|出不来气|透不过气|呼吸困难|憋[得死]?(?:慌|难受)|憋死"
    r"|(?:胸口?|心口|心脏|前胸).{0,4}(?:疼|痛|绞|压得|发紧|难受)|心绞痛|心梗|脑梗|中风|半边(?:身子|身体|手脚)|嘴(?:都)?歪|话都?说不"
    r"|晕倒|昏(?:倒|过去|迷)|晕过去|快(?:要)?晕|站不住了|不省人事|没(?:了)?(?:知觉|意识|气了)|叫不(?:醒|应)"
    r"|(?:摔|跌|滑|掼)(?:倒|了|一?跤|在|下来)?.{0,10}(?:起不来|动不了|爬不起|站不起|不能动|不得动|断了)|爬不起来|倒在(?:地|卫生间|厕所|厨房)"
    r"|动不了了|(?:我|快|怕是)(?:快|要)?不行了|我?要死(?:了|咯|啦)(?!人)|快死了|不想活|活不下去|活够了|活着(?:也|都|还|真|就|实在)*(?:没|有什么)(?:有|什么|多大|多少)*意思|寻(?:死|短见)|自杀|跳楼|喝农药|想死"
    r"|吐血|咳血|便血|(?:血|流血).{0,4}(?:止不住|不止|好多|一地)|噎(?:着|住)|卡(?:着|住)(?:嗓子|喉咙|了)|(?:吃|喝)(?:错|多)了?药|药吃错|中毒|触电|电着"
    r"|着(?:起)?火了|起火|冒烟|煤气.{0,3}(?:漏|味)|天然气.{0,3}漏|漏(?:煤)?气|(?:有人|有贼).{0,3}(?:砸|撬|踹|闯|翻窗)|抢(?:劫|钱)|(?<!给谁)(?<!谁)(?<!再)(?<!拨)打我(?!不|家|的?(?:电话|手机|号|座机|固话)|这)|要杀|别打了.{0,2}疼"
    r"|被(?:困|锁|关)在|中暑|抽(?:筋|搐).{0,3}(?:倒|过去)|快来人|来人[啊呀哪]|快来(?:救|帮)|(?:快|帮我|给我|赶紧|请)(?:叫|打|喊)(?:个|一下)?(?:救护车|120|急救)|(?:眼前|眼睛)(?:一)?(?:发)?黑.{0,6}(?:倒|站不|晕|栽)|要倒了|喘得(?:不行|厉害|要命|没法)|(?:胸口?|心口).{0,4}(?:闷得|像压|压着|堵得)|疼得(?:受不了|打滚|要命)|痛得(?:受不了|打滚|要命)"
)
#: 打死也不走, 嗓子冒烟, 热死了: nobody is in danger.
FIGURES_OF_SPEECH = re.compile(
    r"打死.{0,2}(?:也|都)|(?<!快)(?<!要)(?:热|烦|气|吓|急|累|痒|臭|吵|想|冻|笑)死|(?:干得|嗓子(?:都)?(?:干得)?|喉咙)冒烟|(?:锅里|灶上|炉子上)(?:还|正)?[一-鿿]{0,2}(?:烧|煮|炖|炒|熬)着"
)
#: Somebody at the door or behind them, and the fear of them: neither alone is an emergency.
_INTRUDES = re.compile(
    r"(?:敲|拍|捶|擂|撞|砸|踢|拧|扒)(?:着|了)?(?:我们?|俺)?(?:家|屋)?(?:的)?(?:大|房|防盗)?门"
    r"|(?:门口|门外|窗外|窗口|楼道|外面|外头|屋外)[^,.!?没多]{0,3}(?:有|个|站|是)[^,.!?没多]{0,5}(?:人|男|女的|家伙|汉)|(?:人|男的|女的|家伙|汉)[^,.!?]{0,8}(?:门口|门外|窗外|不(?:肯)?走)"
    r"|(?:跟|尾随|盯)(?:着|踪)(?:我|俺)|(?:人|男的|家伙|汉)[^,.!?]{0,4}(?:赖|堵|守)(?:着|在)"
)
_AFRAID = re.compile(
    r"(?:害怕|好怕|怕(?:死|极)|怕得|吓(?:人|死|坏|得|着))|(?<![都也从])(?:不|没)敢(?:开门?|出声|吭声|出去|出门|动|睡|说话)|(?:我|俺)(?:有点|真|很|好)?怕(?=[,.!啊呀]|$)"
)
#: What happens now and then, or only in thought; or those who are afraid of nobody.
_NOT_AFRAID_NOW = re.compile(
    r"昨|前[天年]|去年|上(?:个?月|周|礼拜|回|次)|以前|从前|那(?:年|时|回|次)|电视|新闻|演习|听说|要是|如果|万一|走(?:了|掉)|从来|平时|经常|常常|一般|有时|每次|每回|总是|一向|(?:不|没|别)(?:有|用|要|太|怎么)?(?:害怕|吓)|怕什么|狗|猫|打雷|老鼠|蛇"
)
_CRY = re.compile(r"呜呜|\(哭\)|哭着|哭声")
_NOT_NOW = re.compile(
    r"昨[天日儿晚]|前[天日儿年]|去年|上(?:个?月|周|礼拜|回|次)|以前|从前|年轻|那(?:年|时|回|次)|电视|新闻|演习|听说|好了|治好|没事(?:了)?|不碍事|过去了|要是|如果|万一|怕(?!是)|差点"
)

_WRONG_NUMBER = re.compile(
    r"打错|拨错|(?:你|您)(?:这)?(?:是)?打(?:到|进)(?:了)?(?:小卖部|店|饭店|厂|公司|学校|医院|超市|理发)|(?:公司|单位|饭店|酒店|诊所|学校|药店)(?:的)?(?:电话|座机|固话)|(?:号|号码|电话|卡)(?:是)?(?:我)?(?:新|刚|才)(?:办|买|换|装)|(?:号|号码|电话|卡)(?:就)?(?:给|归)(?:了)?我(?:用|使)|新办的(?:号|卡)|(?:我(?:家)?|这(?:里|儿|家)|家里)(?:没有|没)(?:这|你说的|叫).{0,4}(?:人|的)|(?:我家|家里|这里|我们?这)没(?:有)?老(?:人|头|太)|刚搬来.{0,6}(?:找|问|不)|新(?:来|搬来)?(?:的)?租|(?:我是|这是)(?:物业|前台|保安|中介|店|公司)|我是(?:来)?(?:串门|做客|修|送)|找错|搞错人|弄错(?:人|了)|不认(?:识|得)(?:这|他|她|你(?:找|说)|什么)|没(?:有)?(?:这|你说的|你找的)个?人|查无此人|你(?:要)?(?:找|搵)(?:谁|哪个|哪位|边个)|号码?(?:换|转)(?:人|主)"
    r"|(?:这|号码?).{0,4}(?:不是他|不是她|换主|刚(?:办|买|换))|我(?:不姓|不叫|不是)(?:姓)?(?:[一-鿿]{1,3}(?:奶奶|大爷|阿姨|叔|老师|先生|女士|婆婆|爷爷)|[一-鿿]{2,3}[,.!]?$|他|她|你(?:要|们)?找|本人|机主)|不是(?:他|她)本人|不是本人"
    r"|我(?:都)?不住(?:这|那|你们)(?:儿|里|边|个)?(?:小区|社区)?|不是你们(?:小区|社区)|早(?:就)?搬走|人(?:家)?(?:早)?(?:就)?搬(?:走|家)|(?:外地|公司|饭店|快递|店里?)(?:的|人).{0,4}(?:不是|打错)"
)
_WRONG_PERSON = re.compile(
    r"我(?:只)?是(?:来)?(?:帮|替|代)(?:他|她|我妈|我爸|人|老人|奶奶|爷爷)(?:接|看|拿)|(?:这家|他们?家?|房主|户主|主家|她们?家?)(?:的)?人?(?:都)?(?:出国|出门|不在|搬走|出去)|(?:他|她)(?:刚|已经|前几天)?(?:住院|走亲戚|开刀|上班|上街|出差|串门)(?:去|了)|我是(?:他|她|你(?:找|说)的?人?|老人|老太太|老爷子|房东|租)?.{0,4}(?:邻居|儿子|闺女|女儿|囡|媳妇|女婿|孙子|孙女|外孙|侄|外甥|护工|保姆|阿姨帮|同事|室友|房客|租客|租户|房东|弟|妹|姐|哥|嫂|朋友|快递|老伴|亲戚|家属|店里)"
    r"|(?:他|她|我妈妈?|我爸爸?|我爷爷|我奶奶|我姥姥|我姥爷|我外婆|我外公|我公公|我婆婆|老爷子|老太太|老人家?|我妈|我爸|娘|爹|奶奶|爷爷|外婆|姥姥|姥爷|外公|我老伴|本人|机主|户主)(?:人|她|他|这会儿?|现在|今天|刚刚?|都|已经)*(?:不在|出去|出门|出远门|去(?:公园|买菜|医院|外地|旅游)|睡(?:了|着|觉|下)|住院|下楼|买菜|打牌|跳舞|遛弯|回老家|过世|去世|走了|没了|不识|不会接|不能接)"
    r"|(?:他|她|人家|老人)(?:的)?(?:手机|电话).{0,6}(?:落|丢|忘|放|在我)|(?:手机|电话)(?:是)?我?(?:捡|拣|借)|替(?:他|她|我(?:妈|爸))接"
)
_AWAY = re.compile(
    r"(?:人|他|她|现在|这会儿?|喂|哦|嗯|,)*(?:(?:不|没)在(?:家|屋)?(?:里)?|(?:出去|出门|上班|上街)(?:去)?了)(?:的|啊|呀|哦|呢|了|哩)?[,.!]*"
)
_REFUSE = re.compile(
    r"不(?:想|愿意?|要|肯|高兴|便|方便)(?:跟你们?|和你们?|给你们?|再)?(?:说|讲|答|回答|告诉|透露|聊|谈|配合|接受)|凭什么|不告诉(?:你|他|别人)|保密|(?:私事|私人|隐私|个人信息)|关你.{0,4}事|不关你|少管|你们?管(?:得着|不着|那么多|这么多|什么)|要你们?管"
    r"|你们?(?:这)?(?:肯定|就|都|准|怕|不)*是.{0,2}(?:骗|诈骗)|诈骗电话|骗子电话|骚扰电话|骗谁|我(?:要|就)?(?:报警|投诉|举报)|(?<!麻)(?<!都)(?:真)?烦(?:不烦|死了|人)|少来(?:这|这套)?|有完没完|没完没了|不欢迎|查户口|骗子(?:帮|来|电话)|(?:你们|你|又)(?:是)?(?:骗子|诈骗)|(?:不|没法|无法)评(?:价|论)|不(?:想|愿|肯|会)?(?:再)?回答|不(?:想|愿)(?:回?答|说|聊|理)|不接(?:这种|这个|你们)|骗子(?:吧|[?]|$)|(?:还|就)是骗子|打听(?:这么|那么)|跟你(?:们)?(?:说不着|没关系|有(?:什么|啥)关系|什么关系)|不跟(?:外人|陌生|生人|不认识)|不(?:说|讲)(?:了)?[,.]?(?:说了|讲了)?得罪|打探|窥探|别来(?:烦|这套|这一套)|套(?:我)?(?:的)?话|别(?:再)?(?:烦|骚扰|问)|不(?:要)?(?:再)?(?:骚扰|问了|要问)|问(?:这|那)么多|问东问西|打听(?:这|那|什么|人家)"
    r"|(?:别|不要|莫|不许|少)(?:再|老|总)*(?:给我|给俺|往我这|跟我|来)?(?:打(?:电话|了|来|过来|给我|咯|啦|搅|扰)|来(?:电话|打))|别打(?!针|疫|预防)(?:了|来)|以后(?:都)?(?:别|不要|不用)|拉黑|没兴趣|不感兴趣|不参(?:加|与)(?:你们|什么)?(?:调查|问卷|这)|不接受(?:采访|调查|访问|回访)|没(?:功夫|工夫|空)(?:跟|陪|理|搭理)|懒得(?:理|说|跟|答)|无可奉告|拒绝|不(?:理|搭理)你|滚|挂了[啊,.!]*(?:别|不)|(?:说的|讲的|[,.])(?:我)?挂(?:了|断)(?:啊|吧|了)?$|神经病|吃饱了撑"
)
_OPT_OUT = re.compile(
    r"(?<!说)(?:别|不要|不用|莫|不许|不准|少)(?:再|老是?|总是?|一直|天天)?(?:给我|给俺|往我这|跟我)?(?:打(?!针|疫|扫|预|个|听|电话给)|来电|骚扰|联系)(?:电话|了|来|过来|给我|我|咯|啦)*|以后(?:都)?(?:别|不要|不用)(?:再)?(?:打|来|联系|给我|找)|拉黑|退订|再打.{0,6}(?:报警|投诉|举报|骂)"
    r"|(?:不要|别|停止|不许|不准|莫)(?:再|老|一直|总|总是|天天|继续)*(?:给我|跟我)?(?:拨打|来电|致电|(?:打(?:我|俺)的?(?:这个)?(?:电话|手机|号码?|座机|固话))|打电话给(?:我|俺)(?!们?家?的?[一-鿿]))"
    r"|(?:把|将)?(?:我|俺)的?(?:电话)?(?:号码?|电话|手机号?)(?:从.{0,8})?(?:删(?:了|掉|除)|去掉|拿掉)|^请?不扰[,.!]*$|请不(?:打扰|来电|致电|拨打)|(?:电话|手机)(?:都|也|就)?(?:别|不要|不用|莫)(?:再|老)?打"
)
_HUMAN = re.compile(
    r"人工|(?:要|想|请|帮我|给我)找(?:你们|社区|居委会?|街道|村里)*(?:的)?[小老][一-鿿](?:$|[,.])|能(?:做主|拍板|管事)的|找(?:社区|居委会?|村里)?(?:的)?小[一-鿿](?:来)?(?:说|讲|谈|问)|(?:跟|找|和|同)真人|(?:叫|让|喊|请)(?:你们|你|咱们?|个|一个|社区|居委会?|村里?|街道|那个)*(?:的)?(?:人|主任|书记|领导|网格员|社工|工作人员|干部|站长|经理|医生|管事的?|负责的?|当家的?|小[一-鿿]|老[一-鿿])(?:小[一-鿿])?(?:来|给我|跟我|和我|同我|自己|亲自)+.{0,4}(?:问|说|讲|谈|约|定|联系|打|电话|聊|听|接|沟通|答)|(?:叫|让)人来(?:听|说|讲|接|问|谈|$)|换(?:个)?(?:人|真人)(?:跟|和|来|说|讲|同)|(?:找|要)你?们?(?:的)?(?:经理|站长|干部|头儿|当家)|(?:不|懒得)跟(?:录音|电脑|机器|电话)(?:说|讲|谈)|跟你(?:个|这)?(?:机器|录音|电脑)|真人|活人|(?:电话|话筒)(?:给|交给|递给)(?:你们)?(?:的)?(?:主任|书记|领导|负责|人)|(?:不|别|不想|不要|懒得|哪能)(?:跟|和|同|与)?(?:你这)?(?:个)?机器|机器(?:人)?(?:我)?(?:不|讲不|说不)|(?:跟|和|同|与|找|搵|换)(?:你们|你|个|一个|真|大)*(?:的)?(?:人|领导|主任|书记|网格员|网格|社工|工作人员|同志|客服|负责人|管事的?|经理|小\w)(?:来)?(?:说|讲|谈|聊|通话|接|倾|讲话|听)"
    r"|(?:叫|让|喊|请|麻烦|找)(?:你们|你|个|一个|真|那)*(?:的)?(?:人|领导|主任|书记|网格员|社工|工作人员|客服|负责人|管事的?|小\w)(?:来)?(?:接|听|跟我|和我|同我|给我(?:回|打|说)|打(?:个)?电话|回(?:个)?电话)"
    r"|转(?:接|给|到)?(?:人|社工|值班|主任|客服|书记|居委)|(?:我)?(?:要)?找(?:你们)?(?:主任|书记|领导|负责人|管事|客服|社工|网格员|居委会的人|小[一-鿿](?![区孩子]))"
)
_PERSON_WANTED = re.compile(r"(?:换|来|叫|找|有没有)个?(?:人|活的)(?:行不|吧|嘛|来|接)?$|^(?:找人|叫人)$")
#: The very words that the telephone offers (找工作人员请按0), and their neighbours, as the whole of what is said.
_STAFF_WANTED = re.compile(
    r"(?:我|俺)?(?:就|是)?(?:要|想|需要|得|请|麻烦)?(?:你|您)?(?:帮我|给我|替我)?(?:找|转|接|转接|转给|叫|换|联系)(?:一?下|个|一个|你们|你们的|社区的?|居委会的?)*"
    r"(?:工作人员|社工|网格员|网格长|主任|书记|领导|客服|负责人|值班的?人?|干部)(?:吧|呀|啊|呢|了|嘛|行吗|好吗|可以吗)?"
    r"|(?:请|让|叫|麻烦)(?:你们|社区)?的?(?:工作人员|社工|网格员|主任|书记|干部)(?:来)?(?:联系|找)一?下?我(?:吧|一下)?"
)
_SPEAK_AGAIN = re.compile(
    r"重来(?:一遍)?|忽(?:大|高)忽(?:小|低)|听(?:着)?费劲|普通话|(?:哪天|几口|什么时间|几点|多少|哪个|什么)[?,]什么(?:哪天|时间|几口|多少)|你?说什么(?:上门|维修|疫苗|通知|什么)|(?:几口|多少|哪个|几个|啥|哪天)什么(?:[?]|$)|听(?:着)?(?:跟|像)(?:蚊子|蚂蚁)|响(?:点|一点|些)|没听(?:着|全|准)|记不住[,.]?$|(?:太|说|讲)快(?:了|点)?|(?<![带拿备交买吃])(?:什么|啥)(?:血|通知|水|疫苗|台风|维修|东西)(?:呀|啊|来着)[?]?$|再(?:给我)?(?:说|讲|念|问|重复|来|报|读|放)(?:多)?(?:一|1)?(?:遍|次|下|回|哈|声)|再(?:说说|讲讲|念念)|再(?:说|讲|念)(?:多)?(?:一|1)?(?:遍|次|下|回)|(?:讲|说)多(?:一|1)?(?:次|遍)|重(?:新)?(?:说|讲|念|复|来|问)(?:一)?|从头(?:再|念|说|讲|来)?|(?:全|都|又)?(?:忘了|没记住).{0,3}(?:你|问|刚|再)|头里说的|前(?:面|头)(?:说|讲|问)的?(?:什么|我?(?:没|忘))"
    r"|(?:听|聽)不(?:太|大|很|怎么)?(?:清|见|到|懂|明|真|得|全)|没(?:有|太|怎么|大)?听(?:太)?(?:清|见|到|懂|明|全|真)|没(?:有)?(?:搞|弄|闹)?明白|听(?:得)?(?:不|没)(?:是)?(?:很|太)?(?:清|懂)|不(?:太|大)?(?:懂|明白)你|(?:搞|弄|闹)不(?:懂|清|明白)(?:你|什么意思|啥)|什么意思|几个意思|说(?:得|的)?太快|(?:说|讲|你)?慢(?:一)?(?:点|些|滴)(?:儿|子)?(?:说|讲|来|念|行|吧|$|[,.!])|慢慢(?:说|讲|来)[,.]?我?听|大(?:点|些|一点)?声|(?<!舞)(?<!音乐)(?<!电视)声音?(?:太)?(?:小|低|轻)|(?:高|响)(?:点|些)(?:说|讲|声)?|耳朵(?:背|聋|不(?:好|行|灵)|有点)|耳背|信号不(?:好|行)|断断续续|(?:声音|电话|信号|话筒).{0,3}(?:卡|嗡嗡|滋滋|沙沙)"
    r"|你?(?:刚才|刚刚|刚)?(?:在)?(?:说|讲|问)(?:的|得|了)?(?:是)?(?:些)?什么(?:话|呢|呀|啊|来着|东西|意思)?(?:[,.!?]|$)|讲什么话|(?:你|刚才)(?:问|说)(?:我)?(?:什么|哪样)来着|哪样[?]?$"
)
#: 我耳朵聋，敲门使点劲 tells us something; it does not ask us to speak again.
_HARD_OF_HEARING = re.compile(r"耳朵|耳背|听不(?:见|清)")
_BARE_PARDON = re.compile(
    r"^(?:[啊嗯哈诶唔欸]+[?]+|喂+|[啊哈]|什么|什么[?]+|哪个|嗯[?]|(?:喂|你好)[,.!?]*(?:喂|听(?:得|不)?(?:到|见)|说话|谁呀?|哪位|哪个)*[啊呀嘛吗]?|你?是?(?:谁|哪位|哪里|哪儿|哪个|哪个单位)(?:的)?[啊呀哪呢]?|怎么(?:回)?事|干(?:什么|嘛|吗))[?!.]*$"
)
_LATER = (
    r"(?:等(?:一)?哈儿?|待(?:会|一会|下)|等(?:会|一会|下|一下|一阵|到|我)|一会|一哈|一歇|歇会|回头|过(?:会|一会|阵|一阵|(?:些|两|几|一)(?:天|下|个))|(?:回|到)(?:了)?家|(?:早|午|中|晚)饭(?:以|之)?后|(?:吃|忙|开|看|洗|打)(?:完|好)(?:了)?(?:饭|会|病|澡|牌)?|下(?:了)?车|散会|晚(?:点|些|会|一点)|迟(?:点|些)|改(?:天|日|时间)|明(?:天|儿|日|早|朝)|后(?:天|儿)|听日|下(?:午|次|回|周|星期|礼拜)|晚上|今晚|夜里|上午|中午|早上|傍晚"
    r"|[一二两三四五六七八九十半几\d]+(?:个)?(?:多)?(?:钟头|小时|分钟|刻钟|钟)(?:以?后|之后|再|过)?|[一二两三四五六七八九十\d]+点(?:钟|半)?(?:以?后|再)?|得闲|有空|空了)"
)
_CALL_LATER = re.compile(
    rf"{_LATER}.{{0,8}}(?:再|给我|重新|你|才)?.{{0,4}}(?:打(?:来|过来|给我|电话|一?个|吧|行|好|可以|嘛|$)|再打|来电|联系|拨|再说|再讲|call|再找|再聊|再倾)|再打(?:来|给我|吧|过来|一)"
)
#: Not able to talk at this moment; 我 alone may also speak of tomorrow.
_CANNOT_TALK = re.compile(
    r"(?:现在|这会儿?|此刻|眼下|正好|正|我)(?:很|有点|实在|在|是|没|不)*(?:没(?:有)?(?:空|时间|工夫|功夫)|不得闲|不得空|不方便(?:接|讲|说|听|通)|忙(?:着|得)?)(?:接|讲|说|听|呢|着|哦|得很|$|[,.!])|不方便(?:接|听)?电话"
)
_NOT_ABLE_NOW = re.compile(r"(?:现在|这会儿?|此刻|眼下|正好?)(?:很|实在)?不方便(?:说|讲|接|听|通)")
_ABOUT_CALLING = re.compile(r"再打|打(?:来|过来|给我|电话)|联系|拨|来电|电话")
_BUSY_WITH = re.compile(
    r"(?:开(?:着)?车|开会|吃(?:着)?饭|做(?:着)?饭|炒(?:着)?菜|烧菜|洗澡|看病|输液|打(?:吊)?针|挂水|吊水|理发|上课|上厕所|打牌|打麻将|搓麻将|坐车|公交车|地铁|接孩子|接孙子|排队|买菜|(?<!们)在外[头面](?!过)|在路上|躺下|睡(?:觉|下|着)|午睡|刚睡|跳舞|下棋|做核磁|透析|骑车|在忙|忙着)(?:呢|着|了|哩|嘞|咧|哦|噻)?"
)
_NOT_FREE = re.compile(
    r"^(?:我)?(?:现在|这会儿?|正|在)?(?:在)?(?:很)?(?:忙(?:着|得很)?|没(?:有)?(?:空|时间|工夫|功夫)|不得空|不得闲)(?:呢|着|啊|哦|的)?$"
)
_WAIT = re.compile(
    r"(?:等|稍)(?:一?(?:下|会儿?|等|哈儿?|歇|阵)|我(?:一?(?:下|会儿?|哈))|等|下)|(?:你)?(?:别|莫|先别)(?:急|慌|挂|忙)|不要挂|等(?:我|俺)(?![^,.]{0,8}(?:再|以后|之后|打|说|孙|孩子|娃))[^,.]{1,8}$|换(?:只|个|一只|一边)耳朵|莫(?:慌|挂)|慢着|先别"
)
_MACHINE = re.compile(
    r"(?:请|可以).{0,6}留言|语音信箱|语音留言|留言信箱|(?:听到|在).{0,4}(?:嘀|滴|哔|嘟)(?:的一)?声|(?:您|你)(?:所)?(?:拨打|呼叫|拨叫)的(?:用户|电话|号码)|(?:电话|用户).{0,4}(?:暂时)?(?:无法|不能)(?:接听|接通)|智能(?:助理|秘书|助手|接听)|(?:移动|电话|来电)秘书|(?:我是|这里是)(?:机主|.{1,4}的)(?:.{0,4})(?:助理|助手|秘书)|呼叫转移|请稍后再(?:拨|试)|sorry.{0,30}dialed|please leave"
)
_FETCH = re.compile(
    r"我?(?:去|找|拿|戴|关|看(?!到|见|过|了))(?:一?下|找|拿|副|个)?.{0,4}(?:眼镜|笔|纸|药|血压计|体温(?:计|表)|助听器|火|电视|水|门|本子|盒子|说明书)"
)
#: Of the person we ask for; 老伴走了，就我一个 is an answer about somebody else.
_DIED = re.compile(
    r"(?:(?<!老)(?:他|她)|^人|[,.]人|机主|本人|老人家?|老爷子|老太太|[我他她](?:妈妈?|爸爸?|爷爷|奶奶|外公|外婆|姥姥|姥爷|公公|婆婆))"
    r"(?:人|他|她|都|早就?|已经|就|去年|前年|上个?月|前几天|刚)*(?:过世|去世|病故|不在人世|没了|走了.{0,3}(?:年|个月))"
)
#: The household begins with it: 人已经过世了; further on, 人 may be anybody.
_DIED_FIRST = re.compile(r"^人(?:都|早就?|已经|就|走了|[,.]|去年|前年|上个?月|前几天|刚)*(?:过世|去世|病故|不在人世)")
#: 我想去医院拿药，没人陪 is a need, not a moment away from the phone.
_ERRAND = re.compile(r"医院|药[店房]|诊所|卫生[院站所室]|没(?:有)?人|帮我|替我|陪")


def aside_label(text: str, kind: QuestionKind) -> str | None:
    """The common label of what was said, or None when it answers the question.

    Args:
        text: in the form of `speech.plain`.
        kind: of the question; 明天下午 answers a question for a date and puts off any other.
    """
    short = without_fillers(text)
    opted_out = wants_opt_out(text)
    said = (
        (Label.WRONG_PERSON, bool(_WRONG_NUMBER.search(text)) or _wrong_person(text, kind)),
        (Label.CALLBACK_LATER, bool(_NOT_ABLE_NOW.search(text)) and not opted_out),
        (Label.REFUSE, opted_out or bool(_REFUSE.search(text))),
        (Label.ASK_HUMAN, _asks_for_person(text, short, kind)),
        (Label.REPEAT_REQUEST, _pardon(text, short, kind) and not _hangs_up_for_now(text)),
        (Label.CALLBACK_LATER, _puts_off(text, short, kind)),
    )
    return next((label for label, is_so in said if is_so), None)


def _hangs_up_for_now(text: str) -> bool:
    """听不见，回家再说 puts off; 听不见，你再说 does not."""
    return bool(_CALL_LATER.search(text) and _BUSY_WITH.search(text))


def is_distress(text: str) -> bool:
    """Whether somebody needs help now; a cry for help is never read as anything else."""
    if _afraid_of_somebody(text):
        return True
    text = FIGURES_OF_SPEECH.sub("", text)
    for match in _DISTRESS.finditer(text):
        start = max(text.rfind(mark, 0, match.start()) for mark in ",.!?;") + 1
        clause = text[start : match.end() + 6]
        if negations(text[start : match.start()]) % 2 == 0 and not _NOT_NOW.search(clause):
            return True
    return bool(_CRY.search(text))


def _afraid_of_somebody(text: str) -> bool:
    """Whether somebody stands at the door, or follows them, and they are afraid: 有个男的一直敲我的门，我害怕."""
    if not (_INTRUDES.search(text) and _AFRAID.search(text)):
        return False
    return not _NOT_AFRAID_NOW.search(text)


def is_wrong_number(text: str) -> bool:
    """Whether the number belongs to somebody else, not only the phone in another hand."""
    return bool(_WRONG_NUMBER.search(text))


def is_away(text: str) -> bool:
    """Whether all that is said is that somebody is not there: 不在, 出去了. To 您在家吗 it is an answer."""
    return bool(_AWAY.fullmatch(text))


def is_bereaved(text: str) -> bool:
    """Whether the person we ask for has died, as somebody of the household tells us."""
    return bool(_DIED.search(text))


def wants_opt_out(text: str) -> bool:
    """Whether the resident wants no more calls at all."""
    return bool(_OPT_OUT.search(text))


def is_machine_greeting(text: str) -> bool:
    """Whether a voicemail, a phone's assistant or a network announcement speaks instead of a person."""
    return bool(_MACHINE.search(text))


def wants_wait(text: str) -> bool:
    """Whether we shall hold the line a moment."""
    if _CALL_LATER.search(text) and "再" in text:
        return False
    fetches = bool(_FETCH.search(text)) and not _ERRAND.search(text)
    return len(text) <= 25 and (fetches or bool(_WAIT.search(text)))


def _wrong_person(text: str, kind: QuestionKind) -> bool:
    if kind is QuestionKind.FREE_TEXT and len(text) > 30:
        return False
    return bool(_WRONG_PERSON.search(text) or _DIED_FIRST.search(text))


def _asks_for_person(text: str, short: str, kind: QuestionKind) -> bool:
    if kind is QuestionKind.FREE_TEXT and len(text) > 25:
        return False
    if kind is QuestionKind.NEED_HELP and re.search(r"说说话|说会话|聊聊?天|唠|聊聊", text):
        return False
    whole = short.strip(",.!?")
    return bool(_HUMAN.search(text) or _PERSON_WANTED.search(short) or _STAFF_WANTED.fullmatch(whole))


def _pardon(text: str, short: str, kind: QuestionKind) -> bool:
    if _BARE_PARDON.match(text) or _BARE_PARDON.match(short):
        return True
    if kind is QuestionKind.FREE_TEXT and len(text) > 25:
        return False
    if _HARD_OF_HEARING.search(text) and re.search(r"助听器|敲(?:响|重|大|门)|用力|使(?:点)?劲|喊", text):
        return False
    return bool(_SPEAK_AGAIN.search(text))


def _puts_off(text: str, short: str, kind: QuestionKind) -> bool:
    if kind in {QuestionKind.FREE_TEXT, QuestionKind.NEED_HELP} and len(text) > 30:
        return False
    if _cannot_talk(text, short, kind):
        return True
    wants_a_time = kind in {QuestionKind.DATE, QuestionKind.TIME_PERIOD}
    if _CALL_LATER.search(text):
        return not wants_a_time or bool(_ABOUT_CALLING.search(text))
    busy = _BUSY_WITH.search(text)
    if not busy or wants_a_time or (kind is QuestionKind.CHOICE and not _WAIT.search(text)):
        return False
    later = re.search(r"再|回头|等|晚点|一会" + ("" if kind is QuestionKind.YES_NO else "|明|改天|后"), text)
    return bool(later) or (
        len(short) <= 8 and bool(re.search(r"呢|着|正|在|刚", short)) and not re.search(r"不|没", short)
    )


def _cannot_talk(text: str, short: str, kind: QuestionKind) -> bool:
    """Not able to talk at this moment; to a question whether tomorrow suits, 没空 alone is an answer."""
    if re.search(r"不方便(?:接|听|讲|说)|(?:现在|这会儿?|正在?)(?:没空|忙)", text):
        return True
    if kind is QuestionKind.YES_NO:
        return bool(_NOT_FREE.match(short)) and bool(re.search(r"现在|这会|忙", short))
    return bool(_CANNOT_TALK.search(text) or _NOT_FREE.match(short))
