"""What a scene of danger is: words that mean danger together, each in reach of the first.

Where `emergency_words` knows phrases, a scene knows what belongs together: a body part and what is wrong with it, a place and
that nobody gets out, a smell and gas. A word of each of its lists must stand within `reach` characters of a word of the first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: Lists that several scenes use; `<name>` in a scene stands for one of them.
_LISTS: dict[str, str] = {
    "person": (
        r"人|我|他|她|俺|娃|孩|宝|婴|崽|仔|囡|儿子|女儿|闺女|孙|老[头太伴李王张刘公婆爹妈]|奶|爷|婆|公公|外公|阿公|妈|爸|爹|娘|媳妇|邻居|工人|师傅|保安|学生|骑手|大姐|大哥|大叔|姑娘"
        r"|阿姨|叔|伯|姐|哥|弟|妹|姥|嬷|司机|同事|小伙|卖菜的|骑车的|路人|乘客|老师|同学"
    ),
    "limb": r"手指?|手臂|胳膊|膀子|腿|脚|脚脖子|手腕|脚踝|膝盖|半边|半身|左边|右边|一边|身子",
    "body": (
        r"手|胳膊|臂|腿|脚|头|脸|眼|嘴|脖子|喉|胸|肚子|背|腰|腹|身上|全身|浑身|一身|屁股|耳朵|额头|后脑|太阳穴|大腿|皮|骨头"
    ),
    "stuck": (
        r"出不来|出不去|出唔|出不得|拿不出|拔不出|取不下|取不出|拉不出|扯不出|抽不出|动不了|动不得|不敢动|下不来|下不去|上不来|打不开|开不开|开不了|推不开|走不脱|走不了|没人应|没人理|没得人理|冇人|爬不|脱不了身|弄不出|弄不开"
    ),
    "blaze": r"烧起|烧着|烧了|烧到|烧得|烧穿|烧过来|烧上|在烧|燃起|燃了|燃着|着起来|着了|点着了|点燃了|点了|引着|引燃|烧掉",
    "uncontrolled": r"压不住|扑不灭|泼不灭|灭不[了掉]|浇不灭|盖不住|按不住|控制不住|越来越大|窜|蹿|呼呼|舔|卷|吐|轰|止不住",
    "burnable": (
        r"窗帘|被子|沙发|厨房|屋|房|楼|车|电瓶|电池|电箱|电表|阳台|棚|垃圾|柴|草|树|仓库|店|电线|插座|插排|插线板|空调|油烟机|热水器|床|衣服|蚊帐|纸箱|纸壳|灶台|电视|冰箱|洗衣机|充电|油锅|桌|轮胎|工地|保温板|泡沫|杂物|木头|板房|山坡|蜡烛|锅里的油"
    ),
    "dull": r"叫|喊|推|摇|拍|唤|掐|晃",
    "chemical": (
        r"药水|农药|洁厕|消毒液|84(?!岁|号|栋|平|路|块|元|斤|年|幢|\d)|漂白|清洁剂|除草|杀虫|除锈|酒精|汽油|柴油|硫酸|盐酸|烧碱|火碱|片碱|酸|石灰|干燥剂|洗衣液|洗洁精|油漆|稀料|天那水|甲醇|防冻液|老鼠药|耗子药|灭鼠|驱蚊|风油精|樟脑|水银|管道疏通|去污|双氧水|胶水"
    ),
    "weapon": r"酒瓶|啤酒瓶|刀|棍|凳|砖头|斧|锤|扳手|铁管|钢管|皮带|扁担|锄头|板凳|剪刀|甩棍",
    "lift": r"电梯|电提|货梯|客梯|升降梯|轿厢|升降机|直梯",
    "water": r"河|江|湖|塘|水库|海|水渠|水沟|池|井|涵洞|隧道|地库|地下室|水里|冰面|冰窟|冰上|冰裂|护城河|滩|码头|洪水|大水",
    "gas": r"煤气|燃气|天然气|液化气|瓦斯|气罐|煤气罐|黄管|胶管|软管|灶|阀|罐子|钢瓶|气管|管道气|臭鸡蛋|臭蛋",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """What belongs together to be danger.

    Attributes:
        kind: what sort of emergency.
        parts: regular expressions, of each of which a match must stand near one of the first.
        reach: how many characters may lie between.
    """

    kind: str
    parts: tuple[re.Pattern[str], ...]
    reach: int

    def places(self, plain: str) -> Iterator[tuple[int, int]]:
        """Yield where the scene stands: from its first character to behind its last one."""
        for anchor in self.parts[0].finditer(plain):
            start, end = anchor.span()
            for part in self.parts[1:]:
                near = self._near(part, plain, anchor)
                if near is None:
                    break
                start, end = min(start, near.start()), max(end, near.end())
            else:
                yield start, end

    def _near(self, part: re.Pattern[str], plain: str, anchor: re.Match[str]) -> re.Match[str] | None:
        after = part.search(plain, anchor.end(), min(len(plain), anchor.end() + self.reach))
        return after or part.search(plain, max(0, anchor.start() - self.reach), anchor.start())


def scene(kind: str, reach: int, *parts: str) -> Scene:
    """A scene of parts in which `<name>` stands for a list that several use."""
    return Scene(kind, tuple(re.compile(_filled(part)) for part in parts), reach)


def _filled(part: str) -> str:
    return re.sub(r"<(\w+)>", lambda match: f"(?:{_LISTS[match[1]]})", part)
