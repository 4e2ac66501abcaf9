"""How well the assistant's own training lines are told apart when they were not learnt from: `python -m benchmarks.chat_folds`.

Five folds of nlu_data/nlu; lines that were written one after the other stay together. It learns as the model does, so that more
lines or another setting can be judged without tests/evaluation.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.components.hazard_reader import HazardReader
from bot.components.intent_classifier import IntentClassifier
from bot.components.margins import Margins
from bot.components.sentence_featurizer import sounds
from bot.components.tokenizer import NOTHING, sense_of, without_particulars, words
from community.model.text import normalise

NLU = Path("nlu_data/nlu")
_FOLDS, _NEIGHBOURS, _SHOWN = 5, 10, 15
_OF_WORDS = {"token_pattern": r"\S+", "ngram_range": (1, 2)}
_OF_CHARACTERS = {"analyzer": "char", "ngram_range": (1, 3)}
_OF_SOUNDS = {"token_pattern": r"\S+", "ngram_range": (1, 3)}


@dataclass(frozen=True, slots=True)
class Line:
    """A training line, what it is an example of, and the lines it was written among."""

    text: str
    label: str
    written_with: str


def main() -> None:
    """Print the share told rightly, of intents and of hazard categories, and what is mistaken most."""
    lines = list(read())
    intents = [Line(one.text, one.label.split("/")[0], one.written_with) for one in lines]
    hazards = [Line(one.text, one.label.split("/")[1], one.written_with) for one in lines if "/" in one.label]
    settings = IntentClassifier.get_default_config()
    _judge("意图", intents, [_told(line.text) for line in intents], settings, weighed=False)
    views = [[(normalise(line.text), _OF_CHARACTERS), (sounds(normalise(line.text)), _OF_SOUNDS)] for line in hazards]
    _judge("隐患种类", hazards, views, HazardReader.get_default_config(), weighed=True)


def read() -> Iterator[Line]:
    """Every training line."""
    for path in sorted(NLU.rglob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for place, line in enumerate(str(block["examples"]).splitlines()):
                text = line.strip().removeprefix("-").strip()
                yield Line(text, block["intent"], f"{path.stem}/{block['intent']}/{place // _NEIGHBOURS}")


_View = tuple[str, dict[str, object]]


def _told(text: str) -> list[_View]:
    cut = [word for word, _ in words(sense_of(without_particulars(text)))] or [NOTHING]
    whole = "".join(cut)
    return [(" ".join(cut), _OF_WORDS), (f"^{whole}$", _OF_CHARACTERS), (sounds(whole), _OF_SOUNDS)]


def _judge(
    what: str, lines: Sequence[Line], views: Sequence[Sequence[_View]], settings: dict[str, float], *, weighed: bool
) -> None:
    groups = sorted({line.written_with for line in lines})
    random.Random(0).shuffle(groups)
    mistakes: Counter[tuple[str, str]] = Counter()
    for fold in range(_FOLDS):
        apart = set(groups[fold::_FOLDS])
        held = [place for place, line in enumerate(lines) if line.written_with in apart]
        known = [place for place, line in enumerate(lines) if line.written_with not in apart]
        learnt, asked = _features(views, known, held, weighed=weighed)
        margins = Margins.learn(
            learnt,
            [lines[place].label for place in known],
            strictness=settings["strictness"],
            sharpness=settings["sharpness"],
            seed=int(settings["random_state"]),
        )
        for place, best in zip(held, np.argmax(margins.probabilities(asked), axis=1), strict=True):
            if margins.classes[best] != lines[place].label:
                mistakes[lines[place].label, margins.classes[best]] += 1
    print(f"{what}：{1 - mistakes.total() / len(lines):.1%}（{len(lines)} 句）")
    print("  混淆：" + "，".join(f"{a}→{b} {n}" for (a, b), n in mistakes.most_common(_SHOWN)))


def _features(
    views: Sequence[Sequence[_View]], known: Sequence[int], held: Sequence[int], *, weighed: bool
) -> tuple[csr_matrix, csr_matrix]:
    learnt, asked = [], []
    for view, (_, options) in enumerate(views[0]):
        counted = TfidfVectorizer(use_idf=weighed, sublinear_tf=True, **options)
        learnt.append(counted.fit_transform([views[place][view][0] for place in known]))
        asked.append(counted.transform([views[place][view][0] for place in held]))
    return hstack(learnt).tocsr(), hstack(asked).tocsr()


if __name__ == "__main__":
    main()
