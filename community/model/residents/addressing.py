"""How a resident is addressed where others may read it: by surname, never by the full name."""

#: Surnames of two characters; a name of at least three characters that begins with one has it.
_TWO_CHARACTERS = "欧阳 司马 上官 诸葛 夏侯 皇甫 尉迟 公孙 慕容 令狐 东方 独孤 司徒 端木 长孙 宇文 司空 南宫 轩辕 钟离 闻人 东郭 西门 呼延 歐陽 諸葛 東方 獨孤 長孫 鍾離 東郭"


def surname(name: str) -> str:
    """The surname of a Chinese name (欧阳修 → 欧阳), the last word of another one; empty for no name."""
    plain = name.strip()
    if not plain:
        return ""
    if plain.isascii():
        return plain.split()[-1]
    return plain[:2] if len(plain) > 2 and f" {plain[:2]} " in f" {_TWO_CHARACTERS} " else plain[0]
