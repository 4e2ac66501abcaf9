"""A questionnaire answered in writing: where the conversation stands, and what a reply means for it. No I/O.

The same answers as on the phone are understood, asked again and given up by the same rules; what differs is that
nobody waits for a reply, so that silence is no answer and counts for nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from community.model.meaning import AnswerOpinion, Label, Reading, understand
from community.model.meaning.call.asides import is_wrong_number, wants_opt_out
from community.model.meaning.call.asking_back import is_question
from community.model.meaning.call.for_another import wants_no_calls_for_another
from community.model.meaning.call.interjections import accuses, asks_who, doubts
from community.model.meaning.speech import plain
from community.model.questionnaires.answer_rules import MISSES
from community.model.questionnaires.choices import Choice, choices_of
from community.model.questionnaires.questionnaire import Question, QuestionKind
from community.model.text import normalise

_CONFIRM = Question(id="confirm", kind=QuestionKind.YES_NO, say="对吗？", yes_means="对")
_NEVER_AGAIN = Question(id="opt_out", kind=QuestionKind.YES_NO, say="以后都别联系了吗？")
_HEALTH = Question(id="health", kind=QuestionKind.YES_NO, say="可以问健康情况吗？", yes_means="可以")
_DIGITS_OF_DATE = 4
_NOT_THIS_TIME = "3"


class Stage(StrEnum):
    """What the next reply answers."""

    #: The question itself.
    QUESTION = "question"
    #: Was the answer understood rightly?
    READ_BACK = "read_back"
    #: Are we never to call or write again?
    OPT_OUT = "opt_out"
    #: Are we never to call somebody else again, whose family writes?
    FOR_ANOTHER = "for_another"
    #: May we ask about the resident's health?
    HEALTH = "health"


_CHOICES: Mapping[Stage, tuple[Choice, ...]] = {
    Stage.READ_BACK: (Choice("1", "对"), Choice("2", "不对，重新答")),
    Stage.OPT_OUT: (Choice("1", "是，以后都不要"), Choice("2", "不是，接着回答"), Choice("3", "只是这次不想答")),
    Stage.FOR_ANOTHER: (Choice("1", "是，以后都不要"), Choice("2", "不是，接着回答")),
    Stage.HEALTH: (Choice("1", "可以"), Choice("2", "不要问")),
}


class Move(StrEnum):
    """What a reply asks us to do."""

    #: Keep the answer and go on.
    RECORD = "record"
    #: Say what was understood and ask whether it is right.
    READ_BACK = "read_back"
    #: Ask the question again: not understood.
    AGAIN = "again"
    #: Ask the question again: nothing was said against us.
    ASK = "ask"
    #: Give the question up; a person asks it.
    SET_ASIDE = "set_aside"
    #: Ask the question again: what was said instead of an answer is passed on.
    WISH = "wish"
    #: The resident asks who we are, or doubts it.
    WHO = "who"
    #: The resident asks something.
    ASKED_BACK = "asked_back"
    #: Ask whether we are never to call or write again.
    SURE = "sure"
    #: Never again.
    OPTED_OUT = "opted_out"
    #: Ask whether somebody else is never to be called again; yes, they are not.
    SURE_FOR_ANOTHER = "sure_for_another"
    FOR_ANOTHER = "for_another"
    #: Not this time.
    REFUSED = "refused"
    #: A person is wanted.
    HUMAN = "human"
    #: The message came to somebody else.
    WRONG_PERSON = "wrong_person"
    #: Somebody of the household writes.
    OTHER_PERSON = "other_person"
    #: Not now.
    NOT_NOW = "not_now"
    #: Their health may be asked about; or may not.
    HEALTH_YES = "health_yes"
    HEALTH_NO = "health_no"
    #: Somebody needs help now.
    DANGER = "danger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Where a conversation in writing stands.

    Attributes:
        turn: how many replies were taken; a reply to an earlier turn is late.
        question: whom `misses` and `pending` belong to.
        misses: replies to this question that were not understood.
        pending: the reading that waits for its confirmation, with the words and keys it was read from.
        set_aside: questions that were given up.
        health_refused: questions about health may not be asked.
        danger_case: the case opened for a cry for help.
        again: a question that has its answer and is asked once more, as the resident wished.
        reopened: that was wished after the last question, so that what the new answer leads to is asked too.
    """

    turn: int = 0
    stage: Stage = Stage.QUESTION
    question: str | None = None
    misses: int = 0
    pending: Mapping[str, Any] | None = None
    set_aside: tuple[str, ...] = ()
    health_refused: bool = False
    danger_case: int | None = None
    again: str | None = None
    reopened: bool = False

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Writing":
        """Read what `to_json` wrote."""
        values = {key: value for key, value in document.items() if key in {field.name for field in fields(cls)}}
        values["stage"] = Stage(values.get("stage", Stage.QUESTION))
        values["set_aside"] = tuple(values.get("set_aside", ()))
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """A document; what is as at the beginning is left out."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name)) != field.default}

    def at(self, question: Question, *, health_allowed: bool = True) -> "Writing":
        """The same, standing at a question: what belongs to another one is forgotten.

        Args:
            health_allowed: the resident may be asked about their health without being asked for consent first.
        """
        here = self
        if self.question != question.id:
            here = replace(self, question=question.id, misses=0, pending=None, stage=Stage.QUESTION)
        if here.stage is Stage.QUESTION and question.about_health and not health_allowed:
            return replace(here, stage=Stage.HEALTH)
        return here

    def choices(self, question: Question) -> tuple[Choice, ...]:
        """The answers that are offered now."""
        return _CHOICES.get(self.stage) or choices_of(question)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a reply was taken to mean.

    Attributes:
        text, digits: the words or keys that the reading was read from.
    """

    move: Move
    reading: Reading
    text: str
    digits: str

    @property
    def answers(self) -> bool:
        """Whether it answers what is asked: the question, or whether it may be asked."""
        agrees = self.move in {Move.HEALTH_YES, Move.HEALTH_NO} and self.reading.is_answer
        return agrees or self.move in {Move.RECORD, Move.READ_BACK}


