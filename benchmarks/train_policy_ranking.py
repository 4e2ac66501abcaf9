"""Learn the weights of policy search from benchmarks/policy_training and write community/policies/words/policy_ranking.yml.

    python -m benchmarks.train_policy_ranking [--check]

Two regressions, both deterministic: one on the right passage among all candidates (the order of passages), one on whether
the best passage answers at all. For the second, every question is also asked with its own passage taken away, and with its
own document taken away: then nothing answers it, though all around it sounds alike. Both are also learnt with parts of the
vocabulary forgotten, because residents elsewhere use words that it lacks.
Nothing here is used to evaluate; `python -m benchmarks.policy_questions` does that on other documents.
"""

import dataclasses
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.optimize import minimize
from sklearn.model_selection import GroupKFold

from community.files.policy_file import read_policy_text
from community.model.policies.answering import Answerer
from community.model.policies.entries import DocumentEntry, read_document
from community.model.policies.policy import PolicyDocument, Standing, standings
from community.model.policies.policy_text import parse_policy
from community.model.policies.question import AskedQuestion
from community.model.policies.ranking import DECISION_FEATURES, FEATURES, Ranking
from community.model.policies.search import Hit, PassageIndex
from community.policies.policy_knowledge import PolicyKnowledge, load_policy_knowledge

HERE = Path(__file__).parent / "policy_training"
TARGET = Path(__file__).parents[1] / "community" / "policies" / "words" / "policy_ranking.yml"
TODAY = date(2026, 7, 15)
THRESHOLDS = [place / 100 for place in range(20, 80)]
#: Where learning begins, so that it does not depend on what was learnt before.
START = dict.fromkeys(FEATURES, 0.0) | {
    "bm25": 2.0,
    "bigrams_passage": 3.0,
    "topic_in_title": 2.0,
    "things_passage_sum": 1.5,
}
_UNLEARNT = Ranking(rank=START, answer={}, answer_bias=0.0, threshold=0.0, sure=0.0, choose_margin=0.4)
_RANK_PENALTY = 0.5
#: Percent of the words that are forgotten, and how much what is learnt then counts.
_FORGOTTEN, _FORGETFUL = 22, 0.7
#: Of so many questions one is also asked without its passage.
_EVERY = 4
#: The documents are learnt from in so many sets, because one community does not have three rules for parking.
_COMMUNITIES = 3
#: Differences in worth of two thresholds up to this are chance.
_CHANCE = 0.015
#: Share of answers that are right from which staff need not look at them.
_SURE = 0.9
#: What speaks for a passage may not count against it, nor the other way round; None is not used.
_AGAINST = ("missing", "missing_sum", "elsewhere", "unmet", "formal", "asks_opinion", "asks_name")
_EITHER = ("asks_nothing", "asks_yes_no", "names_little", "focus_apart")
RANK_SIGNS = {
    name: 0 if name in _EITHER else -1 if name.endswith(_AGAINST) or name.startswith("unmet") else 1
    for name in FEATURES
}
SIGNS = {
    **RANK_SIGNS,
    "rank_score": None,
    "margin_document": 1,
    "explained": 1,
    "nothing_missing": 1,
    "topic_clear": 1,
    "things_met": 1,
}


@dataclass(frozen=True)
class Asked:
    """A training question; `doc` is None where the documents do not say, and `near` the document that sounds alike."""

    question: AskedQuestion
    text: str
    doc: str | None
    label: str = ""
    follows: bool = False
    near: str = ""


@dataclass(frozen=True)
class Example:
    """The best passage for a question in some state of the documents, and whether it is the right one."""

    features: list[float]
    right: bool
    group: str
    weight: float
    natural: bool
    none: bool


def forgetful(knowledge: PolicyKnowledge, seed: int) -> PolicyKnowledge:
    """The same knowledge without a part of its words, always the same ones for a seed; names of topics stay."""
    lexicon = knowledge.lexicon

    def is_kept(word: str) -> bool:
        return word in lexicon.kinds or zlib.crc32(f"{seed}{word}".encode()) % 100 >= _FORGOTTEN

    words = {word: concepts for word, concepts in lexicon.words.items() if is_kept(word)}
    smaller = dataclasses.replace(lexicon, words=words)
    return dataclasses.replace(knowledge, lexicon=smaller)


