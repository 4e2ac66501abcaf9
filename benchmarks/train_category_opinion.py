"""Learn the category of a hazard for where Rasa is not asked: `python -m benchmarks.train_category_opinion`.

It learns from nlu_data/nlu/hazards, as the assistant does, never from tests/evaluation; it writes
community/files/hazards/categories.json. The same lines give the same weights, and the file names the lines it was learnt from.
"""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import yaml
from sklearn.feature_extraction import DictVectorizer
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from community.files.hazard_knowledge import CATEGORIES
from community.model.hazards.category_opinion import category_features

ROOT = Path(__file__).parents[1]
LINES = ROOT / "nlu_data" / "nlu" / "hazards"
TARGET = ROOT / "community" / "files" / "hazards" / CATEGORIES
_STRICTNESS, _SEED = 0.6, 42
#: A feature of fewer lines is not learned from, and a smaller weight only takes room.
_SEEN, _LEAST = 2, 0.12


def main() -> None:
    """Learn and write."""
    text = json.dumps(learned(), ensure_ascii=False, sort_keys=True, separators=(",", ":"), indent=0)
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(text + "\n", encoding="utf-8")
    print(f"{len(lines())} lines, {TARGET.stat().st_size // 1024} KB")


def lines() -> list[tuple[str, str]]:
    """Every training line with its category, in order and each once."""
    found = set()
    for path in sorted(LINES.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            category = str(block["intent"]).partition("/")[2]
            told = (line.strip().removeprefix("-").strip() for line in str(block["examples"]).splitlines())
            found |= {(text, category) for text in told if text}
    return sorted(found)


def fingerprint() -> str:
    """A hash over what is learned from."""
    return hashlib.sha256(repr(lines()).encode()).hexdigest()[:16]


def learned() -> dict[str, Any]:
    """The weights, as their file holds them."""
    told = lines()
    found = [set(category_features(text)) for text, _ in told]
    seen = Counter(feature for features in found for feature in features)
    counted = DictVectorizer()
    rows = normalize(
        counted.fit_transform([{one: 1.0 for one in sorted(features) if seen[one] >= _SEEN} for features in found])
    )
    machine = LinearSVC(C=_STRICTNESS, class_weight="balanced", random_state=_SEED)
    machine.fit(rows, [category for _, category in told])
    weights = {}
    for feature, column in counted.vocabulary_.items():
        row = {str(place): round(float(w), 2) for place, w in enumerate(machine.coef_[:, column]) if abs(w) >= _LEAST}
        if row:
            weights[feature] = row
    return {
        "learned_from": fingerprint(),
        "codes": [str(code) for code in machine.classes_],
        "starts": [round(float(start), 3) for start in machine.intercept_],
        "weights": weights,
    }


if __name__ == "__main__":
    main()