def read_reply(
    writing: Writing, question: Question, text: str, digits: str, today: date, *, opinion: AnswerOpinion
) -> Reply:
    """Understand a reply at the point where the conversation stands.

    Args:
        question: the one that is open.
        text, digits: words, or the key of an offered answer; a bare figure in words is taken for the key.
        opinion: the second opinion on answers.
    """
    digits = digits or _as_keys(writing.choices(question), question, text)
    text = "" if digits else text.strip()
    if writing.stage is Stage.FOR_ANOTHER:
        return _to_for_another(writing, question, text, digits, today, opinion=opinion)
    if text and wants_no_calls_for_another(plain(text)):
        return _reply(Move.SURE_FOR_ANOTHER, Reading(Label.REFUSE, confidence=0.9), text)
    if writing.stage is Stage.READ_BACK:
        return _to_read_back(writing, question, text, digits, today, opinion=opinion)
    if writing.stage is Stage.OPT_OUT:
        return _to_opt_out(writing, question, text, digits, today, opinion=opinion)
    if writing.stage is Stage.HEALTH:
        told = _tells_of_health(question, text, today, opinion=opinion)
        return told or _to_health(writing, text, digits, today, opinion=opinion)
    return _to_question(writing, question, text, digits, today, opinion=opinion)


def after_reply(writing: Writing, question: Question, reply: Reply) -> Writing:
    """Where the conversation stands after a reply."""
    following = replace(writing.at(question), turn=writing.turn + 1, stage=Stage.QUESTION, pending=None)
    changes: dict[Move, dict[str, Any]] = {
        Move.AGAIN: {"misses": following.misses + 1},
        Move.WHO: {"misses": following.misses + (reply.reading.label == Label.REFUSE)},
        Move.SURE: {"stage": Stage.OPT_OUT},
        Move.SURE_FOR_ANOTHER: {"stage": Stage.FOR_ANOTHER},
        Move.READ_BACK: {"stage": Stage.READ_BACK, "pending": _pending(reply)},
        Move.HEALTH_YES: {"misses": 0},
        Move.HEALTH_NO: {"misses": 0, "health_refused": True, "again": None},
        Move.SET_ASIDE: {"set_aside": (*following.set_aside, question.id), "again": None},
        Move.RECORD: {"again": None},
    }
    return replace(following, **changes.get(reply.move, {}))


