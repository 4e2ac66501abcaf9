"""Taking a message in: one transaction that decides whether it is new, allowed, an emergency, or waits for its turn."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.channels.base import IncomingMessage, Reply
from bot.check_in import CheckIns
from bot.delivery import deliver
from bot.emergencies import answer_emergency, answer_over, answer_place, answer_yes, ask_only, recognise
from bot.limits import TurnLimits, clean_text
from bot.replies import GROUP, TurnAnswer, as_documents, protect_group
from community.errors import InvalidInput, Refused
from community.model.hazards.afterwards import says_it_is_over
from community.model.hazards.emergency import Emergency
from community.model.hazards.emergency_numbers import in_region
from community.model.residents.check_in import take_link_out
from community.model.rulebook import Rulebook
from community.store import messages, turns
from community.store.messages import Conversation, StoredMessage
from community.texts.say import say
from community.usecases.raise_emergency import LASTS

#: A lost first answer, with the token in it, may be asked for again by the very same request for so long.
_FIRST_ANSWER_AGAIN = timedelta(minutes=10)
_MINUTE = timedelta(minutes=1)
#: What follows an emergency, or the question whether there is one; the first that fits answers.
_AFTERWARDS = (answer_yes, answer_place, answer_over)
#: What somebody says who only mentions the bot.
_ONLY_MENTIONED = "你好"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What became of an incoming message.

    Attributes:
        message: as it is stored; None when it is none of ours (unaddressed talk) or dropped in a flood.
        repeated: it was here before; nothing new happens.
        flooded: dropped: its author was already told to slow down.
        token_hash: of the token that opens the conversation.
    """

    message: StoredMessage | None
    repeated: bool = False
    flooded: bool = False
    token_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Inbox:
    """Takes messages in by the community's rules and limits.

    Attributes:
        pushed: channels that can be pushed to.
        check_ins: takes what answers a questionnaire; None where nobody checks in by chat.
    """

    rules: Rulebook
    limits: TurnLimits
    pushed: frozenset[str]
    check_ins: CheckIns | None = None

    def accept(
        self, conn: Connection, message: IncomingMessage, *, now: datetime, token_hash: str | None = None
    ) -> Accepted:
        """Store a message once; a repeat gives back what is stored.

        Args:
            conn: the unit of work; the platform gets its 200 after it is committed.
            message: what came.
            now: the moment.
            token_hash: the hash of the token that a web caller shows.

        Raises:
            InvalidInput: there is nothing in it.
            Refused: `wrong_token`, the conversation is somebody else's.
        """
        # Whoever has the link can answer: it is kept nowhere.
        text, pasted = take_link_out(clean_text(message.text))
        if not text and not message.attachment:
            if message.scene != GROUP:
                raise InvalidInput(say("chat", "empty"), code="empty_text")
            text = _ONLY_MENTIONED
        found_danger = recognise(text, addressed=message.addressed)
        if found_danger is not None and self.check_ins is not None:
            found_danger = self.check_ins.weigh(conn, message, text, found_danger, now=now)
        emergency = None if found_danger is None or found_danger.suspected else found_danger
        if not message.addressed and emergency is None and not _answers_emergency(conn, message, text, now=now):
            return Accepted(message=None)
        conversation = messages.enter_conversation(conn, _conversation(message), now=now)
        found = messages.find(conn, channel=message.channel, account=message.account, message_id=message.message_id)
        _check_owner(conn, conversation, found, text=text, token_hash=token_hash, now=now)
        if found is not None:
            return Accepted(message=found, repeated=True, token_hash=conversation.token_hash)
        if emergency is None and (notice := self._flood(conn, conversation, now=now)) is not None:
            return self._drop(conn, message, conversation, notice, now=now)
        stored = self._add(conn, message, conversation, text=text[: self.limits.text], now=now)
        message = replace(message, text=text, link=message.link or pasted)
        answered = self._answer_at_once(conn, message, stored, found_danger, now=now)
        return Accepted(message=answered, token_hash=conversation.token_hash)

    def _answer_at_once(
        self,
        conn: Connection,
        message: IncomingMessage,
        stored: StoredMessage,
        danger: Emergency | None,
        *,
        now: datetime,
    ) -> StoredMessage:
        text = message.text
        answer: TurnAnswer | None = None
        if danger is not None and not danger.suspected:
            answer = answer_emergency(conn, danger, stored, text=text, rules=self.rules, now=now)
        elif text:
            answers = (follow(conn, stored, text=text, rules=self.rules, now=now) for follow in _AFTERWARDS)
            answer = next((found for found in answers if found is not None), None)
            answer = answer or self._checked_in(conn, message, stored, danger, now=now)
        if answer is not None:
            settled = turns.settle(
                conn,
                stored,
                status=messages.ANSWERED,
                replies=as_documents(self._safe(stored, answer.replies, text)),
                understanding=answer.understanding,
                case_number=answer.case_number,
                now=now,
            )
            return self._sent(conn, settled, now=now)
        if message.attachment and not text:
            kind = message.attachment if message.attachment in ("image", "audio") else "other"
            return self._say(conn, stored, say("chat", f"attachment.{kind}"), messages.ANSWERED, "attachment", now=now)
        if len(text) > self.limits.text:
            refusal = say("chat", "too_long", limit=self.limits.text)
            return self._say(conn, stored, refusal, messages.ANSWERED, "too_long", now=now)
        return stored

    def _checked_in(
        self,
        conn: Connection,
        message: IncomingMessage,
        stored: StoredMessage,
        danger: Emergency | None,
        *,
        now: datetime,
    ) -> TurnAnswer | None:
        """What a message comes to that checks in or answers a questionnaire; where danger is suspected, that is asked alone."""
        if self.check_ins is None or len(message.text) > self.limits.text:
            return None
        answer = self.check_ins.answer(conn, stored, message.text, link=message.link, now=now)
        if answer is None or danger is None or answer.understanding.get("emergency"):
            return answer
        return ask_only(stored, answer, danger)

    def _flood(self, conn: Connection, conversation: Conversation, *, now: datetime) -> str | None:
        since = now - _MINUTE
        person = messages.load_of_person(conn, conversation.id, since=since)
        if person.unfinished >= self.limits.backlog or person.received >= self.limits.per_minute:
            return "" if person.ignored else say("chat", "too_many")
        if conversation.scene != GROUP:
            return None
        group = messages.load_of_group(conn, conversation, since=since)
        if group.received < self.limits.group_per_minute:
            return None
        return "" if group.ignored else say("chat", "too_many_group", phone=self.rules.phone)

    def _drop(
        self, conn: Connection, message: IncomingMessage, conversation: Conversation, notice: str, *, now: datetime
    ) -> Accepted:
        if not notice:
            return Accepted(message=None, flooded=True)
        stored = self._add(conn, message, conversation, text="", now=now)
        told = self._say(conn, stored, notice, messages.IGNORED, "flood", now=now)
        return Accepted(message=told, token_hash=conversation.token_hash)

    def _add(
        self, conn: Connection, message: IncomingMessage, conversation: Conversation, *, text: str, now: datetime
    ) -> StoredMessage:
        return messages.add(
            conn,
            conversation=conversation,
            message_id=message.message_id,
            account=message.account,
            text=text,
            addressed=message.addressed,
            envelope=message.envelope,
            now=now,
        )

    def _say(
        self, conn: Connection, stored: StoredMessage, text: str, status: str, intent: str, *, now: datetime
    ) -> StoredMessage:
        replies = as_documents([Reply(text=text, to=stored.scene if stored.scene == GROUP else "person")])
        understanding: dict[str, Any] = {"intent": intent}
        if intent == "attachment":
            understanding["asks"] = "detail"
        settled = turns.settle(conn, stored, status=status, replies=replies, understanding=understanding, now=now)
        return self._sent(conn, settled, now=now)

    def _sent(self, conn: Connection, settled: StoredMessage, *, now: datetime) -> StoredMessage:
        deliver(conn, settled, pushed=self.pushed, now=now)
        return settled

    def _safe(self, stored: StoredMessage, replies: Sequence[Reply], text: str) -> tuple[Reply, ...]:
        told = [replace(reply, text=in_region(reply.text, self.rules.region)) for reply in replies]
        return protect_group(told, text=text, scene=stored.scene, own_numbers=own_numbers(self.rules))


