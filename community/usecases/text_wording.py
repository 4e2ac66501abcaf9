"""How a conversation in writing is put into text messages: what is said, the question, and how it may be answered."""

from community.model.questionnaires.questionnaire import QuestionKind
from community.model.questionnaires.writing import Stage
from community.texts.say import say
from community.usecases.written_conversation import WrittenTurn

_HINTS = {QuestionKind.NUMBER: "number", QuestionKind.DATE: "day", QuestionKind.FREE_TEXT: "free"}


def text_of_turn(turn: WrittenTurn) -> str:
    """Everything that one text says: what is said at once, then the question with its answers by number."""
    lines = [turn.say]
    if turn.question is not None:
        if turn.asks is Stage.QUESTION:
            lines.append(turn.question.say)
        if turn.choices:
            lines.append(say("sms", "choices", choices=turn.choices))
        if turn.asks is Stage.QUESTION:
            lines.append(_hint(turn.question.kind))
    return "\n".join(line for line in lines if line)


def _hint(kind: QuestionKind) -> str:
    if kind is QuestionKind.NEED_HELP:
        return say("sms", "needs_too")
    return say("sms", _HINTS[kind]) if kind in _HINTS else ""
