"""Where something is, read out of a sentence: 三号楼, 3#, 3栋2单元501, 5-2-601, 十四號後巷, 菜鸟驿站旁边.

The place is found by rule on the normalised text; what people are shown is the resident's own wording.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import jieba

from community.model.address import Address
from community.model.numerals import plate_number
from community.model.text import NormalisedText, align

_NUMBER = r"(?:\d{1,4}|[零〇一二三四五六七八九十百幺两]{1,5})"
#: A building's number: digits, numerals, or a letter with or without a number (A座, B3栋).
_NAME = rf"(?:[a-z]?{_NUMBER}|[a-z])"
_ROOM = r"(?:\d{3,4}[a-z]?|[一二三四五六七八九幺][零〇一二三四五六七八九幺]{2,3})"
#: A door's number: the floor and two digits.
_DOOR = r"(?:[1-9]|[1-3]\d)(?:0[1-9]|1\d|2\d)"
_BUILDING_WORD = r"(?:号楼|号院|[栋幢座棟](?:楼(?![顶道上下梯层]))?|#楼?|(?: ?hao ?lou| ?dong)(?![a-z])|号(?!线|车位|口|桩|机|柜|门))"
_UNIT_WORD = r"(?:单元|门洞|门栋|(?: ?dan ?yuan)(?![a-z]))"
_SUFFIX = (
    r"(?:[一二三四五六七八九十\d]{1,2}组)?(?:[a-z]\d?(?:口|区|门|座|馆)|[a-z]?\d?(?:出口|入口|出入口)|[东南西北]口|坡道)?(?:[那这]家[一-鿿]{0,4}?(?:店|馆|菜|摊|铺|厅|吧))?(?:的)?(?:(?:地下|负[一二三]层|[东南西北]侧|[东南西北][边面头]?|楼道|楼梯|单元门|单元|大门|后门|前门|阳台|天台|楼顶|顶楼|顶层|架空层|车棚|车库|"
    r"过道|走廊|连廊|消防通道|围墙|门禁)?"
    r"(?:门口头|大门口|门口|门前|门外|门|旁边|旁|隔壁|前面|前头|后面|后头|背后|屋后|对面|楼下|楼上|楼顶|楼道口?|楼梯口|楼梯间|电梯口|电梯间|电梯厅|"
    r"拐弯那儿|拐弯处|拐弯|拐角处?|转角|交叉口|路口|巷口|口子|附近|边上|旁边那|前边|后边|外面|里面|中间|底下|下面|上面|顶上|后巷|那边|这边|那儿|这儿|那头|那段|那块|那里|一带)?){0,3}"
)

_PLACES = (
    # 5-2-601室, 3-501, 21-2单元
    r"(?P<dash_building>[a-z]?\d{1,3})[-/](?P<dash_unit>\d{1,2})[-/](?P<dash_room>\d{3,4}[a-z]?)(?:室|号|户)?",
    r"(?P<pair_building>\d{1,3})[-/](?P<pair_room>\d{3,4}[a-z]?)(?![-/\d])(?:室|号|户)?",
    rf"(?P<half_building>\d{{1,3}})[-/](?P<half_unit>\d{{1,2}})(?={_UNIT_WORD}){_UNIT_WORD}",
    # 3栋2单元501, 三号楼, 19号102
    (
        rf"(?P<building>{_NAME})(?P<building_word>{_BUILDING_WORD})(?:,|的)?"
        rf"(?:(?P<unit>{_NUMBER}){_UNIT_WORD})?(?:的)?(?:(?P<floor>负?{_NUMBER})[楼层](?!道|梯|下|上|顶))?(?:(?P<room>{_ROOM}|{_NUMBER}(?=室))(?:室|号房?|户|房)?)?"
    ),
    # 2单元501
    rf"(?P<only_unit>{_NUMBER}){_UNIT_WORD}(?:(?P<only_unit_floor>{_NUMBER})[楼层](?!道|梯|下|上|顶))?(?:(?P<only_unit_room>{_ROOM})(?:室|号|户|房)?)?",
    # 十二楼c, 1204室
    rf"(?<!负)(?P<storey>{_NUMBER})[楼层](?P<flat>[a-h](?![a-z口区座门出入])|{_ROOM}室?)",
    # 负一层, B2, 负二楼C口
    r"(?:负[一二三四1-4][楼层]|(?<![a-z])b[1-4](?![\d栋座区单a-z#-])层?)",
    r"(?P<only_room>\d{3,4})(?:室|房间?|户)",
    # 我住401, a clause that is nothing but 1202, 三零二
    rf"(?:(?<=住)|(?<=房号))(?P<lived_room>{_DOOR})(?![\d年月日元块])",
    rf"(?:^|(?<=[,.!?; ])|(?<=[,. ]是))(?!(?:11[09]|12[02])(?!\d)|20[0-2]\d)(?P<bare_room>{_DOOR})(?:那[家户]|这边|那边)?(?=$|[,.!?; 的])",
    r"(?P<spoken_room>(?:十?[一二三四五六七八九]|幺)[零〇][一二三四五六七八九])(?![零〇一二三四五六七八九十百\d年])(?:室|号|户|房)?",
    # 7号车位前面
    rf"(?P<numbered>(?:[a-z东南西北]\d?区)?[a-z]?{_NUMBER}号(?:车位|桩|充电桩|门|口|柜|机|岗|车库|商铺|店|摊位))",
)

#: Ends of place names; what stands before is found by words.
_NAME_ENDS = (
    "小区|花园|家园|步道|邮局|粮站|供销社|小卖部|街口|路口|巷口|弄口|桥洞|新村|公寓|大厦|广场|公园|胡同|弄堂|大街|大道|马路|市场|菜场|超市|商场|小学|中学|学校|幼儿园|医院|卫生站|驿站|车站|站台|公交站|"
    "地铁站|河边|河堤|水库|祠堂|教堂|城隍庙|土地庙|食堂|银行|药店|茶馆|饭店|饭馆|餐馆|小吃店|便利店|网吧|理发店|工地|社区|派出所|居委会|"
    "后街|前街|东街|西街|南街|北街|老街|小巷|路|街|巷|里(?=[那嗰𠮶这边,0-9]|$)|苑|村|弄|湾|桥|庙|岩|坡|塘|沟|坝|庄|屯|寨|渡口|码头|后巷|川菜|火锅店|烧烤店|公厕|厕所|垃圾站|垃圾房|垃圾屋|变电站|配电房|水泵房|泵房|广场舞场|篮球场|"
    "游乐场|健身区|凉亭|亭子|花坛|喷泉|停车场|地下车库|地库|车棚|菜鸟|丰巢|快递柜|快递站|岗亭|门卫室|门岗|保安室|物业办公室|物业中心|活动中心|活动室|服务中心|宣传栏|公告栏|"
    "充电桩|变压器|加油站|修车铺|早餐店|早点铺|麻将馆|棋牌室|养老院|日间照料中心"
)
_NAMED = re.compile(rf"(?:{_NAME_ENDS})")
#: Landmarks that name a place by themselves, without anything before.
_LANDMARKS = re.compile(
    r"(?:小区)?(?:[东南西北正后侧前大](?:[一二三]?)门(?!上|把|锁|铃|牌)口?|[东南西北]大门|菜鸟驿站|菜鸟|丰巢|快递柜|快递站|驿站|中心花园|中心广场|儿童乐园|游乐场|健身区|"
    r"篮球场|凉亭|喷泉|小广场|大广场|门卫室|保安亭|岗亭|门岗|垃圾站|垃圾房|垃圾屋|活动中心|活动室|物业办公室|物业中心|居委会|车棚|地下车库|地库|停车场|幼儿园|菜市场|公厕|加油站|早餐店|配电房|泵房|游泳池|泳池|站台|公交站|桥洞|(?:小|中心|街心|口袋)公园|健身广场|沙坑|会所)"
    r"(?:出口|入口|出入口)?"
)
_VAGUE_ONLY = re.compile(
    r"^(?:(?:小区)?(?:主|小|大|马|土|门前|楼前|楼后|斜|夜|黑|村|泥|石|老|新)路|(?:排水|电缆|河|水|阴|污水|臭水|雨水|地|壕|挖|刨|排污)沟|"
    r"(?:后|土|山|护|陡|斜|边|上|下|滑|缓|高|护边)坡|.*[那这]条?[坡沟桥塘路街巷]|(?:十字|丁字|三岔|小区)?(?:路|街|巷|弄)口|(?:成|整|条|一)条?[街巷路弄]|.*弄堂|.?村路|[草心屋楼家嘴手眼店车]里|[一二三四五六]楼(?:饭馆|饭店|餐馆)|(?:线|电|水|管|网|道|半|一|这|那|走|问|带|思|出|铁|公)路|(?:小|大)?(?:饭馆|饭店|餐馆|超市|药店)|小区|社区|医院|学校|超市|公园|广场|马路|大街|大道|路|街|巷|里|村|桥|银行|饭店|市场|商场|厕所|公寓|工地|胡同|河边|食堂)$"
)
#: A place of which there is one nearby, where the message says which side of it: 学校门口, 公园西口, 市场后门.
_SIDED = re.compile(
    r"(?:学校|公园|医院|超市|银行|邮局|小卖部|粮站|火车站|宿舍楼?|菜?市场|商场|广场|工地|街市|食堂|厕所)(?:的)?"
    r"(?:[东南西北前后正侧]门口?|[东南西北]口|大?门口|旁边?|隔壁|对面|后面|后头|前面|前头|附近|边上|侧边|外头|外面)"
)
_STOP = frozenset(
    """
    在 到 从 是 我 我们 你 你们 他 他们 咱 咱们 俺 的 了 和 与 跟 那 那个 这 这个 就 就是 把 往 朝
    近 靠近 靠 位于 过 有 被 啊 呀 吧 呢 住 去 说 讲 听 听说 看 看见 给 叫 让 又 还 也 都 没 没有
    不 请 来 快 帮 找 问 一个 一条 这条 那条 整条 条 整个 个 该 每 家 家里 门口 今天 昨天 早上 晚上
    昨晚 刚才 现在 上 下 里 外 前 后 里面 外面 住在 于 对 向 沿 沿着 经过 路过 走 走到 进 出 将 要
    会 能 可以 人 有人 谁 谁家 啥 什么 哪 哪里 报告 反映 举报 您好 你好 师傅 同志 麻烦 喂 至 隔壁 对面
    旁边 附近 之前 以后 小 大 新 老 好 很 太 真 几 多 一 二 两 三 掉 堵 漏 坏 破 断 倒 水 火 灯
    车 挖 刨 扔 扔到 升级 升级成 收费 入股 蹲 全蹲 条 成 成条 整条 躺 隔 拦 拦住 挡 挡住 坐 坐在 站 站在 趴 滴 流 淌 淌到 流到 阿婆 阿公 老人 有个 个 几只 几个 好几 口 吐
    阿拉 我哋 俺们 侪 后墙 直往 往下 埋 掉到 掉进 停在 堆在 堵在 住户 打 打烂 爬 爬到 扔到 倒在 离 个人 报 报修 位置 地址 地点 补充 帮忙 帮我 唔该 咋 怎么 怎样 乱 弄 搞 每天 天天 手机 微信 网
    东西 心 哪儿 哪个 那里 这里 里头 夜 半夜 屋 屋里 房间 一栋 整栋 全 全部 都是 全是 一股
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
_NEGATED = re.compile(r"(?:不是|不在|并非|而不是|又不是)(?:说|讲)?$")
_MERGE_GAP = re.compile(r"^[\s,.的在是就]{0,2}$")
#: 2栋跟3栋中间 is one place, between two.
_BETWEEN = re.compile(r"^(?:和|跟|与|同|至|到|,)$")
_MIDDLE = re.compile(r"^(?:之间|中间|当中|交界|交叉|路口)")