def load_documents(folder: Path, knowledge: PolicyKnowledge) -> list[DocumentEntry]:
    """Read all documents of a folder as the store would keep them."""
    entries = []
    for number, path in enumerate(sorted(folder.iterdir()), start=1):
        policy = parse_policy(read_policy_text(path.name, path.read_bytes()))
        fields = {f.name for f in dataclasses.fields(PolicyDocument)} & {f.name for f in dataclasses.fields(policy)}
        document = PolicyDocument(id=number, file_name=path.name, **{name: getattr(policy, name) for name in fields})
        entries.append(read_document(document, policy.passages, knowledge.lexicon))
    return entries


def load_questions(path: Path, knowledge: PolicyKnowledge) -> list[Asked]:
    """Read the training questions."""
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    asked = [
        Asked(knowledge.understand(text), text, doc, label)
        for part in ("answered", "told_at_length", "expired")
        for doc, labels in data.get(part, {}).items()
        for label, texts in labels.items()
        for text in texts
    ]
    asked += [
        Asked(knowledge.understand(one["text"]), one["text"], one["doc"], str(one["heading"]), follows=True)
        for one in data["follow_ups"]
    ]
    asked += [
        Asked(knowledge.understand(text), text, None, near=doc)
        for doc, texts in data.get("near_misses", {}).items()
        for text in texts
    ]
    return asked + [Asked(knowledge.understand(text), text, None) for text in data["none"]]


def is_right(hit: Hit, asked: Asked) -> bool:
    """Whether a passage is the one that answers."""
    if hit.document.document.file_name != asked.doc:
        return False
    passage = hit.passage.passage
    if asked.label.startswith("~"):
        return asked.label[1:] in passage.text
    return passage.heading == asked.label or asked.label in passage.heading or passage.text.startswith(asked.label)


def answerer(entries: list[DocumentEntry], ranking: Ranking, knowledge: PolicyKnowledge) -> Answerer:
    """Build what answers, over these documents."""
    documents = [entry.document for entry in entries]
    return Answerer(
        index=PassageIndex(entries, ranking),
        lexicon=knowledge.lexicon,
        ranking=ranking,
        wording=knowledge.wording,
        standing=standings(documents, TODAY),
        documents=documents,
        today=TODAY,
    )


def search(over: Answerer, asked: Asked, *, past: bool = False) -> list[Hit]:
    """Search as `Answerer.answer` does, in documents in force or in the others."""
    wanted = (Standing.EXPIRED,) if past else (Standing.IN_FORCE,)
    ids = [entry.document.id for entry in over.index.documents.values() if entry.document.file_name == asked.doc]
    topic = ids[0] if asked.follows and ids else None
    allowed = over.index.mask(lambda one: over.standing[one][0] in wanted)
    return over.index.search(asked.question, allowed=allowed, kept_topic=topic)


def rank_lists(over: Answerer, questions: list[Asked]) -> Iterator[list[list[float]]]:
    """For each question the features of the candidates: first the right passage, then all that are not right."""
    for asked in questions:
        if asked.doc is None:
            continue
        hits = search(over, asked) or []
        if not any(is_right(hit, asked) for hit in hits):
            hits = search(over, asked, past=True)
        right = [hit for hit in hits if is_right(hit, asked)]
        wrong = [hit for hit in hits if not is_right(hit, asked)]
        if right and wrong:
            yield [[hit.features[name] for name in FEATURES] for hit in (right[0], *wrong)]


def fit_ranking(lessons: list[tuple[Answerer, list[Asked], float]]) -> dict[str, float]:
    """Learn how much each feature counts: the right passage shall have the greatest share of what all candidates score."""
    lists = [(rows, share) for over, questions, share in lessons for rows in rank_lists(over, questions)]
    x = np.array([features for rows, _ in lists for features in rows])
    starts = np.cumsum([0, *(len(rows) for rows, _ in lists[:-1])])
    sizes = np.array([len(rows) for rows, _ in lists])
    shares = np.array([share for _, share in lists])

    def loss(w: "np.ndarray") -> tuple[float, "np.ndarray"]:
        scores = x @ w
        raised = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        chances = raised / np.repeat(np.add.reduceat(raised, starts), sizes)
        value = -np.sum(shares * np.log(chances[starts] + 1e-12)) + 0.5 * _RANK_PENALTY * (w @ w)
        chances[starts] -= 1.0
        return float(value), x.T @ (chances * np.repeat(shares, sizes)) + _RANK_PENALTY * w

    found = _minimise(loss, [RANK_SIGNS[name] for name in FEATURES])
    return {name: round(float(value), 3) for name, value in zip(FEATURES, found, strict=True)}


