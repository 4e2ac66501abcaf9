"""Answer a question in writing: by a text message, a link, in chat, or to a member of staff.

It is understood as on the phone; what is answered here is asked nowhere again, and whoever has answered everything is
not rung.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from community.files.answer_knowledge import load_answer_opinion
from community.model.actor import Actor
from community.model.calls.call import CallResult
from community.model.cases.case import CaseKind, NewCase, Priority
from community.model.hazards.distress import DISTRESS_NAMES, kind_of
from community.model.hazards.emergency import Emergency
from community.model.hazards.emergency_numbers import in_region
from community.model.hazards.wish import Understood, Wish
from community.model.meaning import Label, Reading
from community.model.meaning.speech import plain
from community.model.questionnaires.answer_case import case_of_answer
from community.model.questionnaires.answer_rules import SET_ASIDE_AT_MOST, escalation_for, first_open_question
from community.model.questionnaires.answer_text import answer_text
from community.model.questionnaires.questionnaire import Question
from community.model.questionnaires.questionnaire_check import speaks_of_health
from community.model.questionnaires.writing import Move, Reply, Stage, after_reply, read_reply
from community.model.rulebook import Rulebook
from community.store import invitations as store
from community.store.answer_cases import newest_case_about
from community.store.answers import readings_of_target
from community.store.cases import case_by_id
from community.store.targets import home_of, target_by_id
from community.texts.say import say
from community.usecases.let_write import let_write
from community.usecases.note_case import note_case
from community.usecases.open_answer_case import open_answer_case
from community.usecases.open_case import open_case
from community.usecases.pass_on_wish import pass_on_wish, wish_in_reply
from community.usecases.recognise_emergency import hears_danger, recognise_emergency
from community.usecases.record_answer import record_answer
from community.usecases.record_health_consent import record_health_consent
from community.usecases.settle_in_writing import settle_in_writing
from community.usecases.written_conversation import Conversation, WrittenTurn, enter_conversation

__all__ = ["WrittenTurn", "answer_in_writing"]

_ACTOR = Actor.system("writing")
_NOT_ASKED = Reading(Label.NOT_ASKED, decided_by="no_consent")
#: Kinds of distress by which the advice is chosen where no rule of emergencies names one.
_ADVICE = {"gas": "gas", "fire": "fire", "despair": "suicide", "police": "violence", "medical": "medical"}
_LONGEST = 2000
#: Who writes there to nobody else; a chat has the assistant, and staff see for themselves.
_TELLS = frozenset({"sms", "link"})


def answer_in_writing(
    conn: Connection,
    target_id: int,
    *,
    question_id: str,
    text: str,
    digits: str = "",
    channel: str,
    rules: Rulebook,
    actor: Actor,
    now: datetime,
    turn: int | None = None,
    understood: Understood | None = None,
) -> WrittenTurn:
    """Take one reply of a target.

    A reply to a question that is not open (any more) changes nothing, a cry for help excepted.

    Args:
        question_id: the question it answers (`WrittenTurn.question`), also where that is being read back.
        text, digits: words, or the key of an offered answer; a bare figure in words is taken for the key.
        channel: `sms`, `link`, `chat`, `inbound` or `staff`.
        turn: `WrittenTurn.turn` of the page or message it answers: the same reply again is late, and changes nothing.
            None where every reply is known to be new.
        understood: what the assistant makes of the words as a report; None where it was not there to ask.

    Raises:
        NoResultFound: there is no such target.
    """
    conversation = enter_conversation(conn, target_id, channel, created_by=str(actor), now=now)
    taking = _Taking(conn, conversation, channel, rules, actor, now)
    text = text[:_LONGEST]
    question = conversation.open_question
    if text and hears_danger(question or conversation.campaign.questionnaire.questions[0], text):
        return taking.danger(text)
    if question is None or question.id != question_id or turn not in {None, conversation.writing.turn}:
        return conversation.stands()
    if not text.strip() and not digits:
        return conversation.stands(said=say("writing", "empty"))
    reply = read_reply(conversation.at(question), question, text, digits, taking.today, opinion=load_answer_opinion())
    reply = taking.hear_wish(question, reply, understood)
    taken = taking.take(question, reply)
    if taken.goes_on:
        let_write(conn, target_id, rules=rules, now=now)
    return taken


@dataclass(slots=True)
class _Taking:
    """One reply being taken."""

    conn: Connection
    conversation: Conversation
    channel: str
    rules: Rulebook
    actor: Actor
    now: datetime
    wish: Wish | None = None

    @property
    def today(self) -> date:
        """The day, where the community is."""
        return self.now.astimezone(self.rules.timezone).date()

    def hear_wish(self, question: Question, reply: Reply, understood: Understood | None) -> Reply:
        """Keep what of a reply is to be looked after; where it is said instead of an answer, the reply is nothing else."""
        if self.channel not in _TELLS or self.conversation.at(question).stage is not Stage.QUESTION:
            return reply
        self.wish, answered = wish_in_reply(question, reply, rules=self.rules, understood=understood)
        return replace(reply, move=Move.WISH) if self.wish is not None and not answered else reply

    def take(self, question: Question, reply: Reply) -> WrittenTurn:
        """Move the conversation on, and do what the reply asks for."""
        stands = self.conversation.writing.at(question)
        stage, misses, changed = stands.stage, stands.misses, stands.again is not None
        self._save(question, reply)
        if reply.move is Move.RECORD:
            return self._record(question, reply, changed=changed)
        if reply.move is Move.SET_ASIDE:
            return self._set_aside(question, reply)
        if reply.move in _RESULTS:
            return self._end(question, reply, *_RESULTS[reply.move])
        if reply.move in {Move.HEALTH_YES, Move.HEALTH_NO}:
            return self._agree(question, reply)
        if stage is Stage.FOR_ANOTHER or reply.move is Move.SURE_FOR_ANOTHER:
            case_id = self._for_another(reply)
            if reply.move is Move.FOR_ANOTHER:
                said = say("writing", "for_another", phone=self.rules.phone)
                return self._over(said, CallResult.HUMAN, self._settle(CallResult.HUMAN, case_id))
        if reply.move is Move.ASKED_BACK:
            self._note_question(reply)
        passed_on = self._pass_on(question, reply)
        said = say("writing", "wish") if passed_on is not None else self._words(reply.move, misses)
        turn = self.conversation.stands(fresh=True, said=said)
        return replace(turn, reading=reply.reading)

    def danger(self, text: str) -> WrittenTurn:
        """Tell whom to call, raise it at the highest priority, and ask nothing more."""
        case_id = self._raise(text)
        settled = self.conversation.target.written_result is CallResult.DISTRESS
        if not settled:
            self._settle(CallResult.DISTRESS, case_id)
        writing = replace(
            self.conversation.writing, turn=self.conversation.writing.turn + 1, danger_case=case_id, pending=None
        )
        store.save_state(self.conn, self.conversation.invitation.id, writing.to_json())
        return WrittenTurn(
            reading=Reading(Label.DISTRESS, confidence=0.95),
            say=say("writing", "emergency", advice=_advice(text, self.rules)),
            emergency=True,
            result=CallResult.DISTRESS,
            case_id=case_id,
            turn=writing.turn,
        )

    def _save(self, question: Question, reply: Reply) -> None:
        self.conversation.writing = after_reply(self.conversation.writing, question, reply)
        store.save_state(self.conn, self.conversation.invitation.id, self.conversation.writing.to_json())

    def _words(self, move: Move, misses: int) -> str:
        if move is Move.AGAIN:
            return say("writing", "unclear_once" if misses == 0 else "unclear_twice")
        if move is Move.WHO:
            plan = self.conversation.campaign.questionnaire
            caller = plan.caller or self.rules.name
            # Whoever asks may not be the resident.
            purpose = "" if speaks_of_health(plan.purpose) else plan.purpose.rstrip("。")
            return say("writing", "who_we_are", caller=caller, purpose=purpose, phone=self.rules.phone)
        return say("writing", _SAID[move]) if move in _SAID else ""

    def _agree(self, question: Question, reply: Reply) -> WrittenTurn:
        given = reply.move is Move.HEALTH_YES
        resident, how = self.conversation.person.resident_id, say("writing", f"channels.{self.channel}")
        # Whoever types it in for the resident needs no right to change the roster: it is the resident's word.
        record_health_consent(self.conn, resident, given=given, how=how, actor=_ACTOR, now=self.now)
        self.conversation.health_allowed = given
        if not given:
            self._leave_out_health(question)
        return replace(self._go_on(say("writing", "noted" if given else "health_refused")), reading=reply.reading)

    def _leave_out_health(self, question: Question) -> None:
        """The questions about health that stand next are not asked."""
        asked: Question | None = question
        while asked is not None and asked.about_health:
            self._keep(asked, _NOT_ASKED, Reply(move=Move.HEALTH_NO, reading=_NOT_ASKED, text="", digits=""))
            self.conversation.answered = readings_of_target(self.conn, self.conversation.target.id)
            asked = self.conversation.open_question

    def _record(self, question: Question, reply: Reply, *, changed: bool) -> WrittenTurn:
        self._keep(question, reply.reading, reply)
        case_id, said = self._worry(question, reply, reply.reading, say("writing", "noted"))
        if case_id is None and (case_id := self._pass_on(question, reply)) is not None:
            said = say("writing", "wish")
        if changed and case_id is None:
            self._tell_of_change(question, reply)
        turn = self._go_on(said)
        return replace(turn, reading=reply.reading, answered=True, case_id=case_id or turn.case_id)

    def _pass_on(self, question: Question, reply: Reply) -> int | None:
        """Open the case of what is to be looked after; None where there is nothing."""
        if self.wish is None:
            return None
        opened = pass_on_wish(
            self.conn,
            self.conversation.target.id,
            question,
            self.wish,
            reply.text,
            channel=self.channel,
            rules=self.rules,
            actor=self.actor,
            now=self.now,
        )
        return opened.id

    def _set_aside(self, question: Question, reply: Reply) -> WrittenTurn:
        unclear = Reading(Label.UNCLEAR, confidence=reply.reading.confidence)
        self._keep(question, unclear, reply)
        _, said = self._worry(question, reply, unclear, say("writing", "set_aside"))
        if len(self.conversation.writing.set_aside) >= SET_ASIDE_AT_MOST:
            return self._end(question, reply, CallResult.UNCLEAR, "unclear_end")
        return replace(self._go_on(said), reading=reply.reading)

    def _go_on(self, said: str) -> WrittenTurn:
        """Ask the next question, or settle the target when none is left."""
        self.conversation.answered = readings_of_target(self.conn, self.conversation.target.id)
        question = self.conversation.open_question
        if question is not None and question.about_health and self.conversation.writing.health_refused:
            self._leave_out_health(question)
        if self.conversation.open_question is not None:
            return self.conversation.stands(fresh=True, said=said)
        questionnaire = self.conversation.campaign.questionnaire
        if first_open_question(questionnaire, self.conversation.answered) is not None:
            case_id = self._settle(CallResult.UNCLEAR)
            return self._over(say("writing", "unclear_end"), CallResult.UNCLEAR, case_id)
        case_id = self._settle(CallResult.COMPLETED)
        thanks = questionnaire.closing or say("writing", "thanks")
        # What an answer set off is heard before the thanks.
        words = thanks if said == say("writing", "noted") else f"{said}\n{thanks}"
        return replace(self._over(words, CallResult.COMPLETED, case_id), completed=True)

    def _end(self, question: Question, reply: Reply, result: CallResult, words: str) -> WrittenTurn:
        said = say("writing", words, phone=self.rules.phone)
        if result is CallResult.REFUSED:
            _, said = self._worry(question, reply, Reading(Label.REFUSE, confidence=0.9), said)
        case_id = self._settle(result)
        return replace(self._over(said, result, case_id), reading=reply.reading)

    def _over(self, said: str, result: CallResult, case_id: int | None) -> WrittenTurn:
        return WrittenTurn(say=said, result=result, case_id=case_id, turn=self.conversation.writing.turn)

    def _settle(self, result: CallResult, case_id: int | None = None) -> int | None:
        target = target_by_id(self.conn, self.conversation.target.id)
        return settle_in_writing(
            self.conn,
            target,
            result,
            campaign=self.conversation.campaign,
            person=self.conversation.person,
            channel=self.channel,
            rules=self.rules,
            actor=self.actor,
            now=self.now,
            case_id=case_id,
        )

    def _keep(self, question: Question, reading: Reading, reply: Reply) -> None:
        record_answer(
            self.conn,
            target_id=self.conversation.target.id,
            question_id=question.id,
            reading=reading,
            heard=reply.text,
            digits=reply.digits,
            channel=self.channel,
            actor=self.actor,
            now=self.now,
            rehearsal=self.conversation.rehearsal,
        )

    def _worry(self, question: Question, reply: Reply, reading: Reading, said: str) -> tuple[int | None, str]:
        """Open the case that an answer sets off; return it, and what is said: the rule's own words where it has some."""
        rule = escalation_for(question, reading)
        if rule is None:
            return None, said
        case = case_of_answer(question, reading, rule, words=reply.text, digits=reply.digits)
        target_id = self.conversation.target.id
        # The key is the answer's own.
        new = self._new("", case.kind, case.summary, description=case.description, priority=case.priority)
        opened = open_answer_case(
            self.conn, new, target_id, question.id, rules=self.rules, actor=self.actor, now=self.now
        )
        return opened.id, rule.say or said

    def _tell_of_change(self, question: Question, reply: Reply) -> None:
        """Whoever has the case that the old answer opened learns of the new one; the case stays theirs."""
        known = newest_case_about(self.conn, self.conversation.target.id, question.id)
        if known is not None and known.status.is_open:
            meant = answer_text(question, reply.reading.label, reply.reading.value, reply.text)
            text = say("writing", "changed_note", answer=meant)
            note_case(self.conn, known.id, text, actor=self.actor, now=self.now)

    def _note_question(self, reply: Reply) -> None:
        key = f"{self.conversation.key}:question:{self.conversation.writing.turn}"
        self._open(key, CaseKind.QUESTION, say("writing", "question_case"), description=reply.text)

    def _for_another(self, reply: Reply) -> int:
        """The case of whoever wants that the resident is called no more; what they say to the question goes onto it."""
        key, words = f"{self.conversation.key}:for_another", f"原话：{reply.text or reply.digits}"
        case_id = self._open(key, CaseKind.LIST_CHECK, say("writing", "for_another_case"), description=words)
        if reply.move is Move.ASK:
            note = say("writing", "not_so_note")
            note_case(self.conn, case_id, note, actor=self.actor, now=self.now, source_key=f"{key}:not_so")
        return case_id

    def _raise(self, text: str) -> int:
        """Open the case of a cry for help; what is written after it goes onto the same one while it is open."""
        writing = self.conversation.writing
        if writing.danger_case is not None and case_by_id(self.conn, writing.danger_case).status.is_open:
            told = f"{self.conversation.key}:distress:{sha256(text.encode()).hexdigest()[:16]}"
            note_case(self.conn, writing.danger_case, text, actor=self.actor, now=self.now, source_key=told)
            return writing.danger_case
        return self._open(
            f"{self.conversation.key}:distress:{writing.turn}",
            CaseKind.WORRYING,
            say("writing", "distress_case", kind=DISTRESS_NAMES[kind_of(plain(text), _recognised(text))]),
            description=f"原话：{text}",
            priority=Priority.EMERGENCY,
            danger=True,
        )

    def _open(self, source_key: str, kind: CaseKind, summary: str, **facts: Any) -> int:
        new = self._new(source_key, kind, summary, **facts)
        return open_case(self.conn, new, rules=self.rules, actor=self.actor, now=self.now).id

    def _new(
        self,
        source_key: str,
        kind: CaseKind,
        summary: str,
        *,
        description: str,
        priority: Priority | None = None,
        danger: bool = False,
    ) -> NewCase:
        target = self.conversation.target
        address, grid = home_of(self.conn, target.resident_id)
        return NewCase(
            kind=kind,
            source_key=source_key,
            summary=summary,
            description=description,
            priority=priority,
            danger=danger,
            address=address,
            grid=grid or None,
            resident_id=target.resident_id,
            campaign_id=target.campaign_id,
            target_id=target.id,
            rehearsal=self.conversation.rehearsal,
        )


#: Replies that end the conversation, with the sentence that says so.
_RESULTS: dict[Move, tuple[CallResult, str]] = {
    Move.OPTED_OUT: (CallResult.OPTED_OUT, "opted_out"),
    Move.REFUSED: (CallResult.REFUSED, "refused"),
    Move.HUMAN: (CallResult.HUMAN, "human"),
    Move.WRONG_PERSON: (CallResult.WRONG_PERSON, "wrong_person"),
}
_SAID: dict[Move, str] = {
    Move.ASK: "repeated",
    Move.ASKED_BACK: "asked_back",
    Move.OTHER_PERSON: "other_person",
    Move.NOT_NOW: "not_now",
}


def _recognised(text: str) -> Emergency | None:
    found = recognise_emergency(text)
    return None if found is None or found.suspected else found


def _advice(text: str, rules: Rulebook) -> str:
    emergency = _recognised(text)
    key = emergency.advice_key if emergency else _ADVICE[kind_of(plain(text))]
    return in_region(say("emergency", f"advice.{key}", gas_phone=rules.gas_phone), rules.region)
