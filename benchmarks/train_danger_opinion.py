"""Learn the second opinion on danger: `python -m benchmarks.train_danger_opinion [--check]`.

It learns from benchmarks/danger_training and, as what is no danger, from the training lines of the assistant and of answers, never from
tests/evaluation; it writes weights.json and net.npz in community/files/dangers. The same lines give the same weights on the same
machine; the fingerprint of what was learned from is written with them. `--check` writes nothing and
prints what lines it had not learned from are taken for (five folds; lines that were written one after the other stay together).
"""

import hashlib
import json
import random
import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from pypinyin import lazy_pinyin
from scipy.sparse import diags
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks import danger_net
from community.files.danger_knowledge import NET, WEIGHTS, WORDS
from community.model.hazards.danger_net import DangerNet
from community.model.hazards.danger_opinion import START, DangerOpinion, Reading, probability
from community.model.hazards.emergency import SERVICES, detect_emergency
from community.model.text import normalise

ROOT = Path(__file__).parents[1]
HERE = Path(__file__).parent / "danger_training"
TARGET = ROOT / "community" / "files" / "dangers"
#: The assistant's lines: what is asked and said every day. A hazard is no danger where the rules see none.
EVERYDAY = ROOT / "nlu_data" / "nlu"
#: Hazards that are told of while somebody is in danger, more often than the rules see it.
OFTEN_DANGER = frozenset({"gas_leak", "landslide", "welfare_check"})
#: What was written to learn answers from.
ANSWERS = ROOT / "benchmarks" / "answer_training"
_OF_A_QUESTION = frozenset({"kind", "question", "options", "yes_means", "about_health"})
#: What makes of a danger something that is over, elsewhere, feared or asked about; and what leaves it one.
AWAY = [
    "昨天{}，已经处理好了",
    "去年{}",
    "新闻里说{}",
    "{}，后来没事了",
    "听说外地{}",
    "演习：{}",
    "梦见{}",
    "要是{}怎么办",
    "抖音上看到{}",
    "{}，哈哈骗你的",
    "以前{}过",
    "上个月{}",
    "{}，已经送医院了",
    "{}，现在没事了，谢谢大家",
    "电视剧里{}",
    "小说里写{}",
    "请问{}该怎么办，想学习一下",
    "万一{}谁负责",
    "{}能赔多少钱",
    "没有{}",
    "小时候{}",
    "游戏里{}",
    "昨晚{}，今天好了",
    "演练的时候{}",
    "怕{}",
]
HERE_AND_NOW = [
    "快来人，{}",
    "{}，怎么办",
    "{}快点",
    "{}，现在",
    "我家{}",
    "{}，快叫人",
    "喂你好{}",
    "{}，救命啊",
    "不是开玩笑，{}",
    "不是演习，{}",
    "看电视呢突然{}",
    "昨天还好好的，今天{}",
    "现在{}",
    "又{}了",
]
_REGULARISATION = 0.5
_EVERYDAY_WEIGHT, _ANSWER_WEIGHT, _VARIED_WEIGHT = 0.1, 0.1, 0.05
#: Messages in pinyin are short; one in so many of the lines up to this long is learned in pinyin too.
_LONGEST_SPELT, _SPELT_EVERY = 16, 3
#: A feature of fewer lines is not learned from.
_SEEN = 2
#: For the fingerprint, one in so many lines is read as it is when it is learned: a changed rule shows there.
_READ_AGAIN_EVERY = 12
#: So many lines on end tell of much the same and are never parted when it is checked.
_NEIGHBOURS, _FOLDS = 20, 5
#: Weights smaller than this change nothing and only take room.
_LEAST, _LEAST_OF_KIND = 0.04, 0.17


@dataclass(frozen=True)
class Line:
    """A line to learn from; `kind` is None where nobody is in danger, `written_with` names the lines it was written among."""

    text: str
    kind: str | None
    weight: float = 1.0
    written_with: str = ""


@dataclass(frozen=True)
class Rows:
    """Lines as they are learned from.

    Attributes:
        readings: what each is judged by.
        real: whether somebody is in danger.
        weight: how much each counts.
    """

    readings: list[Reading]
    real: Any
    weight: Any

    def only(self, places: list[int]) -> "Rows":
        """Some of them."""
        return Rows([self.readings[place] for place in places], self.real[places], self.weight[places])


def main() -> None:
    """Learn and write, or check."""
    if "--check" in sys.argv:
        check(vocabulary(), written())
        return
    weights, net = learned()
    text = json.dumps(weights, ensure_ascii=False, sort_keys=True, separators=(",", ":"), indent=0)
    (TARGET / WEIGHTS).write_text(text + "\n", encoding="utf-8")
    np.savez_compressed(TARGET / NET, **net)
    print(f"{len(written())} lines, {sum((TARGET / name).stat().st_size for name in (WEIGHTS, NET)) // 1024} KB")