@dataclass(frozen=True, slots=True)
class Places:
    """The names a community is known by.

    Attributes:
        communities: names of the 小区.
        aliases: local nicknames, each with the standard name.
    """

    communities: Sequence[str] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, longest first."""
        return tuple(sorted({*self.communities, *self.aliases}, key=lambda name: (-len(name), name)))


@dataclass(frozen=True, slots=True)
class FoundLocation:
    """A place in a text.

    Attributes:
        address: what could be read as 小区-楼栋-单元-室; may be empty where only a landmark is known.
        text: the resident's own words for it.
        start, end: where it stands in the normalised text.
    """

    address: Address
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    address: Address


def extract_location(text: str, places: Places = Places()) -> FoundLocation | None:
    """Find the place a message speaks of; None when it names none that somebody could walk to.

    Where two are named, one after 不是 is left out and the last of a correction counts; else the most exact one.
    """
    found = find_locations(text, places)
    return max(found, key=_exactness) if found else None


def find_locations(text: str, places: Places = Places()) -> list[FoundLocation]:
    """Find every place a message speaks of, in the order of the text."""
    aligned = align(text)
    pieces = [piece for piece in _pieces(aligned.text, places) if not _is_negated(aligned.text, piece.start)]
    return [_located(aligned, group) for group in _grouped(aligned.text, pieces)]


def _pieces(text: str, places: Places) -> list[_Piece]:
    pieces: list[_Piece] = []
    for name in places.names:
        known = Address(community=places.aliases.get(name, name))
        # 星河 is 星河湾, but 星河广场 is a place of its own
        other = _OTHER_PLACE if name in places.aliases else ""
        pieces += [_Piece(m.start(), m.end(), known) for m in re.finditer(re.escape(align(name).text) + other, text)]
    for pattern in _compiled():
        pieces += [_Piece(match.start(), match.end(), _address(match)) for match in pattern.finditer(text)]
    pieces += [_Piece(match.start(), match.end(), Address()) for match in _LANDMARKS.finditer(text)]
    pieces += [_Piece(match.start(), match.end(), Address()) for match in _SIDED.finditer(text)]
    pieces += _named(text)
    return _without_overlap(pieces)


@lru_cache(maxsize=1)
def _compiled() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(r"(?<![\d:-])(?<!\d\.)" + pattern) for pattern in _PLACES)


def _address(match: re.Match[str]) -> Address:
    found = {name: plate_number(value) for name, value in match.groupdict().items() if value}
    if "storey" in found:
        return Address(
            room=found["flat"].removesuffix("室") if len(found["flat"]) > 2 else found["storey"] + found["flat"]
        )
    building = (
        found.get("building") or found.get("dash_building") or found.get("pair_building") or found.get("half_building")
    )
    unit = found.get("unit") or found.get("dash_unit") or found.get("half_unit") or found.get("only_unit")
    room = (
        found.get("room")
        or found.get("dash_room")
        or found.get("pair_room")
        or found.get("only_room")
        or found.get("only_unit_room")
        or found.get("lived_room")
        or found.get("bare_room")
        or found.get("spoken_room")
    )
    return Address(building=building or "", unit=unit or "", room=room or "")


_OTHER_PLACE = r"(?!广场|大厦|小学|中学|幼儿园|超市|医院|公园|菜?市场|商场|酒店|银行|大道|路|街|桥)"
#: Characters of a lane called 某某里.
_LONGEST_LANE = 4


def _named(text: str) -> list[_Piece]:
    words = [(word, start, end) for word, start, end in jieba.tokenize(text)]
    pieces = []
    for match in _NAMED.finditer(text):
        start = _name_start(words, match)
        name = text[start : match.end()] if start is not None else ""
        if start is not None and not _VAGUE_ONLY.match(name) and (match[0] != "里" or len(name) <= _LONGEST_LANE):
            pieces.append(_Piece(start, match.end(), Address()))
    return pieces


def _name_start(words: Sequence[tuple[str, int, int]], match: re.Match[str]) -> int | None:
    """Where the name begins that ends with this match: back over whole words until a word that is no part of a name."""
    index = next((i for i, (_, start, end) in enumerate(words) if start <= match.start() < end), None)
    if index is None or words[index][2] > match.end():
        return None
    word, start, _ = words[index]
    if word in _STOP and len(match[0]) == 1:
        return None
    while index > 0 and match.end() - start < 8:
        before, before_start, _ = words[index - 1]
        if before in _STOP or not re.fullmatch(r"[\u4e00-\u9fff]{1,4}", before):
            break
        index, start = index - 1, before_start
    return start if match.end() - start >= len(match[0]) + (1 if len(match[0]) == 1 else 0) else None


def _without_overlap(pieces: Sequence[_Piece]) -> list[_Piece]:
    kept: list[_Piece] = []
    for piece in sorted(pieces, key=lambda p: (_weight(p), -p.start), reverse=True):
        if all(piece.end <= other.start or piece.start >= other.end for other in kept):
            kept.append(piece)
    return sorted(kept, key=lambda p: p.start)


def _weight(piece: _Piece) -> tuple[int, int]:
    address = piece.address
    return (sum(map(bool, (address.community, address.building, address.unit, address.room))), piece.end - piece.start)


def _is_negated(text: str, start: int) -> bool:
    return bool(_NEGATED.search(text[:start]))


def _grouped(text: str, pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    groups: list[list[_Piece]] = []
    for piece in pieces:
        gap = text[groups[-1][-1].end : piece.start] if groups else ""
        if groups and (
            (_MERGE_GAP.match(gap) and _fits(groups[-1], piece))
            or (_BETWEEN.match(gap) and _MIDDLE.match(text[piece.end :]))
        ):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _fits(group: Sequence[_Piece], piece: _Piece) -> bool:
    """Whether a piece goes on where the group stopped: no part of the address is said twice."""
    for part in ("community", "building", "unit", "room"):
        if getattr(piece.address, part) and any(getattr(other.address, part) for other in group):
            return False
    return True


def _located(aligned: NormalisedText, group: Sequence[_Piece]) -> FoundLocation:
    merged = {
        part: next((getattr(piece.address, part) for piece in group if getattr(piece.address, part)), "")
        for part in ("community", "building", "unit", "room")
    }
    start, end = group[0].start, group[-1].end
    suffix = re.compile(_SUFFIX).match(aligned.text, end)
    if suffix:
        end = suffix.end()
    return FoundLocation(Address(**merged), aligned.source(start, end).strip(" ,，。的"), start, end)


def _exactness(found: FoundLocation) -> tuple[int, int]:
    address = found.address
    parts = sum(map(bool, (address.community, address.building, address.unit, address.room)))
    return (parts, found.end - found.start)
