"""Check in by chat: whoever is asked something answers it there; from everybody else it is kept that they are well."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from community.files.answer_knowledge import load_answer_opinion
from community.model.actor import Actor
from community.model.calls.campaign import CampaignStatus
from community.model.cases.case import CaseKind, NewCase
from community.model.meaning import Label, understand
from community.model.questionnaires.choices import Choice
from community.model.questionnaires.questionnaire import LegalGround, Question, QuestionKind
from community.model.questionnaires.questionnaire_check import speaks_of_health
from community.model.questionnaires.writing import Stage
from community.model.residents.addressing import surname
from community.model.residents.check_in import beside_check_in, own_words
from community.model.rulebook import Rulebook
from community.store import audit, chat_ties
from community.store.campaigns import Campaign, campaigns_by_id
from community.store.cases import CaseFilter, list_cases
from community.store.open_targets import names_and_sexes, targets_to_answer
from community.store.targets import home_of, target_by_id
from community.texts.say import say
from community.usecases.let_write import let_write
from community.usecases.note_case import note_case
from community.usecases.open_case import open_case
from community.usecases.written_conversation import VALID_FOR, WrittenTurn, where_writing_stands

CHANNEL = "chat"
_HINTS = {QuestionKind.NUMBER: "number", QuestionKind.DATE: "day", QuestionKind.FREE_TEXT: "free"}
_HELP = Question(id="help", kind=QuestionKind.NEED_HELP, say="有没有需要我们帮忙的？")
_WELL = Question(id="well", kind=QuestionKind.YES_NO, say="您身体还好吗？", yes_means="好")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the next message in a chat answers.

    Attributes:
        question_id: empty where nothing is asked any more, and an answer may still be changed.
        cry: the case of a cry for help, to which what is written next belongs.
    """

    resident_id: int
    target_id: int
    question_id: str = ""
    cry: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatAnswer:
    """What is said in the chat.

    Attributes:
        choices: the answers that are offered, by key.
        asked: what the next message answers; None where it answers nothing.
        people: who among several people is to say that it is them: (id, how they are addressed).
        emergency: it tells whom to call.
    """

    say: str
    choices: tuple[Choice, ...] = ()
    asked: Asked | None = None
    people: tuple[tuple[int, str], ...] = ()
    case_id: int | None = None
    emergency: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDesk:
    """One message in a chat that is tied.

    Attributes:
        residents: those the chat speaks for.
        message: the message's key, the same when it comes again.
    """

    conn: Connection
    conversation_id: str
    residents: Sequence[int]
    message: str
    rules: Rulebook
    now: datetime

    @property
    def actor(self) -> Actor:
        """Whoever writes."""
        return Actor.resident(f"{CHANNEL}:{self.message}")

    @property
    def today(self) -> date:
        """The day, where the community is."""
        return self.now.astimezone(self.rules.timezone).date()

    def check_in(self, words: str) -> ChatAnswer:
        """Ask whoever is asked something, the most urgent first; keep it where nobody is.

        Args:
            words: what was written.
        """
        asked = [resident_id for resident_id in self.residents if self.open_targets(resident_id)]
        those = asked or list(self.residents)
        if len(those) > 1:
            labels = addressed_apart(self.conn, those)
            return ChatAnswer(say=say("check_in", "which"), people=tuple(labels.items()))
        return self.check_in_one(those[0], words)

    def check_in_one(self, resident_id: int, words: str, *, target_id: int | None = None) -> ChatAnswer:
        """The same for one of them, who is known now.

        Args:
            target_id: what is asked first, where a link asks for it.
        """
        targets = self.open_targets(resident_id)
        if not targets:
            return self._keep(resident_id, words)
        return self.ask(resident_id, target_id if target_id in targets else targets[0])

    def ask(self, resident_id: int, target_id: int, *, first: str | None = None) -> ChatAnswer:
        """Ask what is open of a target; nobody is rung for it meanwhile.

        Args:
            first: said first; who asks, and why, by default.
        """
        let_write(self.conn, target_id, rules=self.rules, now=self.now)
        turn = where_writing_stands(self.conn, target_id, channel=CHANNEL, now=self.now)
        if first is None:
            first = say("check_in", "go_on") if turn.turn else self._begin(target_id)
        return self.put(resident_id, target_id, turn, first=first)

    def put(self, resident_id: int, target_id: int, turn: WrittenTurn, *, first: str = "") -> ChatAnswer:
        """Say where a conversation stands, with the question that is asked now."""
        lines = [first, turn.say]
        if turn.question is not None:
            whose = ""
            if len(self.residents) > 1:
                whose = say("check_in", "to", addressed=addressed_apart(self.conn, self.residents)[resident_id])
            if turn.asks is Stage.QUESTION:
                lines += [whose + turn.question.say, _hint(turn.question)]
        question_id = turn.question.id if turn.question else ""
        return ChatAnswer(
            say="\n".join(line for line in lines if line),
            choices=turn.choices,
            asked=Asked(resident_id=resident_id, target_id=target_id, question_id=question_id),
            case_id=turn.case_id,
        )

    def open_targets(self, resident_id: int) -> list[int]:
        """Targets of a resident of which a question is open, the most urgent first."""
        found = targets_to_answer(self.conn, resident_id, handed_over_since=self.now - VALID_FOR)
        campaigns = campaigns_by_id(self.conn, sorted({campaign for _, campaign in found}))
        due = [(target, campaigns[campaign]) for target, campaign in found if self._is_due(campaigns[campaign])]
        due.sort(key=lambda each: _urgency(each[1], each[0]))
        return [target for target, _ in due if self._goes_on(target)]

    def _is_due(self, campaign: Campaign) -> bool:
        if campaign.status is CampaignStatus.CANCELLED:
            return False
        return campaign.deadline is None or campaign.deadline > self.now

    def _goes_on(self, target_id: int) -> bool:
        return where_writing_stands(self.conn, target_id, channel=CHANNEL, now=self.now).goes_on

    def _begin(self, target_id: int) -> str:
        target = target_by_id(self.conn, target_id)
        plan = campaigns_by_id(self.conn, [target.campaign_id])[target.campaign_id].questionnaire
        # Whoever reads along over the shoulder learns nothing about health.
        purpose = "" if speaks_of_health(plan.purpose) else plan.purpose.rstrip("。")
        return say("check_in", "begin", caller=plan.caller or self.rules.name, purpose=purpose)

    def _keep(self, resident_id: int, words: str) -> ChatAnswer:
        """Keep that somebody is well; who looks for them learns of it, and whoever needs help gets a case."""
        place, subject = self.conversation_id, f"resident:{resident_id}"
        own = own_words(words)
        words = own or say("check_in", "only_passed_on")
        chat_ties.add_check_in(
            self.conn, resident_id=resident_id, conversation_id=place, key=self.message, words=words, now=self.now
        )
        audit.append(self.conn, at=self.now, actor=self.actor, action="resident.checked_in", subject=subject)
        for case in list_cases(self.conn, CaseFilter(open=True, resident_id=resident_id, kinds=(CaseKind.UNREACHED,))):
            text = say("check_in", "note", words=words)
            key = f"{self.message}:check_in:{case.id}"
            note_case(self.conn, case.id, text, actor=self.actor, now=self.now, source_key=key)
        if not self._needs_somebody(own):
            return ChatAnswer(say=say("check_in", "kept"))
        address, grid = home_of(self.conn, resident_id)
        new = NewCase(
            kind=CaseKind.WORRYING,
            source_key=f"{self.message}:check_in",
            summary=say("check_in", "help_case"),
            description=f"原话：{words}",
            address=address,
            grid=grid or None,
            resident_id=resident_id,
            conversation_id=self.conversation_id,
        )
        opened = open_case(self.conn, new, rules=self.rules, actor=self.actor, now=self.now)
        text = say("check_in", "kept_help", number=opened.number, phone=self.rules.phone)
        return ChatAnswer(say=text, case_id=opened.id)

    def _needs_somebody(self, words: str) -> bool:
        rest = beside_check_in(words)
        if not rest:
            return False
        needs = understand(_HELP, rest, "", None, self.today, opinion=load_answer_opinion())
        well = understand(_WELL, rest, "", None, self.today, opinion=load_answer_opinion())
        worrying = {Label.NO, Label.DISTRESS, Label.ASK_HUMAN}
        return needs.label.startswith("needs") or bool({needs.label, well.label} & worrying)


def addressed_apart(conn: Connection, resident_ids: Sequence[int]) -> dict[int, str]:
    """王女士: how residents of one telephone are addressed; with the given name where two would be called alike."""
    people = names_and_sexes(conn, resident_ids)
    titled = {
        each: surname(people[each][0]) + say("check_in", f"titles.{people[each][1] or 'unknown'}")
        for each in resident_ids
    }
    alike = {label for label in titled.values() if list(titled.values()).count(label) > 1}
    return {each: people[each][0] if label in alike else label for each, label in titled.items()}


def _urgency(campaign: Campaign, target_id: int) -> tuple[int, bool, float, int]:
    ends = campaign.deadline.timestamp() if campaign.deadline else float("inf")
    in_emergency = campaign.questionnaire.legal_ground is LegalGround.EMERGENCY
    return -campaign.priority.rank, not in_emergency, ends, target_id


def _hint(question: Question) -> str:
    if question.kind is QuestionKind.NEED_HELP:
        return say("check_in", "needs_too")
    return say("check_in", _HINTS[question.kind]) if question.kind in _HINTS else ""