def learned() -> tuple[dict[str, Any], dict[str, Any]]:
    """The weights and the net, as their files hold them."""
    opinion, lines = vocabulary(), written()
    told = everything()
    rows = read_rows(opinion, learned_from(told))
    weights = {
        "learned_from": fingerprint(opinion, told),
        "danger": learn_danger(rows),
        "kinds": learn_kinds(opinion, lines),
    }
    return weights, learn_net(rows)


def fingerprint(opinion: DangerOpinion, lines: list[Line]) -> str:
    """Of every line that is learned from, of what one in so many is judged by, and of the files that the learning reads."""
    digest = hashlib.sha256()
    for path in (TARGET / WORDS, Path(danger_net.__file__)):
        digest.update(path.read_bytes())
    for place, line in enumerate(lines):
        digest.update(repr((line.text, line.kind, line.weight)).encode())
        if place % _READ_AGAIN_EVERY == 0:
            digest.update(repr(_reading(opinion, line.text).heard).encode())
    return digest.hexdigest()


def everything() -> list[Line]:
    """Every line that it learns from."""
    return [*written(), *everyday(), *answered()]


def written() -> list[Line]:
    """Every line that was written for learning; a heading that names no kind of emergency says why nobody is in danger."""
    return [line for path in sorted(HERE.glob("*.yml")) for line in read(path)]


def vocabulary() -> DangerOpinion:
    """What messages are read with, before anything was learned."""
    words = yaml.safe_load((TARGET / WORDS).read_text(encoding="utf-8"))
    empty = {"danger": {START: 0.0}, "kinds": {START: {}}}
    return DangerOpinion.from_documents(words, empty, DangerNet.silent())


def read(path: Path) -> Iterator[Line]:
    """The lines of one file."""
    for heading, texts in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        kind = heading if heading in SERVICES else None
        for place, text in enumerate(texts):
            yield Line(str(text), kind, written_with=f"{path.stem}/{heading}/{place // _NEIGHBOURS}")


def everyday() -> Iterator[Line]:
    """What residents write to the assistant when nothing happens."""
    for path in sorted(path for path in EVERYDAY.rglob("*.yml") if path.stem not in OFTEN_DANGER):
        for intent in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            hazard = str(intent["intent"]).startswith("report_hazard")
            for line in str(intent.get("examples", "")).splitlines():
                text = re.sub(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})", r"\1", line.strip().removeprefix("-").strip())
                if text and not (hazard and detect_emergency(text) is not None):
                    yield Line(text, None, _EVERYDAY_WEIGHT)


