"""Ask the evaluation questions of documents that no weight was learnt from, and print how well it went.

    python -m benchmarks.policy_questions [--split dev|test] [--mistakes N] [--json]
    python -m benchmarks.policy_questions --documents DIR --questions FILE

It imports the documents into a database of its own and asks through the use case, as chat does.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.policies.policy import AnswerStatus, PolicyAnswer
from community.store.database import Database
from community.store.schema import metadata
from community.usecases.answer_policy import answer_policy
from community.usecases.import_policies import PolicyFile, import_policies

ROOT = Path(__file__).parents[1]
DOCUMENTS = (ROOT / "sample" / "policies", ROOT / "tests" / "evaluation" / "policies")
QUESTIONS = ROOT / "tests" / "evaluation" / "policy_questions.jsonl"
TODAY = date(2026, 7, 15)
#: The sample community's own on a matter that the questions ask of another community's document.
LEFT_OUT = frozenset({"gaoling-jintie-2022.md", "gaoling-jintie-2026.md"})


@dataclass(frozen=True)
class Judged:
    """One question, its answer and what was right about it."""

    question: dict[str, Any]
    answer: PolicyAnswer
    milliseconds: float

    @property
    def answerable(self) -> bool:
        return self.question["doc"] is not None

    @property
    def document_right(self) -> bool:
        document = self.answer.document
        return document is not None and document.file_name == self.question["doc"]

    @property
    def passage_right(self) -> bool:
        if not self.document_right:
            return False
        if "heading" in self.question:
            return self.answer.heading == self.question["heading"]
        if "contains" in self.question:
            return self.question["contains"] in self.answer.passage
        said = f"{self.answer.passage}\n{self.answer.text}"
        groups = self.question.get("answer_any_of", [])
        return all(part in said for part in self.question.get("answer_contains", [])) and all(
            any(part in said for part in group) for group in groups
        )

    @property
    def refused(self) -> bool:
        return self.answer.status is AnswerStatus.UNKNOWN

    @property
    def right(self) -> bool:
        return self.passage_right if self.answerable else self.refused


def ask_all(conn: Connection, questions: Iterable[dict[str, Any]]) -> list[Judged]:
    """Ask every question; one with `before` follows that question's answer."""
    judged = []
    for question in questions:
        topic, before = None, question.get("before", "")
        if before:
            first = answer_policy(conn, before, today=TODAY)
            topic = first.document.id if first.document else None
        started = time.perf_counter()
        answer = answer_policy(conn, question["text"], today=TODAY, topic=topic, before=before)
        judged.append(Judged(question, answer, (time.perf_counter() - started) * 1000))
    return judged


def figures(judged: Sequence[Judged]) -> dict[str, float]:
    """Shares, as the goals name them, and the time a question takes."""
    asked = [one for one in judged if one.answerable]
    none = [one for one in judged if not one.answerable]
    times = sorted(one.milliseconds for one in judged)
    return {
        "questions": len(judged),
        "document_first": _share(one.document_right for one in asked),
        "passage_holds_answer": _share(one.passage_right for one in asked),
        "refused_unanswerable": _share(one.refused for one in none),
        "answered_answerable": _share(not one.refused for one in asked),
        "status_right": _share(one.answer.status.value == one.question.get("status", "answered") for one in asked),
        "median_ms": round(times[len(times) // 2], 2),
        "p99_ms": round(times[int(len(times) * 0.99)], 2),
    }


def _share(truths: Iterable[bool]) -> float:
    values = list(truths)
    return round(sum(values) / len(values), 3) if values else 0.0


def run(documents: Sequence[Path], questions: Sequence[dict[str, Any]]) -> list[Judged]:
    """Import the documents into a database of its own and ask the questions."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/policies.db")
        metadata.create_all(database.engine)
        paths = (path for some in documents for path in sorted(some.iterdir()) if path.name not in LEFT_OUT)
        files = [PolicyFile(path.name, path.read_bytes()) for path in paths]
        with database.begin() as conn:
            report = import_policies(conn, files, actor=Actor.system("benchmark"), now=datetime.now(UTC))
        for one in report.files:
            if one.result == "rejected":
                sys.exit(one.reason)
        with database.reading() as conn:
            answer_policy(conn, "第一次问", today=TODAY)
            judged = ask_all(conn, questions)
        database.close()
    return judged


def _print_mistakes(judged: Sequence[Judged], most: int) -> None:
    wrong = sorted((one for one in judged if not one.right), key=lambda one: -one.answer.confidence)
    for one in wrong[:most]:
        document = one.answer.document.file_name if one.answer.document else "-"
        wanted = f"{one.question['doc']} {one.question.get('heading', one.question.get('contains', ''))}"
        print(f"  {one.answer.confidence:.2f} {one.answer.status.value:8} {one.question['text']}")
        print(f"       wanted {wanted}; got {document} {one.answer.heading or one.answer.passage[:20]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("dev", "test"))
    parser.add_argument("--mistakes", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--documents", type=Path, nargs="+", default=DOCUMENTS)
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    chosen = parser.parse_args()
    questions = [json.loads(line) for line in chosen.questions.read_text(encoding="utf-8").splitlines()]
    if chosen.split:
        questions = [one for one in questions if one.get("split") == chosen.split]
    judged = run(chosen.documents, questions)
    if chosen.json:
        print(json.dumps(figures(judged), ensure_ascii=False))
        return
    for name, value in figures(judged).items():
        print(f"{name:24} {value}")
    print("worst mistakes:")
    _print_mistakes(judged, chosen.mistakes)


if __name__ == "__main__":
    main()