def _pending(reply: Reply) -> dict[str, Any]:
    return {"reading": asdict(reply.reading), "text": reply.text, "digits": reply.digits}


#: In writing a picture or a sticker says as little as words that nobody understands.
_SAY_NOTHING = frozenset({Label.UNCLEAR, Label.SILENCE})


def _to_question(
    writing: Writing, question: Question, text: str, digits: str, today: date, *, opinion: AnswerOpinion
) -> Reply:
    reading = understand(question, text, digits, None, today, opinion=opinion)
    if reading.is_answer:
        move = Move.READ_BACK if question.confirm else Move.RECORD
    elif _asks_who(writing.at(question), reading, question, text):
        move = Move.WHO
    elif reading.label == Label.UNCLEAR and _asks_back(question, text):
        move = Move.ASKED_BACK
    elif reading.label in _SAY_NOTHING:
        move = Move.SET_ASIDE if writing.at(question).misses >= MISSES else Move.AGAIN
    else:
        move = _about_us(reading, text)
    return Reply(move=move, reading=reading, text=text, digits=digits)


def _to_read_back(
    writing: Writing, question: Question, text: str, digits: str, today: date, *, opinion: AnswerOpinion
) -> Reply:
    waiting = writing.pending or {}
    pending = Reading(**waiting["reading"])
    kept = Reply(move=Move.READ_BACK, reading=pending, text=waiting["text"], digits=waiting["digits"])
    reading = understand(_CONFIRM, text, digits, None, today, opinion=opinion)
    if reading.label == Label.YES:
        return replace(kept, move=Move.RECORD)
    corrected = understand(question, text, "", None, today, opinion=opinion) if text else reading
    denied = reading.label == Label.NO
    if text and corrected.is_answer and not (denied and question.kind in _SOUND_LIKE_NO):
        same = (corrected.label, corrected.value) == (pending.label, pending.value)
        # 三十八度 once more says yes in its way, but a form sent twice says it too: it is read back again.
        return kept if same else _reply(Move.READ_BACK, corrected, text)
    if denied:
        return _reply(Move.ASK, reading, text, digits)
    if reading.label in {Label.UNCLEAR, Label.SILENCE, Label.REPEAT_REQUEST}:
        return kept
    return _reply(_about_us(reading, text), reading, text, digits)


#: To these a bare 不对 would be an answer.
_SOUND_LIKE_NO = frozenset({QuestionKind.YES_NO, QuestionKind.NEED_HELP, QuestionKind.FREE_TEXT})


def _to_opt_out(
    writing: Writing, question: Question, text: str, digits: str, today: date, *, opinion: AnswerOpinion
) -> Reply:
    if digits == _NOT_THIS_TIME:
        return _reply(Move.REFUSED, Reading(Label.REFUSE, decided_by="keys"), text, digits)
    reading = understand(_NEVER_AGAIN, text, digits, None, today, opinion=opinion)
    if reading.label == Label.DISTRESS:
        return _reply(Move.DANGER, reading, text)
    if reading.label == Label.YES or wants_opt_out(plain(text)):
        return _reply(Move.OPTED_OUT, reading, text, digits)
    if reading.label == Label.NO:
        return _reply(Move.ASK, reading, text, digits)
    if reading.label == Label.REFUSE:
        return _reply(Move.REFUSED, reading, text, digits)
    # Whoever simply answers the question goes on with it.
    return _to_question(replace(writing, stage=Stage.QUESTION), question, text, digits, today, opinion=opinion)


def _to_for_another(
    writing: Writing, question: Question, text: str, digits: str, today: date, *, opinion: AnswerOpinion
) -> Reply:
    reading = understand(_NEVER_AGAIN, text, digits, None, today, opinion=opinion)
    if reading.label == Label.DISTRESS:
        return _reply(Move.DANGER, reading, text)
    if reading.label == Label.YES or wants_no_calls_for_another(plain(text)) or wants_opt_out(plain(text)):
        return _reply(Move.FOR_ANOTHER, reading, text, digits)
    if reading.label == Label.NO:
        return _reply(Move.ASK, reading, text, digits)
    return _to_question(replace(writing, stage=Stage.QUESTION), question, text, digits, today, opinion=opinion)