def _answers_emergency(conn: Connection, message: IncomingMessage, text: str, *, now: datetime) -> bool:
    """Tell whether a person in danger, just asked where they are, speaks again, or says that it is over: they need not mention the bot."""
    last = messages.last_message(conn, message.conversation_id)
    return (
        last is not None
        and bool(last.understanding.get("emergency"))
        and (bool(last.understanding.get("asks")) or says_it_is_over(text))
        and now - last.received_at <= LASTS
    )


def own_numbers(rules: Rulebook) -> tuple[str, ...]:
    """Return the community's published numbers, which may stand in a group."""
    return (rules.phone, rules.gas_phone, rules.duty_number)


def _conversation(message: IncomingMessage) -> Conversation:
    return Conversation(
        id=message.conversation_id,
        channel=message.channel,
        account=message.account,
        scene=message.scene,
        chat_id=message.chat_id,
        person_id=message.person_id,
        person_name=clean_text(message.person_name)[:80],
        token_hash=message.token_hash,
    )


def _check_owner(
    conn: Connection,
    conversation: Conversation,
    found: StoredMessage | None,
    *,
    text: str,
    token_hash: str | None,
    now: datetime,
) -> None:
    if conversation.token_hash is None or messages.is_new(conn, conversation.id):
        return
    if token_hash is not None and hmac.compare_digest(token_hash, conversation.token_hash):
        return
    lost_first_answer = (
        token_hash is None
        and found is not None
        and found.text == text
        and now - found.received_at <= _FIRST_ANSWER_AGAIN
        and messages.is_first(conn, found)
    )
    if not lost_first_answer:
        raise Refused("这段对话不是从这里开始的，请刷新页面，重新开始。", code="wrong_token")
