"""An answer from the policy documents, made short for the ear: one or two sentences and where they stand."""

import re

#: Characters that are listened to at most, the source not counted.
LONGEST = 90
_LINKS = re.compile(r"(?:https?://|www\.)[\w./?=&%#:~-]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MARKUP = re.compile(r"[*_`#>|]+|!?\[([^\]]*)\]\([^)]*\)")
#: （以下简称…）, （见附件）, 〔2026〕3号: for the eye.
_ASIDES = re.compile(
    r"[（(【\[][^（()）】\]]{0,40}[）)】\]]|(?:(?:根据|依据|按照|按)[一-鿿]{0,12}?|[一-鿿]{1,3}(?:发|函|字|办))?[〔［]\d{4}[〕］](?:第)?\d+号(?:文件?)?(?:的?(?:规定|要求|精神))?"
)
_NUMBERING = re.compile(
    r"(?:^|(?<=[。；;\n]))\s*(?:第[一二三四五六七八九十百]+条|[（(]?[一二三四五六七八九十]{1,3}[）)]|[一二三四五六七八九十]{1,3}、|\d{1,2}(?:[.、．]|[）)])(?!\d))\s*[：:、]?"
)
_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；\n]?")
_WRITTEN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(written), spoken)
    for written, spoken in (
        (r"(?<=\d)[,，](?=\d{3}(?!\d))", ""),
        (r"每人每月|每月每人", "每人每个月"),
        (r"(\d+(?:\.\d+)?)(万?元)\s*[/／]\s*(?:人)?[·.]?(月|年|次|天)", r"每\3\1\2"),
        (r"(\d+(?:\.\d+)?)(万?元)\s*[/／]\s*人", r"每人\1\2"),
        (r"(\d{4})[-/.]0?(\d{1,2})[-/.]0?(\d{1,2})(?!\d)", r"\1年\2月\3日"),
        (r"(?<!\d)0?(\d{1,2})[:：]00(?!\d)", r"\1点"),
        (r"(?<!\d)0?(\d{1,2})[:：]30(?!\d)", r"\1点半"),
        (r"(?<!\d)0?(\d{1,2})[:：]0?(\d{1,2})(?!\d)", r"\1点\2分"),
        (r"(\d+(?:\.\d+)?)\s*[%％]", r"百分之\1"),
        (r"(?<=[点半分元岁日月年])\s*(?:[-–—~～]|至)\s*(?=\d)", "到"),
        (r"㎡|平米", "平方米"),
    )
)
_TITLE = re.compile(
    r"关于(?:印发|公布|发布|进一步|做好|开展|调整|实施|加强|完善)*|的(?:通知|公告|通告|函)$|[（(].*?[）)]|《|》|试行|暂行"
)
_LONGEST_TITLE = 18


def for_the_ear(quote: str, title: str = "") -> str:
    """The first sentences of a quotation as they are read aloud, and the document they come from in few words.

    Args:
        quote: sentences of a passage.
        title: of its document; empty for none.
    """
    told = ""
    for match in _SENTENCE.finditer(_as_spoken(quote)):
        sentence = match[0].strip(" \n；;，,、：:。")
        if not sentence:
            continue
        if told and len(told) + len(sentence) > LONGEST:
            break
        told += _shortened(sentence) + "。"
    source = _source(title)
    return f"{told}{source}" if told else ""


def _as_spoken(text: str) -> str:
    text = _MARKUP.sub(lambda match: match[1] or "", _LINKS.sub("", text))
    text = _NUMBERING.sub("", _ASIDES.sub("", text))
    for written, spoken in _WRITTEN:
        text = written.sub(spoken, text)
    return re.sub(r"[ \t　]+", "", text)


def _shortened(sentence: str) -> str:
    """A sentence that nobody can listen to, up to the last comma that fits."""
    if len(sentence) <= LONGEST:
        return sentence
    cut = max(sentence.rfind(mark, 0, LONGEST) for mark in "，、：,")
    return sentence[: cut if cut > 0 else LONGEST]


def _source(title: str) -> str:
    name = _TITLE.sub("", title).strip("的")
    if not name:
        return ""
    return f"这是{name}里写的。" if len(name) <= _LONGEST_TITLE else "这是社区的政策文件里写的。"