#: Of their own body, and not of what may be asked: 不咋好，头昏.
_OF_THE_BODY = re.compile(
    r"头|腰|腿|脚|肚|胃|胸|心(?:口|慌|脏|里)|眼|耳|牙|手|疼|痛|晕|昏|麻|咳|喘|烧|血压|血糖|难受|没劲|浑身|睡不|吃不|不舒服|病"
)
_OF_ASKING = re.compile(r"问|说|讲|告诉|打听|隐私|私事|不想|不要|不用|别|可以|同意|允许")


def _tells_of_health(question: Question, text: str, today: date, *, opinion: AnswerOpinion) -> Reply | None:
    """The answer of whoever tells how they are instead of whether it may be asked: they have not said no to it."""
    said = plain(text)
    if not _OF_THE_BODY.search(said) or _OF_ASKING.search(said):
        return None
    reading = understand(question, text, "", None, today, opinion=opinion)
    if not reading.is_answer or reading.decided_by == "model":
        return None
    return _reply(Move.READ_BACK if question.confirm else Move.RECORD, reading, text)


def _to_health(writing: Writing, text: str, digits: str, today: date, *, opinion: AnswerOpinion) -> Reply:
    reading = understand(_HEALTH, text, digits, None, today, opinion=opinion)
    unclear = reading.label in {*_SAY_NOTHING, Label.REPEAT_REQUEST}
    if reading.label == Label.YES:
        move = Move.HEALTH_YES
    elif _asks_who(writing, reading, _HEALTH, text):
        move = Move.WHO
    elif reading.label == Label.NO or (reading.label == Label.REFUSE and not wants_opt_out(plain(text))):
        move = Move.HEALTH_NO
    elif unclear:
        # Whoever never says yes is not asked about it.
        move = Move.HEALTH_NO if writing.misses >= MISSES else Move.AGAIN
    else:
        move = _about_us(reading, text)
    return _reply(move, reading, text, digits)


def _about_us(reading: Reading, text: str) -> Move:
    if reading.label == Label.WRONG_PERSON:
        return Move.WRONG_PERSON if is_wrong_number(plain(text)) else Move.OTHER_PERSON
    if reading.label == Label.REFUSE:
        return Move.SURE if wants_opt_out(plain(text)) else Move.REFUSED
    return _MOVES.get(reading.label, Move.ASK)


_MOVES = {
    Label.DISTRESS: Move.DANGER,
    Label.ASK_HUMAN: Move.HUMAN,
    Label.CALLBACK_LATER: Move.NOT_NOW,
}


def _reply(move: Move, reading: Reading, text: str, digits: str = "") -> Reply:
    return Reply(move=move, reading=reading, text=text, digits=digits)


def _asks_who(writing: Writing, reading: Reading, question: Question, text: str) -> bool:
    """Whether who we are is asked or doubted; a question for free words keeps what it is given."""
    said = plain(text)
    if reading.label == Label.REFUSE:
        # 你是骗子吧 is told once who we are; said again, it means what it says.
        return writing.misses == 0 and accuses(said, question.say) and not wants_opt_out(said)
    if reading.label not in {Label.UNCLEAR, Label.REPEAT_REQUEST}:
        return False
    return asks_who(said) or doubts(said, question.say)


def _asks_back(question: Question, text: str) -> bool:
    return question.kind not in {QuestionKind.FREE_TEXT, QuestionKind.NEED_HELP} and is_question(plain(text))


def _as_keys(choices: tuple[Choice, ...], question: Question, text: str) -> str:
    """The key that somebody wrote instead of an answer, such as １; empty where it is none."""
    figure = normalise(text).strip(" .,!?。，！")
    if not (figure.isascii() and figure.isdigit()):
        return ""
    if choices and (figure == "0" or any(choice.key == figure for choice in choices)):
        return figure
    return figure if question.kind is QuestionKind.DATE and len(figure) == _DIGITS_OF_DATE else ""