def answered() -> Iterator[Line]:
    """What residents answer on the phone when nothing happens; a complaint that the rules take for a danger is left out."""
    for path in sorted(ANSWERS.glob("*.yml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            for label, said in group.items():
                if label not in _OF_A_QUESTION and "distress" not in str(label):
                    yield from (
                        Line(str(words), None, _ANSWER_WEIGHT) for words in said if detect_emergency(str(words)) is None
                    )


def varied(line: Line) -> Iterator[Line]:
    """A danger told of as past or elsewhere, and as here and now, by the line's own choice of frame."""
    for salt in ("a", "b"):
        frame = AWAY[zlib.crc32(f"{salt}{line.text}".encode()) % len(AWAY)]
        yield Line(frame.format(line.text), None, _VARIED_WEIGHT)
    frame = HERE_AND_NOW[zlib.crc32(f"c{line.text}".encode()) % len(HERE_AND_NOW)]
    yield Line(frame.format(line.text), line.kind, _VARIED_WEIGHT)


def spelt(line: Line) -> Iterator[Line]:
    """The line as who types no characters writes it, with blanks between the syllables or without."""
    lot = zlib.crc32(f"p{line.text}".encode())
    if len(line.text) <= _LONGEST_SPELT and lot % _SPELT_EVERY == 0:
        syllables = lazy_pinyin(normalise(line.text))
        yield Line((" " if lot % 2 else "").join(syllables), line.kind, _VARIED_WEIGHT)


def learned_from(told: Iterable[Line]) -> list[Line]:
    """What was told, and the same said otherwise."""
    told = list(told)
    lines = [*told, *(other for line in told if line.kind for other in varied(line))]
    return [*lines, *(other for line in told for other in spelt(line))]


def read_rows(opinion: DangerOpinion, lines: list[Line]) -> Rows:
    """Lines as they are learned from."""
    real, weight = np.array([line.kind is not None for line in lines]), np.array([line.weight for line in lines])
    return Rows([_reading(opinion, line.text) for line in lines], real, weight)


def learn_net(rows: Rows) -> dict[str, Any]:
    """The net beside the linear model."""
    return danger_net.learn_net(danger_net.Told([reading.heard for reading in rows.readings], rows.real, rows.weight))


def learn_danger(rows: Rows) -> dict[str, float]:
    """Feature → weight."""
    real, weight = rows.real, rows.weight
    vectoriser = DictVectorizer()
    matrix = vectoriser.fit_transform(dict.fromkeys(reading.counted, 1) for reading in rows.readings)
    telling = _telling(matrix, real, weight)
    model = LogisticRegression(C=_REGULARISATION, solver="liblinear", random_state=0)
    model.fit(matrix @ diags(telling), real, sample_weight=weight)
    weights = {
        str(name): round(float(weight), 2)
        for name, weight in zip(vectoriser.get_feature_names_out(), model.coef_[0] * telling, strict=True)
        if abs(weight) >= _LEAST
    }
    return {START: round(float(model.intercept_[0]), 3)} | weights


def _telling(matrix: Any, real: Any, weight: Any) -> Any:
    """How much more often each feature stands in dangers than elsewhere, or less: those that tell the two apart are trusted sooner."""
    in_danger = matrix[real].T @ weight[real] + 1
    elsewhere = matrix[~real].T @ weight[~real] + 1
    ratio = np.log(in_danger / in_danger.sum()) - np.log(elsewhere / elsewhere.sum())
    often = np.asarray((matrix > 0).sum(axis=0)).ravel() >= _SEEN
    return np.where(often, np.sqrt(np.abs(ratio)), 0.0)


def learn_kinds(opinion: DangerOpinion, lines: Iterable[Line]) -> dict[str, dict[str, float]]:
    """Feature → kind → weight, from emergencies alone."""
    real = [line for line in lines if line.kind]
    vectoriser = DictVectorizer()
    matrix = vectoriser.fit_transform([dict.fromkeys(opinion.features(line.text), 1) for line in real])
    model = LogisticRegression(C=1.0, max_iter=300, random_state=0)
    model.fit(matrix, [line.kind for line in real])
    start = {str(kind): round(float(b), 2) for kind, b in zip(model.classes_, model.intercept_, strict=True)}
    weights: dict[str, dict[str, float]] = {START: start}
    for index, name in enumerate(vectoriser.get_feature_names_out()):
        row = {
            str(kind): round(float(model.coef_[place, index]), 1)
            for place, kind in enumerate(model.classes_)
            if abs(model.coef_[place, index]) >= _LEAST_OF_KIND
        }
        if row:
            weights[str(name)] = row
    return weights


def check(opinion: DangerOpinion, lines: list[Line]) -> None:
    """Print, for lines not learned from, how sure it is of them."""
    sections = sorted({line.written_with for line in lines})
    random.Random(0).shuffle(sections)
    more = [*everyday(), *answered()]
    linear, heard, kinds = np.zeros(len(lines)), np.zeros(len(lines)), [""] * len(lines)
    for fold in range(_FOLDS):
        apart = set(sections[fold::_FOLDS])
        held = [place for place, line in enumerate(lines) if line.written_with in apart]
        others = [line for line in lines if line.written_with not in apart]
        rows = read_rows(opinion, learned_from([*others, *more]))
        danger, net = learn_danger(rows), DangerNet.from_document(learn_net(rows))
        judge = replace(opinion, kinds=learn_kinds(opinion, others))
        for place in held:
            reading = _reading(opinion, lines[place].text)
            linear[place] = danger[START] + sum(danger.get(feature, 0.0) for feature in reading.counted)
            heard[place] = net.score(reading.heard)
            kinds[place] = judge.likely_kinds(lines[place].text)[0][0]
    _compare(lines, probability(linear, heard), kinds)


def _compare(lines: list[Line], sure: Any, kinds: list[str]) -> None:
    real = np.array([line.kind is not None for line in lines])
    for least in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        print(f"≥ {least}: {np.mean(sure[real] >= least):.1%} 认出，{np.mean(sure[~real] >= least):.1%} 误报")
    right = [kind == line.kind for kind, line in zip(kinds, lines, strict=True) if line.kind]
    print(f"种类：{np.mean(right):.1%}")
    _show(lines, sure, real=real)


def _show(lines: list[Line], sure: Any, *, real: Any) -> None:
    for place in sorted(np.flatnonzero(~real), key=lambda at: -sure[at])[:40]:
        print(f"    误报 {sure[place]:.2f} {lines[place].text}")
    for place in sorted(np.flatnonzero(real), key=lambda at: sure[at])[:40]:
        print(f"    漏报 {sure[place]:.2f} {lines[place].text}")


def _reading(opinion: DangerOpinion, text: str) -> Reading:
    found = detect_emergency(text)
    reading = opinion.read(text, found.kind if found else None)
    # Each feature is kept once, not once a line.
    return replace(reading, heard=tuple(map(sys.intern, reading.heard)))


if __name__ == "__main__":
    main()