def examples(
    entries: list[DocumentEntry], ranking: Ranking, knowledge: PolicyKnowledge, questions: list[Asked]
) -> Iterator[Example]:
    """Ask every question with everything there, without its passage, and without its document."""
    whole = answerer(entries, ranking, knowledge)
    without = {
        entry.document.file_name: answerer([one for one in entries if one is not entry], ranking, knowledge)
        for entry in entries
    }
    for place, asked in enumerate(questions):
        yield from _example(whole, asked, weight=1.0, natural=True)
        if asked.doc is not None:
            yield from _example(without[asked.doc], asked, weight=0.5, natural=False)
            if place % _EVERY == 0:
                smaller = answerer(_without_passage(entries, asked, knowledge), ranking, knowledge)
                yield from _example(smaller, asked, weight=0.15 * _EVERY, natural=False)


def _without_passage(entries: list[DocumentEntry], asked: Asked, knowledge: PolicyKnowledge) -> list[DocumentEntry]:
    result = []
    for entry in entries:
        if entry.document.file_name != asked.doc:
            result.append(entry)
            continue
        kept = [one for one in entry.passages if not is_right(Hit(entry, one, {}, 0.0), asked)]
        if kept:
            smaller = read_document(entry.document, [one.passage for one in kept], knowledge.lexicon)
            result.append(smaller)
    return result


def _example(over: Answerer, asked: Asked, *, weight: float, natural: bool) -> Iterator[Example]:
    hits = search(over, asked)
    if natural and asked.doc is not None and not any(is_right(hit, asked) for hit in hits):
        hits = search(over, asked, past=True)
    if not hits:
        return
    features = over.decision_features(asked.question, hits)
    right = is_right(hits[0], asked)
    if natural and not right and hits[0].document.document.file_name == asked.doc:
        return
    yield Example(
        [features[name] for name in DECISION_FEATURES],
        right,
        asked.doc or asked.near,
        weight,
        natural,
        asked.doc is None,
    )


def fit_decision(rows: list[Example]) -> tuple[dict[str, float], float, float, float]:
    """Learn when to answer; the threshold comes from documents left out in turn."""
    x = np.array([row.features for row in rows])
    y = np.array([row.right for row in rows], dtype=int)
    weights = np.array([row.weight for row in rows])
    groups = np.array([row.group for row in rows])
    natural = np.array([row.natural for row in rows])
    held_out = np.zeros(len(rows))
    for train, test in GroupKFold(n_splits=8).split(x, y, groups):
        found = _fit_decision(x[train], y[train], weights[train])
        held_out[test] = 1 / (1 + np.exp(-(x[test] @ found[:-1] + found[-1])))
    none = np.array([row.none for row in rows])
    unanswerable = held_out[none]
    answered = held_out[natural & (y == 1)]
    # A right answer withheld costs a person's time; a passage that misses misleads, though it is quoted with its source.
    worth = {one: float(np.mean(answered > one) + np.mean(unanswerable <= one)) for one in THRESHOLDS}
    # The near misses here are harder than what residents ask: of thresholds that are as good within chance, the lowest.
    threshold = min(one for one in THRESHOLDS if worth[one] >= max(worth.values()) - _CHANCE)
    sys.stderr.write(
        f"left-out documents: threshold {threshold:.3f}, answers {np.mean(answered > threshold):.3f} of the answerable, "
        f"refuses {np.mean(unanswerable <= threshold):.3f}; best passage right {np.sum(natural & (y == 1))}, wrong document {np.sum(natural & (y == 0) & ~none)}\n"
    )
    found = _fit_decision(x, y, weights)
    coefficients = {name: round(float(value), 3) for name, value in zip(DECISION_FEATURES, found, strict=False)}
    # Below this confidence one answer in ten or more was wrong: staff look at it.
    sure = min((one for one in THRESHOLDS if _precision(held_out, y, natural, one) >= _SURE), default=THRESHOLDS[-1])
    return coefficients, round(float(found[-1]), 3), round(threshold, 3), round(max(sure, threshold), 3)


