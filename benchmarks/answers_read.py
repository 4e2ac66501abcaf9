"""How answers are read, counted: right, wrong, asked again, and yes and no mixed up."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import NamedTuple

import yaml

from community.files.answer_knowledge import load_answer_opinion
from community.model.meaning import Label, understand
from community.model.meaning.second_opinion import AnswerOpinion
from community.model.questionnaires.questionnaire import Question, QuestionKind

TODAY = date(2026, 7, 15)
_SURE = 0.9
_SHOWN = 12


class Told(NamedTuple):
    """An answer, the labels that are right, and the one that it was read as."""

    question: Question
    said: str
    labels: tuple[str, ...]
    got: str

    @property
    def right(self) -> bool:
        """Whether it was read as one of those; of a time of day the part is enough."""
        return self.got in self.labels or self.got.split(" ")[0] in self.labels


def told(question: Question, said: str, opinion: AnswerOpinion, sure: float = _SURE) -> str:
    """The label that is read, or the value; a time of day as part or part from-to."""
    reading = understand(question, said, "", sure, TODAY, opinion=opinion)
    if reading.label != Label.VALUE:
        return reading.label
    if not isinstance(reading.value, dict):
        return str(reading.value)
    hours = f"{reading.value['from'] or ''}-{reading.value['to'] or ''}"
    return str(reading.value["part"]) if hours == "-" else f"{reading.value['part']} {hours}"


def _badness(answer: Told) -> int:
    if {answer.labels[0], answer.got} == {Label.YES, Label.NO}:
        return 2
    return int(answer.got != Label.UNCLEAR)


class Tally:
    """Answers that were read, counted by kind of question."""

    def __init__(self) -> None:
        self._answers: list[Told] = []

    def add(self, answer: Told) -> None:
        """Count one."""
        self._answers.append(answer)

    def print(self, title: str, *, mistakes: bool = False) -> None:
        """Print the figures, the table for yes and no, and, if asked for, the worst mistakes."""
        answers = self._answers
        mixed = Counter((one.labels[0], one.got) for one in answers if one.question.kind is QuestionKind.YES_NO)
        right = sum(one.right for one in answers)
        print(f"—— {title}：{right}/{len(answers)} = {right / len(answers):.1%}")
        for kind in QuestionKind:
            here = [one for one in answers if one.question.kind is kind]
            if here:
                again = sum(not one.right and one.got == Label.UNCLEAR for one in here)
                good = sum(one.right for one in here)
                print(
                    f"{kind.value}：{good}/{len(here)} = {good / len(here):.1%}，再问一遍 {again}，听错 {len(here) - good - again}"
                )
        print(f"是当成不是：{mixed[Label.YES, Label.NO]}，不是当成是：{mixed[Label.NO, Label.YES]}")
        print("　　　　　　 听成 yes    no  unclear  其他")
        for label in (Label.YES, Label.NO, Label.UNCLEAR):
            row = [mixed[label, got] for got in (Label.YES, Label.NO, Label.UNCLEAR)]
            other = sum(count for (meant, _), count in mixed.items() if meant == label) - sum(row)
            print(f"　　　该是 {label:8}{row[0]:6}{row[1]:6}{row[2]:6}{other:6}")
        if mistakes:
            self._print_mistakes()

    def _print_mistakes(self) -> None:
        wrong = [one for one in self._answers if not one.right]
        # Worst first: yes and no mixed up, then other wrong answers, then what is asked again.
        wrong.sort(
            key=lambda one: ({*one.labels, one.got} < {Label.YES, Label.NO, ""}, one.got != Label.UNCLEAR), reverse=True
        )
        for one in wrong[:_SHOWN]:
            print(f"    {one.question.say} {one.said}：{one.got}，该是 {'/'.join(one.labels)}")


def read_file(path: Path) -> Tally:
    """Every answer of a file for evaluation, read with the weights that are shipped."""
    tally, opinion = Tally(), load_answer_opinion()
    for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
        question = Question.model_construct(
            id="question",
            kind=QuestionKind(group["kind"]),
            say=group["question"],
            options=group.get("options", []),
            yes_means=group.get("yes_means"),
        )
        for said, *labels in group["answers"]:
            sure = next((float(label[1:]) for label in labels if str(label).startswith("@")), _SURE)
            right = tuple(str(label) for label in labels if not str(label).startswith("@"))
            tally.add(Told(question, str(said), right, told(question, str(said), opinion, sure)))
    return tally
