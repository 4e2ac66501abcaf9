"""Checking in by chat, as the inbox sees it: whose chat it is, the questions asked in it, and what the assistant said between.

What a message answers stands beside the answer before it (`understanding["check_in"]`); everything it does commits together
with the message itself, so that the same message again does nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.channels.base import IncomingMessage, Reply
from bot.replies import GROUP, PERSON, TurnAnswer, chosen
from community.model.calls.line import Line
from community.model.hazards.emergency import Emergency
from community.model.residents.check_in import (
    code_in,
    number_in,
    says_no_danger,
    tries_a_number,
    wants_check_in,
    wants_to_untie,
)
from community.model.rulebook import Rulebook
from community.store import messages
from community.store.cases import case_by_id
from community.store.chat_ties import ties_of_chat
from community.store.messages import StoredMessage
from community.texts.say import say
from community.usecases.answer_by_chat import add_to_cry, answer_by_chat, asks_to_check_in, weigh_in_chat
from community.usecases.check_in_by_chat import CHANNEL, Asked, ChatAnswer, ChatDesk
from community.usecases.raise_emergency import LASTS
from community.usecases.send_chat_code import send_chat_code
from community.usecases.tie_chat import tie_by_code, tie_by_link
from community.usecases.untie_chat import untie_own_chat
from community.usecases.written_conversation import where_writing_stands

_INTENT = "check_in"
#: What was asked longer ago is not answered by a bare 好; 签到 takes it up again.
_SITTING = timedelta(hours=2)
_LONGEST_WORDS = 500
_LONGEST_NUMBER = 25


@dataclass(frozen=True, slots=True)
class CheckIns:
    """Takes what a private chat says to a questionnaire, once it was shown whose chat it is.

    Attributes:
        key: the community's secret key, by which links and codes are recognised.
        line: by which codes are sent; None where no texts go.
    """

    rules: Rulebook
    key: bytes
    line: Line | None = None

    def answer(
        self, conn: Connection, message: StoredMessage, text: str, *, link: str, now: datetime
    ) -> TurnAnswer | None:
        """Answer a message at once; None where it is for the assistant.

        Args:
            message: a moment ago accepted, its conversation entered.
            link: the token of an answer link that came with it.
        """
        if message.scene == GROUP:
            return _in_group(text, link)
        before = messages.previous_answer(conn, message, since=now - _SITTING)
        return _Turn(self, conn, message, text, before, now).answer(link)

    def weigh(
        self, conn: Connection, message: IncomingMessage, text: str, found: Emergency, *, now: datetime
    ) -> Emergency | None:
        """What is left of a danger that was heard, where the message may be an answer; what the rules hear stays."""
        if message.scene == GROUP or found.decided_by == "rule":
            return found
        last = messages.last_message(conn, message.conversation_id)
        asked = _asked(_state(last)) if last is not None and last.received_at >= now - _SITTING else None
        if asked is None or not asked.question_id:
            return found
        today = now.astimezone(self.rules.timezone).date()
        return weigh_in_chat(conn, asked, text, found, today=today, now=now)

    def go_on(self, conn: Connection, message: StoredMessage, said: TurnAnswer, *, now: datetime) -> TurnAnswer:
        """Come back to the question that is open after what the assistant said, unless it asks something itself."""
        if message.scene == GROUP:
            return said
        before = messages.previous_answer(conn, message, since=now - _SITTING)
        # Whether ours was the question that was said last is seen anew each time.
        state = {key: value for key, value in _state(before).items() if key != "back"}
        asked = _asked(state)
        if not state.get("asks") and (asked is None or not asked.question_id):
            return said
        kept = replace(said, understanding={**said.understanding, "check_in": state})
        if asked is None:
            return kept
        if said.understanding.get("asks") or said.understanding.get("suspected") or _has_buttons(said):
            return kept
        residents = [tie.resident_id for tie in ties_of_chat(conn, message.conversation_id, now=now)]
        stands = where_writing_stands(conn, asked.target_id, channel=CHANNEL, now=now)
        if asked.resident_id not in residents or not stands.goes_on:
            return said
        desk = ChatDesk(
            conn=conn,
            conversation_id=message.conversation_id,
            residents=residents,
            message=f"message:{message.id}",
            rules=self.rules,
            now=now,
        )
        question = desk.ask(asked.resident_id, asked.target_id, first=say("check_in", "back"))
        understanding = {**said.understanding, "check_in": {**_document(question), "back": True}}
        return TurnAnswer((*said.replies, _reply(question)), said.case_number, understanding)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One message in a private chat."""

    of: CheckIns
    conn: Connection
    message: StoredMessage
    text: str
    before: StoredMessage | None
    now: datetime

    def answer(self, link: str) -> TurnAnswer | None:
        """The first of these that the message is for."""
        if link:
            return self._by_link(link)
        return self._by_code() or self._untie() or self._go_on() or self._check_in()

    def _by_link(self, link: str) -> TurnAnswer:
        place = self.message.conversation_id
        tied = tie_by_link(self.conn, place, link, key=self.of.key, now=self.now)
        if not tied.residents:
            return self._say("link_over", phone=self.of.rules.phone)
        return self._tied(self._desk().check_in_one(tied.residents[0], self.text, target_id=tied.target_id))

    def _by_code(self) -> TurnAnswer | None:
        typed = code_in(self.text)
        if typed is None:
            return None
        tied = tie_by_code(self.conn, self.message.conversation_id, typed, key=self.of.key, now=self.now)
        if tied is None:
            return None
        if tied.residents:
            return self._tied(self._desk().check_in(self._words()))
        if tied.left:
            return self._say("code_again", _state(self.before), left=tied.left)
        return self._say("code_over", phone=self.of.rules.phone)

    def _untie(self) -> TurnAnswer | None:
        if not wants_to_untie(self.text):
            return None
        undone = untie_own_chat(self.conn, self.message.conversation_id, now=self.now)
        return self._say("untied") if undone else None

    def _go_on(self) -> TurnAnswer | None:
        """The answer to what was asked last in this chat."""
        state = _state(self.before)
        if not state or self.before is None:
            return None
        if state.get("asks") == "number":
            # In the middle of a report a telephone belongs to the report.
            alone = len(self.text) <= _LONGEST_NUMBER or self.before.understanding.get("intent") == _INTENT
            return self._number() if alone else None
        if self._assistant_asks():
            return None
        desk, text = self._desk(), chosen(self.text, self.before.replies)
        if who := state.get("who"):
            chosen_one = next((each for each, label in who if label == text and each in desk.residents), None)
            return None if chosen_one is None else self._put(desk.check_in_one(chosen_one, self._words()))
        asked = _asked(state)
        if asked is None or asked.resident_id not in desk.residents:
            return None
        return self._put(self._reply(desk, asked, text, self.before))

    def _reply(self, desk: ChatDesk, asked: Asked, text: str, before: StoredMessage) -> ChatAnswer | None:
        if asked.cry is not None and before.received_at > self.now - LASTS:
            return add_to_cry(desk, asked, text)
        if before.understanding.get("suspected") and asked.question_id and says_no_danger(text):
            return desk.ask(asked.resident_id, asked.target_id, first=say("check_in", "go_on"))
        return None if asks_to_check_in(desk, asked, text) else answer_by_chat(desk, asked, text)

    def _check_in(self) -> TurnAnswer | None:
        if not wants_check_in(self.text):
            return None
        desk = self._desk()
        if desk.residents:
            return self._put(desk.check_in(self.text))
        return self._number() or self._who()

    def _who(self) -> TurnAnswer:
        state = {"asks": "number" if self.of.line else "link", "words": self.text[:_LONGEST_WORDS]}
        return self._say("who", state, codes=self.of.line is not None, phone=self.of.rules.phone)

    def _number(self) -> TurnAnswer | None:
        """Send a code to the telephone that is named; whether it is on the roster makes no difference here."""
        number, line = number_in(self.text), self.of.line
        if line is None:
            return None
        if number is None:
            unread = tries_a_number(self.text)
            return self._say("no_number", _state(self.before), phone=self.of.rules.phone) if unread else None
        place = self.message.conversation_id
        if not send_chat_code(self.conn, place, number, line=line, rules=self.of.rules, now=self.now):
            return self._say("too_many", phone=self.of.rules.phone)
        state = {"asks": "number", "words": self._words()}
        return self._say("code_sent", state, phone=self.of.rules.phone)

    def _words(self) -> str:
        """What was written when it began: with it somebody checks in once it is known who they are."""
        return str(_state(self.before).get("words") or self.text)[:_LONGEST_WORDS]

    def _assistant_asks(self) -> bool:
        """Whether the assistant waits for an answer of its own: a place, a yes, one of its buttons."""
        understood = self.before.understanding if self.before else {}
        if understood.get("intent") == _INTENT or _state(self.before).get("back"):
            return False
        if understood.get("asks"):
            return True
        return self.before is not None and chosen(self.text, self.before.replies) != self.text

    def _desk(self) -> ChatDesk:
        place = self.message.conversation_id
        return ChatDesk(
            conn=self.conn,
            conversation_id=place,
            residents=[tie.resident_id for tie in ties_of_chat(self.conn, place, now=self.now)],
            message=f"message:{self.message.id}",
            rules=self.of.rules,
            now=self.now,
        )

    def _tied(self, answer: ChatAnswer) -> TurnAnswer:
        return self._answer(replace(answer, say=f"{say('check_in', 'tied')}\n{answer.say}"))

    def _put(self, answer: ChatAnswer | None) -> TurnAnswer | None:
        return None if answer is None else self._answer(answer)

    def _answer(self, answer: ChatAnswer) -> TurnAnswer:
        document = _document(answer)
        if answer.people:
            document["words"] = self._words()
        understanding: dict[str, Any] = {"intent": _INTENT, "check_in": document}
        if answer.emergency:
            understanding |= {"emergency": True}
        number = case_by_id(self.conn, answer.case_id).number if answer.case_id is not None else None
        return TurnAnswer((_reply(answer),), number, understanding)

    def _say(self, key: str, state: Mapping[str, Any] | None = None, **values: Any) -> TurnAnswer:
        understanding = {"intent": _INTENT, "check_in": dict(state or {})}
        return TurnAnswer((Reply(text=say("check_in", key, **values), to=PERSON),), None, understanding)