def _precision(held_out: "np.ndarray", y: "np.ndarray", natural: "np.ndarray", least: float) -> float:
    given = natural & (held_out > least)
    return float(np.mean(y[given])) if given.any() else 1.0


def _fit_decision(x: "np.ndarray", y: "np.ndarray", weights: "np.ndarray") -> "np.ndarray":
    """The last number is the bias."""
    signs = [SIGNS.get(name, 0) for name in DECISION_FEATURES] + [0]
    return fit_logistic(np.hstack([x, np.ones((len(x), 1))]), y, weights, signs, penalty=1.0)


def fit_logistic(
    x: "np.ndarray", y: "np.ndarray", weights: "np.ndarray", signs: list[int], *, penalty: float
) -> "np.ndarray":
    """Logistic regression whose weights keep the sign that their meaning gives them: 1, -1, or 0 for either, None for unused."""

    def loss(w: "np.ndarray") -> tuple[float, "np.ndarray"]:
        z = x @ w
        p = 1 / (1 + np.exp(-z))
        value = np.sum(weights * (np.logaddexp(0, z) - y * z)) + 0.5 * penalty * (w @ w)
        return float(value), x.T @ (weights * (p - y)) + penalty * w

    return _minimise(loss, signs)


def _minimise(loss: "Callable[[np.ndarray], tuple[float, np.ndarray]]", signs: list[int]) -> "np.ndarray":
    bounds = [{1: (0, None), -1: (None, 0), 0: (None, None), None: (0, 0)}[sign] for sign in signs]
    found = minimize(loss, np.zeros(len(signs)), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 5000})
    return found.x


def lessons() -> Iterator[tuple[PolicyKnowledge, list[DocumentEntry], list[Asked], float]]:
    """Every community's documents and questions, as read by the whole vocabulary and by what is left when some is forgotten."""
    for knowledge, share in ((load_policy_knowledge(), 1.0), (forgetful(load_policy_knowledge(), 1), _FORGETFUL)):
        entries = load_documents(HERE / "documents", knowledge)
        paths = sorted(HERE.glob("questions*.yml"))
        read = [asked for path in paths for asked in load_questions(path, knowledge)]
        over = answerer(entries, _UNLEARNT, knowledge)
        questions = [one if one.doc or one.near else _placed(one, over) for one in read]
        for community in range(_COMMUNITIES):
            own = [entry for entry in entries if community_of(entry.document.file_name) == community]
            names = {entry.document.file_name for entry in own}
            yield knowledge, own, [one for one in questions if (one.doc or one.near) in names], share


def _placed(asked: Asked, over: Answerer) -> Asked:
    """Give a question that nothing answers to the community whose document sounds most like it: there it is hardest."""
    hits = over.index.search(asked.question, allowed=over.index.mask(lambda _: True))
    nearest = hits[0].document if hits else next(iter(over.index.documents.values()))
    return dataclasses.replace(asked, near=nearest.document.file_name)


def community_of(file_name: str) -> int:
    """Versions and kin of a document, whose names begin alike, share a community."""
    return _part(file_name[:6])


def _part(text: str) -> int:
    return zlib.crc32(text.encode()) % _COMMUNITIES


def train() -> dict[str, Any]:
    """Learn all weights."""
    given = list(lessons())
    ranking = dataclasses.replace(
        _UNLEARNT,
        rank=fit_ranking(
            [(answerer(entries, _UNLEARNT, known), questions, share) for known, entries, questions, share in given]
        ),
    )
    rows = [
        dataclasses.replace(row, weight=row.weight * share, natural=row.natural and known is load_policy_knowledge())
        for known, entries, questions, share in given
        for row in examples(entries, ranking, known, questions)
    ]
    answer, bias, threshold, sure = fit_decision(rows)
    return {
        "rank": dict(ranking.rank),
        "answer": answer,
        "answer_bias": bias,
        "threshold": threshold,
        "sure": sure,
        "choose_margin": 0.4,
    }


def main() -> None:
    learnt = train()
    head = "# Weights of policy search, learnt by `python -m benchmarks.train_policy_ranking`; see docs/policy-search.md.\n"
    text = head + yaml.safe_dump(learnt, sort_keys=False, allow_unicode=True)
    if "--check" in sys.argv:
        sys.exit(0 if TARGET.read_text(encoding="utf-8") == text else "the weights are not those that training gives")
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
