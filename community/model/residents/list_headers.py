"""The words that head the columns of residents' lists: everything the import understands stands in this one table."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class ListField(StrEnum):
    """What a column of a list holds."""

    NAME = "name"
    PHONE = "phone"
    COMMUNITY = "community"
    BUILDING = "building"
    UNIT = "unit"
    ROOM = "room"
    ADDRESS = "address"
    GRID = "grid"
    AGE = "age"
    BIRTH = "birth"
    IDENTITY = "identity"
    SEX = "sex"
    TAGS = "tags"
    #: A column of yes and no, named after the tag.
    FLAG = "flag"
    NOTE = "note"
    GUARDIAN = "guardian"
    GUARDIAN_PHONE = "guardian_phone"
    GUARDIAN_RELATION = "guardian_relation"
    LANGUAGE = "language"
    HOURS = "hours"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Heading:
    """What one header cell means.

    Attributes:
        field: what the column holds.
        title: the header as written, for notes and flags.
        rank: among several columns of one field, the lower is believed first.
    """

    field: ListField
    title: str
    rank: int = 0


#: Tags that communities keep; a column headed by one of them, or 是否…, is a flag.
TAG_WORDS = (
    "独居",
    "高龄",
    "失能",
    "半失能",
    "失独",
    "空巢",
    "孤寡",
    "留守",
    "残疾",
    "重残",
    "低保",
    "低收入",
    "特困",
    "五保",
    "优抚",
    "军属",
    "烈属",
    "退役军人",
    "党员",
    "慢病",
    "慢性病",
    "高血压",
    "糖尿病",
    "精神障碍",
    "失智",
    "卧床",
    "计生特扶",
    "听力障碍",
    "视力障碍",
    "孕妇",
    "儿童",
    "留守儿童",
    "困境儿童",
    "租户",
    "志愿者",
    "返乡",
    "外来",
    "流动人口",
    "重点关注",
    "临困",
    "边缘户",
    "高空抛物",
    "养犬",
    "独居老人",
    "高龄老人",
    "空巢老人",
    "孤寡老人",
    "失能老人",
)

_HELPER = "紧急联系人|紧急联络人|应急联系人|监护人|联系人|联络人|家属|子女|儿女|亲属|照料人|照护人|赡养人|代办人"
_NUMBER = "联系电话|联系手机|联系方式|电话号码|手机号码|手机号|移动电话|电话|手机|号码|tel|phone|mobile"
_PERSON = "老人|居民|本人|户主|住户|业主|人员|对象|服务对象|被访人|参保人|家长|产权人|户内成员|家庭成员|成员"

#: (field, pattern over the plain header, rank); the first that fits the whole header wins.
_PATTERNS: tuple[tuple[ListField, str, int], ...] = (
    (
        ListField.IGNORED,
        (
            r"序号|编号|no|num|id|原因|未导入原因|"
            r"(?:网格员|网格长|社工|楼长|楼栋长|填表人|登记人|责任人|包户干部|联络员|走访人|物业).*|"
            r"与户主关系|户主关系|所属社区|社区|社区名称|街道|所属街道|"
            r"民族|政治面貌|学历|职业|籍贯|登记日期|填表日期|日期"
        ),
        0,
    ),
    (ListField.GUARDIAN_PHONE, rf"(?:{_HELPER}|第[一二]联系人)的?(?:的?(?:{_NUMBER}))\d?", 0),
    (ListField.GUARDIAN_RELATION, rf"(?:(?:{_HELPER}))?(?:与|和)?(?:{_PERSON}|{_HELPER})?的?关系", 0),
    (ListField.GUARDIAN, rf"(?:{_HELPER}|第[一二]联系人)(?:姓名|名字|名称)?(?:及|和|与|/)?(?:{_NUMBER})?", 0),
    (
        ListField.IDENTITY,
        r"(?:公民|居民|本人|老人|户主)?(?:身份证件?|身份|有效证件|证件)(?:号码?|编号)?|身份证|idcard",
        0,
    ),
    (
        ListField.PHONE,
        rf"(?:{_PERSON})?的?(?:{_NUMBER})[\d一二三四]?|(?:第[一二三]|备用|其他|常用|家庭|住宅|固定|本人)(?:{_NUMBER})[\d一二三]?|固定电话|固话|座机|宅电|小灵通",
        0,
    ),
    (ListField.NAME, r"户主(?:的?(?:姓名|名字))?", 1),
    (ListField.NAME, rf"(?:{_PERSON})?的?(?:姓名|名字)|name", 0),
    (ListField.NAME, r"老人|居民|业主|住户|名单|人员|服务对象|对象", 1),
    (ListField.BIRTH, r"出生(?:日期|年月日?|时间|年份)?|生日|birthday", 0),
    (ListField.AGE, r"年龄|岁数|周岁|实足年龄|实岁|age", 0),
    (ListField.AGE, r"虚岁", 1),
    (ListField.SEX, r"性别|sex|gender", 0),
    (ListField.GRID, r"(?:所属|所在)?网格(?:名称|编号|号|区)?|grid", 0),
    (ListField.COMMUNITY, r"(?:所在|居住|所属|现住)?(?:小区|院落|楼盘)(?:名称|名)?", 0),
    (ListField.BUILDING, r"(?:所在|居住)?(?:楼栋|楼幢|楼号|栋号|幢号|楼宇|号楼|栋|幢|座|楼|楼座)(?:号|名)?", 0),
    (ListField.UNIT, r"单元(?:号)?|门洞|门栋", 0),
    (ListField.ROOM, r"室号?|房号|房间号?|房室号?|室内号|户号|房屋号|房", 0),
    (
        ListField.ADDRESS,
        r"(?:家庭|现|居住|详细|常住|联系|实际|现居|目前|住房)*(?:居住)?(?:住址|地址|住所|居住地)|门牌号?|房屋(?:地址|坐落)|住处|住哪|address",
        0,
    ),
    # 楼栋+单元+室 in one column
    (ListField.ADDRESS, r"(?:(?:小区|楼栋|楼号|号楼|栋|幢|楼|单元|房间号?|房号|门牌号?|室|号)号?[+/]?){2,}", 0),
    (ListField.ADDRESS, r"户籍(?:所在地|地址|地)|户口(?:所在地|地址)", 1),
    (
        ListField.TAGS,
        r"标签|(?:人员|人群|对象|居民|老人|关爱|困难|身份|特殊)?(?:类别|类型|分类|标签)|特殊人群|重点人群|标签/?备注|备注/?标签|人员属性|tags?",
        0,
    ),
    (
        ListField.LANGUAGE,
        r"(?:沟通|使用|常用|接听)?(?:语言|方言|语种)(?:偏好)?|language",
        0,
    ),
    (ListField.HOURS, r"(?:方便|可|合适|适宜|接听)?的?(?:接听|联系|来电|接电话|通话)?的?(?:时间段?|时段)", 0),
    (ListField.NOTE, r"备注(?:说明|信息)?|说明|注|附注|其他|其它|情况|note", 0),
    (ListField.NOTE, r"(?:身体|健康|家庭|困难|特殊|具体|生活|居住|疾病)(?:状况|情况)(?:说明)?|病史|服务需求|需求", 1),
)
_COMPILED = tuple((field, re.compile(pattern), rank) for field, pattern, rank in _PATTERNS)
_FLAG = re.compile(
    rf"(?:是否|是不是)?(?P<tag>{'|'.join(sorted(TAG_WORDS, key=len, reverse=True))})(?:人员|家庭|户)?(?:是/?否)?"
)


def read_heading(cell: str) -> Heading | None:
    """Say what a header cell means; None when it is none that the import knows."""
    title = _plain(cell, keep_brackets=True)
    for text in _forms(cell):
        for field, pattern, rank in _COMPILED:
            if pattern.fullmatch(text):
                return Heading(field, title, rank)
        if flag := _FLAG.fullmatch(text):
            return Heading(ListField.FLAG, flag["tag"])
    return None


def read_header(cells: Sequence[str]) -> list[Heading | None]:
    """Read a whole header row; a list that names nobody but its 联系人 means them by it."""
    headings = [read_heading(cell) for cell in cells]
    known = {heading.field for heading in headings if heading}
    if ListField.NAME not in known and ListField.GUARDIAN in known:
        promote = {ListField.GUARDIAN: ListField.NAME, ListField.GUARDIAN_PHONE: ListField.PHONE}
        headings = [
            Heading(promote.get(heading.field, heading.field), heading.title, heading.rank) if heading else None
            for heading in headings
        ]
    return headings


def _forms(cell: str) -> list[str]:
    bare = _plain(cell, keep_brackets=False)
    inside = _plain("".join(re.findall(r"[(（](.*?)[)）]", cell)), keep_brackets=True)
    # 电话（紧急联系人） is 紧急联系人电话.
    texts = [_plain(cell, keep_brackets=True), inside + bare, bare]
    return [text for text in texts if text]


def _plain(cell: str, *, keep_brackets: bool) -> str:
    text = unicodedata.normalize("NFKC", cell).lower()
    text = re.sub(r"[\s*:·.。、_\-]|必填|选填", "", text)
    if keep_brackets:
        return re.sub(r"[()\[\]【】]", "", text)
    return re.sub(r"\([^)]*\)?|\[[^\]]*\]|【[^】]*】", "", text)
