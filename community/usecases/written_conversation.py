"""A conversation in writing with one target: how it stands, for whoever writes the next message or shows the page."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from community.files.answer_knowledge import load_answer_opinion
from community.model.calls.call import CallResult
from community.model.calls.campaign import CampaignStatus
from community.model.meaning.reading import Reading
from community.model.questionnaires.answer_rules import first_open_question
from community.model.questionnaires.answer_text import answer_text
from community.model.questionnaires.choices import Choice
from community.model.questionnaires.questionnaire import LegalGround, Question
from community.model.questionnaires.writing import Reply, Stage, Writing, read_reply
from community.store import invitations as store
from community.store.answers import readings_of_target
from community.store.campaigns import Campaign, campaign_by_id
from community.store.invitations import Invitation
from community.store.residents import has_health_consent
from community.store.targets import Person, Target, person_of, target_by_id
from community.texts.say import say

#: A conversation begun by a message of ours stays open so long.
VALID_FOR = timedelta(days=7)
#: What is asked in place of the question.
_ASKED = {Stage.OPT_OUT: "opt_out_ask", Stage.FOR_ANOTHER: "for_another_ask", Stage.HEALTH: "health_ask"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTurn:
    """Where a conversation stands after a reply, or before the first.

    Attributes:
        reading: what the reply was taken to mean; None where none was taken.
        answered: the reply answered the question.
        question: what is to be asked now; None when nothing more is asked.
        asks: what the next reply answers: the question itself, 对吗？, or whether we are never to write again.
        choices: the answers that are offered now, by key; none where words or figures are wanted.
        say: what is said at once, before the question; in READ_BACK and OPT_OUT it is the question.
        completed: every question that was due is answered.
        emergency: the reply was a cry for help; `say` tells whom to call.
        result: what the whole conversation came to; None while it goes on.
        case_id: the case that this reply opened, or that the target ended with.
        turn: the next reply answers this one.
        fresh: the reply was taken; False for one that came late or twice.
    """

    reading: Reading | None = None
    answered: bool = False
    question: Question | None = None
    asks: Stage = Stage.QUESTION
    choices: tuple[Choice, ...] = ()
    say: str = ""
    completed: bool = False
    emergency: bool = False
    result: CallResult | None = None
    case_id: int | None = None
    turn: int = 0
    fresh: bool = True

    @property
    def goes_on(self) -> bool:
        """Whether something is still asked."""
        return self.question is not None


@dataclass(slots=True, kw_only=True)
class Conversation:
    """What a conversation in writing depends on; the target is locked until the transaction ends."""

    target: Target
    campaign: Campaign
    person: Person
    invitation: Invitation
    writing: Writing
    answered: dict[str, Reading] = field(default_factory=dict)
    health_allowed: bool = True

    @property
    def key(self) -> str:
        """What it is called in the keys of cases: an id alone is given out again once old conversations are deleted."""
        return f"invitation:{self.invitation.id}:{int(self.invitation.created_at.timestamp())}"

    @property
    def open_question(self) -> Question | None:
        """The question that is asked now; None when nothing more is."""
        if self.is_over:
            return None
        if self.writing.again is not None:
            return self.campaign.questionnaire.question(self.writing.again)
        return first_open_question(self.campaign.questionnaire, self.answered, self.writing.set_aside)

    @property
    def is_over(self) -> bool:
        """Whether no reply is taken any more."""
        if self.target.written_result is CallResult.COMPLETED and self.writing.reopened:
            return self.campaign.status is CampaignStatus.CANCELLED
        return self.target.written_result is not None or self.campaign.status is CampaignStatus.CANCELLED

    @property
    def rehearsal(self) -> bool:
        """Whether what is said here is marked 演练."""
        return self.campaign.rehearsal

    def at(self, question: Question) -> Writing:
        """Where it stands at a question: whoever has not agreed to be asked about their health is asked that first."""
        return self.writing.at(question, health_allowed=self.health_allowed)

    def stands(self, *, fresh: bool = False, said: str = "") -> WrittenTurn:
        """How it stands, to be asked on.

        Args:
            said: said before whatever is asked now.
        """
        question = self.open_question
        if question is None:
            return self._over(fresh=fresh)
        writing = self.at(question)
        return WrittenTurn(
            question=question,
            asks=writing.stage,
            choices=writing.choices(question),
            say="\n".join(filter(None, [said, self._asked(writing, question)])),
            turn=writing.turn,
            fresh=fresh,
        )

    def read_back(self, question: Question) -> str:
        """Say what was understood, and ask whether it is right."""
        pending = self.writing.pending or {}
        reading = Reading(**pending["reading"])
        return say("writing", "read_back", value=answer_text(question, reading.label, reading.value, pending["text"]))

    def _asked(self, writing: Writing, question: Question) -> str:
        if writing.stage is Stage.READ_BACK:
            return self.read_back(question)
        return say("writing", _ASKED[writing.stage]) if writing.stage in _ASKED else ""

    def _over(self, *, fresh: bool) -> WrittenTurn:
        result = self.target.written_result
        done = first_open_question(self.campaign.questionnaire, self.answered, ()) is None
        return WrittenTurn(
            say=say("writing", "already" if done else "over"),
            completed=done,
            result=CallResult.COMPLETED if done else result,
            case_id=self.target.case_id,
            turn=self.writing.turn,
            fresh=fresh,
        )


def enter_conversation(
    conn: Connection, target_id: int, channel: str, *, created_by: str, now: datetime
) -> Conversation:
    """Lock a target and read its conversation by a channel; begin one where there is none.

    Args:
        channel: `sms`, `link`, `chat`, `inbound` or `staff`.
        created_by: who began it, where it begins now.
    """
    target = target_by_id(conn, target_id, lock=True)
    invitation = store.newest_invitation(conn, target_id, channel) or store.add_invitation(
        conn, target_id=target_id, channel=channel, created_by=created_by, now=now, expires_at=now + VALID_FOR
    )
    return _conversation(conn, target, invitation)


def read_in_writing(
    conn: Connection, target_id: int, text: str, *, channel: str, today: date, now: datetime
) -> Reply | None:
    """What a reply would be taken for where the conversation stands, without taking it; None where nothing is asked."""
    target = target_by_id(conn, target_id)
    invitation = store.newest_invitation(conn, target_id, channel) or _unwritten(target_id, channel, now)
    conversation = _conversation(conn, target, invitation)
    question = conversation.open_question
    if question is None:
        return None
    return read_reply(conversation.at(question), question, text, "", today, opinion=load_answer_opinion())


def where_writing_stands(conn: Connection, target_id: int, *, channel: str, now: datetime) -> WrittenTurn:
    """How a conversation stands, without changing anything: what the page shows, what the first message asks."""
    target = target_by_id(conn, target_id)
    invitation = store.newest_invitation(conn, target_id, channel)
    return _conversation(conn, target, invitation or _unwritten(target_id, channel, now)).stands()


def _conversation(conn: Connection, target: Target, invitation: Invitation) -> Conversation:
    campaign = campaign_by_id(conn, target.campaign_id)
    in_emergency = campaign.questionnaire.legal_ground is LegalGround.EMERGENCY
    return Conversation(
        target=target,
        campaign=campaign,
        person=person_of(conn, target.resident_id),
        invitation=invitation,
        writing=Writing.from_json(invitation.state),
        answered=readings_of_target(conn, target.id),
        health_allowed=in_emergency or has_health_consent(conn, target.resident_id),
    )


def _unwritten(target_id: int, channel: str, now: datetime) -> Invitation:
    return Invitation(
        id=0, target_id=target_id, channel=channel, state={}, created_at=now, expires_at=now, used_at=None
    )
