"""Policy questions: the passage with its source, a choice between documents, or a case when no document says it."""

from datetime import datetime

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from sqlalchemy import Connection

from actions.base import CommunityAction, Events
from actions.sentences import sentence
from actions.turn import Turn
from community.model.cases.case import CaseKind
from community.model.policies.policy import AnswerStatus, PolicyAnswer
from community.model.policies.spoken_answer import for_the_ear
from community.usecases.answer_policy import answer_policy
from community.usecases.ask_staff import ask_staff
from community.usecases.keep_question import keep_question, reason_to_look
from community.usecases.open_case import OpenedCase

#: Of the two seconds that a webhook gives the assistant, what a language model may take.
_PHONE_SECONDS = 1.0
#: Characters of a plain sentence that are listened to before the quotation.
_LONGEST_ON_PHONE = 40


class AnswerPolicy(CommunityAction):
    """Never invents: what no passage in force says goes to a person."""

    action_name = "action_answer_policy"
    answers_on_phone = True

    async def act(self, turn: Turn, tracker: Tracker) -> Events:
        """Answer from the documents."""
        last = tracker.get_slot("topic") or {}
        topic, before, today = last.get("document"), last.get("question", ""), self.today()
        answer = await self.read(lambda conn: answer_policy(conn, turn.text, today=today, topic=topic, before=before))
        now = self.services.clock.now()
        if turn.on_phone:
            _tell_by_phone(turn, answer, await self._put_plainly(turn, answer, seconds=_PHONE_SECONDS))
            if reason_to_look(answer) is not None:
                await self.write(lambda conn: _keep(conn, turn, answer, now=now))
            return []
        if answer.status is AnswerStatus.UNKNOWN:
            await self._hand_over(turn, answer)
            return []
        if reason_to_look(answer) is not None:
            await self.write(lambda conn: _keep(conn, turn, answer, now=now))
        plainly = await self._put_plainly(turn, answer)
        text = f"{plainly}\n{answer.text}" if plainly else answer.text
        turn.say(text, buttons=_buttons(answer, turn.text))
        document = answer.document.id if answer.document else topic
        return [SlotSet("topic", {"document": document, "question": turn.text})]

    async def _put_plainly(self, turn: Turn, answer: PolicyAnswer, *, seconds: float | None = None) -> str:
        if self.services.phrase is None:
            return ""
        return await self.services.phrase(
            turn.text,
            answer,
            key=turn.key(""),
            conversation_id=turn.conversation_id,
            person=turn.person,
            seconds=seconds,
        )

    async def _hand_over(self, turn: Turn, answer: PolicyAnswer) -> None:
        now = self.services.clock.now()

        def ask(conn: Connection) -> OpenedCase:
            opened = ask_staff(
                conn,
                CaseKind.QUESTION,
                turn.text,
                source_key=turn.key("question"),
                conversation_id=turn.conversation_id,
                reporter_name=turn.person,
                rules=self.services.rules,
                now=now,
            )
            _keep(conn, turn, answer, now=now, case_id=opened.id)
            return opened

        opened = await self.write(ask)
        turn.say(sentence("policy_unknown", number=opened.number), case=opened.number)


def _keep(conn: Connection, turn: Turn, answer: PolicyAnswer, *, now: datetime, case_id: int | None = None) -> None:
    keep_question(
        conn,
        turn.text,
        answer,
        source_key=turn.key("policy"),
        conversation_id=None if turn.on_phone else turn.conversation_id,
        case_id=case_id,
        now=now,
    )


def _tell_by_phone(turn: Turn, answer: PolicyAnswer, plainly: str) -> None:
    """Say what can be listened to; of anything else the call makes a case."""
    if answer.status is AnswerStatus.ANSWERED and answer.document:
        first = plainly if len(plainly) <= _LONGEST_ON_PHONE else ""
        turn.say(answer.text, spoken=first + for_the_ear(answer.quote, answer.document.title))


def _buttons(answer: PolicyAnswer, question: str) -> list[dict[str, str]]:
    return [{"title": f"《{choice.title}》", "payload": f"《{choice.title}》{question}"} for choice in answer.choices]
