"""Stories of people who answer in writing: nobody who has answered is rung, and nobody is asked twice."""

from typing import Any

import pytest

from community.clock import MovableClock
from community.model.actor import Actor
from community.model.calls.call import AttemptStatus, CallResult, Outcome
from community.model.calls.campaign import TargetStatus
from community.model.questionnaires.writing import Stage
from community.store.answers import answers_of_targets
from community.store.database import Database
from community.usecases.answer_in_writing import WrittenTurn, answer_in_writing
from community.usecases.check_integrity import check_integrity
from tests.harness.dialling import Exchange, Street, generous

ZHANG, LI = "+8613912340001", "+8613912340002"

HEAT = """
name: 高温关怀
purpose: 天气热，问问您好不好
audience: {tags: [独居]}
recording: never
questions:
  - id: well
    kind: yes_no
    say: 您这两天身体舒服吗？
    yes_means: 舒服
    escalate: [{when: ["no"], priority: urgent, say: 社区医生会联系您。}]
  - id: temperature
    kind: number
    say: 您今天量的体温是多少度？
    confirm: true
    escalate: [{when: [">=38"], priority: urgent}]
  - id: help
    kind: need_help
    say: 有没有需要我们帮忙的？
"""


@pytest.fixture
def street(database: Database, clock: MovableClock) -> Street:
    return Street(database, clock, generous(), Exchange(clock))


class Writer:
    """Somebody who answers one target's questions in writing."""

    def __init__(self, street: Street, channel: str = "link") -> None:
        self.street = street
        self.channel = channel
        self.target: int = street.targets()[0]["id"]

    def writes(self, question: str, text: str = "", *, key: str = "", turn: int | None = None) -> WrittenTurn:
        with self.street.database.begin() as conn:
            return answer_in_writing(
                conn,
                self.target,
                question_id=question,
                text=text,
                digits=key,
                channel=self.channel,
                rules=self.street.rules,
                actor=Actor.resident(f"{self.channel}:{self.target}"),
                now=self.street.clock.now(),
                turn=turn,
            )

    def answers_all(self) -> WrittenTurn:
        self.writes("well", key="1")
        self.writes("temperature", "36.8")
        self.writes("temperature", key="1")
        return self.writes("help", key="2")

    def labels(self) -> dict[str, Any]:
        with self.street.database.reading() as conn:
            found = answers_of_targets(conn, [self.target]).get(self.target, {})
        return {question: (answer.label, answer.channel) for question, answer in found.items()}


def nobody_is_forgotten(street: Street) -> bool:
    with street.database.begin() as conn:
        return not check_integrity(conn, now=street.clock.now())


async def test_whoever_answers_while_waiting_is_never_rung(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(HEAT)
    writer = Writer(street)
    first = writer.writes("well", "挺好的，身体舒服")
    assert (first.answered, first.question and first.question.id) == (True, "temperature")
    read_back = writer.writes("temperature", "36.8")
    assert (read_back.asks, read_back.answered, "36.8" in read_back.say) == (Stage.READ_BACK, False, True)
    assert [choice.text for choice in read_back.choices] == ["对", "不对，重新答"]
    assert writer.writes("temperature", "对").answered
    last = writer.writes("help", "不用，谢谢")
    assert (last.completed, last.question, last.result) == (True, None, CallResult.COMPLETED)
    await street.engine.tick()
    await street.pass_time(hours=2)
    assert street.exchange.posts == []
    assert street.targets()[0]["status"] == TargetStatus.COMPLETED
    assert writer.labels() == {"well": ("yes", "link"), "temperature": ("value", "link"), "help": ("none", "link")}