def _in_group(text: str, link: str) -> TurnAnswer | None:
    """In a group it is said how to do it in private, and nothing else."""
    if not link and not wants_check_in(text):
        return None
    reply = Reply(text=say("check_in", "link_in_group" if link else "in_group"), to=GROUP)
    return TurnAnswer((reply,), None, {"intent": _INTENT})


def _reply(answer: ChatAnswer) -> Reply:
    buttons = [{"title": choice.text, "payload": choice.key} for choice in answer.choices]
    buttons += [{"title": label, "payload": label} for _, label in answer.people]
    return Reply(text=answer.say, to=PERSON, buttons=tuple(buttons))


def _has_buttons(said: TurnAnswer) -> bool:
    return any(reply.buttons for reply in said.replies)


def _state(before: StoredMessage | None) -> dict[str, Any]:
    found = before.understanding.get("check_in") if before is not None else None
    return dict(found) if isinstance(found, dict) else {}


def _document(answer: ChatAnswer) -> dict[str, Any]:
    if answer.people:
        return {"who": [list(each) for each in answer.people]}
    if answer.asked is None:
        return {}
    asked = answer.asked
    return {
        "resident": asked.resident_id,
        "target": asked.target_id,
        "question": asked.question_id,
        **({"cry": asked.cry} if asked.cry is not None else {}),
    }


def _asked(state: Mapping[str, Any]) -> Asked | None:
    if "target" not in state:
        return None
    return Asked(
        resident_id=state["resident"], target_id=state["target"], question_id=state["question"], cry=state.get("cry")
    )
