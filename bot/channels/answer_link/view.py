"""What the answer page shows of a conversation: the question and its answers, and nothing of the resident but a surname."""

from dataclasses import dataclass

from sqlalchemy import Connection

from community.model.hazards.emergency_numbers import services_in
from community.model.questionnaires.choices import Choice
from community.model.questionnaires.questionnaire import Question, QuestionKind
from community.model.questionnaires.writing import Stage
from community.model.residents.addressing import surname
from community.model.rulebook import Rulebook
from community.store.campaigns import campaign_by_id
from community.store.residents import name_of
from community.store.targets import target_by_id
from community.usecases.written_conversation import WrittenTurn

#: How an answer in words or figures is written, by the kind of the question.
_EXAMPLES = {
    QuestionKind.NUMBER: "写数字就行",
    QuestionKind.DATE: "比如：7月15日，或者明天",
    QuestionKind.TIME_PERIOD: "也可以写：下午3点以后",
    QuestionKind.NEED_HELP: "要帮什么忙，也可以写在这里",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page.

    Attributes:
        community, purpose: who asks, and why.
        addressed: 王**; empty where the page is about nobody.
        said: sentences that come first.
        asked: the question in large type; empty when nothing more is asked.
        example: how an answer in words is written; empty where buttons alone are enough.
        figures: the keyboard for figures is wanted.
        emergency: the page is red, and shows whom to call.
        numbers: the numbers to call in an emergency, the one that is named first first.
        notice: instead of all that.
    """

    community: str
    purpose: str = ""
    addressed: str = ""
    said: tuple[str, ...] = ()
    asked: str = ""
    choices: tuple[Choice, ...] = ()
    question_id: str = ""
    turn: int = 0
    own_question: bool = False
    example: str = ""
    figures: bool = False
    emergency: bool = False
    numbers: tuple[tuple[str, str], ...] = ()
    notice: str = ""


def page_of(conn: Connection, target_id: int, turn: WrittenTurn, rules: Rulebook) -> Page:
    """The page for a conversation as it stands."""
    target = target_by_id(conn, target_id)
    sheet = campaign_by_id(conn, target.campaign_id).questionnaire
    said = [line for line in turn.say.splitlines() if line]
    question = turn.question
    ours = question is not None and turn.asks is not Stage.QUESTION
    return Page(
        community=sheet.caller or rules.name,
        purpose=sheet.purpose,
        addressed=f"{surname(name_of(conn, target.resident_id))}**",
        # What we ask ourselves (对吗？) is the last thing said.
        said=tuple(said[:-1] if ours else said),
        asked=_asked(turn, question, said),
        choices=turn.choices,
        question_id=question.id if question else "",
        turn=turn.turn,
        own_question=ours,
        example=_EXAMPLES.get(question.kind, "") if question and not ours else "",
        figures=bool(question and not ours and question.kind is QuestionKind.NUMBER),
        emergency=turn.emergency,
        numbers=_numbers(turn.say, rules) if turn.emergency else (),
    )


def _asked(turn: WrittenTurn, question: Question | None, said: list[str]) -> str:
    if question is None:
        return ""
    return question.say if turn.asks is Stage.QUESTION else said[-1]


def _numbers(said: str, rules: Rulebook) -> tuple[tuple[str, str], ...]:
    """All the numbers, in the order in which the advice names them."""
    return tuple(
        sorted(services_in(rules.region), key=lambda each: said.find(each[0]) if each[0] in said else len(said))
    )
