"""The durable inbox at work: each message once, one turn at a time per conversation, in order, across processes.

Any process that has a Turns may take a message in and make its turn; a claim with a lease decides who does. A process that
dies leaves its lease to end, and another makes the turn: Rasa is asked first whether it was made already, and whatever
an action did is known by the message's row.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.channels.base import Channel, IncomingMessage, Reply
from bot.check_in import CheckIns
from bot.delivery import deliver, push
from bot.emergencies import ask_whether
from bot.inbox import Accepted, Inbox, own_numbers
from bot.limits import TurnLimits
from bot.rasa_client import Answered, RasaClient, Unknown
from bot.replies import TurnAnswer, as_documents, chosen, protect_group, read_items
from community.clock import Clock
from community.model.actor import Actor
from community.model.cases.case import CaseKind, NewCase
from community.model.hazards.emergency_numbers import in_region
from community.model.rulebook import Rulebook
from community.store import messages
from community.store import turns as store
from community.store.database import Database
from community.store.messages import StoredMessage
from community.texts.say import say
from community.usecases.open_case import open_case

log = structlog.get_logger()

#: A message as it was left, if this process still had it, and the next one of its conversation.
_Settled = tuple[StoredMessage | None, StoredMessage | None]

#: Seconds that everything but Rasa may take within a lease.
_MARGIN = 20.0
#: A claim that waited longer for a slot is renewed before its turn begins.
_FRESH = timedelta(seconds=_MARGIN / 2)
#: Buttons offered longer ago are no longer answered by a number.
_BUTTONS_LAST = timedelta(minutes=30)
#: How often another process's answer is looked for, seconds.
_LOOK = 0.2


class Turns:
    """Takes messages in and sees to it that each is answered.

    Args:
        database: holds the inbox.
        clock: tells the time.
        rasa: makes the turns.
        channels: by name, those that can be pushed to; what comes from any other waits to be fetched.
        rules: the community's rules.
        worker_id: unique for this process.
        limits: of length, pace and patience.
        check_ins: takes what answers a questionnaire; None where nobody checks in by chat.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        rasa: RasaClient,
        channels: Mapping[str, Channel],
        *,
        rules: Rulebook,
        worker_id: str,
        limits: TurnLimits | None = None,
        check_ins: CheckIns | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._rasa = rasa
        self._rules = rules
        self._owner = worker_id
        self._limits = limits or TurnLimits()
        self._pushed = frozenset(channels)
        self._check_ins = check_ins
        self._inbox = Inbox(rules, self._limits, self._pushed, check_ins)
        self._lease = timedelta(seconds=2 * rasa.timeout + _MARGIN)
        self._slots = asyncio.Semaphore(self._limits.at_once)
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: dict[int, set[asyncio.Future[StoredMessage]]] = {}

    @property
    def limits(self) -> TurnLimits:
        """The limits in force."""
        return self._limits

    async def accept(self, message: IncomingMessage, *, token_hash: str | None = None) -> Accepted:
        """Take a message in; it is committed when this returns, and its turn is on the way.

        Args:
            message: what came.
            token_hash: the hash of the token that a web caller shows.

        Raises:
            InvalidInput: there is nothing in it.
            Refused: the conversation is somebody else's.
        """
        accepted, claimed = await self._database.write(
            lambda conn: self._accept_and_claim(conn, message, token_hash=token_hash)
        )
        stored = accepted.message
        if stored is not None and not stored.is_finished and not accepted.repeated:
            self._start(self._work(stored.conversation_id, claimed))
        if stored is not None:
            log.info("message_accepted", message=stored.id, channel=message.channel, repeated=accepted.repeated)
        return accepted

    async def tick(self) -> int:
        """Make the turns that are due and nobody is at, and tell whoever waits too long; return how many turns were made."""
        await self._database.write(self._tell_the_waiting)
        claimed = await self._claim_for_free_slots()
        await asyncio.gather(*(self._work_in_slot(message) for message in claimed))
        return len(claimed)

    async def wait_for_answer(self, message_row_id: int, timeout: float) -> StoredMessage:  # noqa: ASYNC109 - the edge says how long its caller can wait
        """Return the message as soon as it is answered or put off, or as it stands after `timeout` seconds."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        told: asyncio.Future[StoredMessage] = loop.create_future()
        waiters = self._waiting.setdefault(message_row_id, set())
        waiters.add(told)
        try:
            while True:
                message = await self._database.read(lambda conn: messages.get(conn, message_row_id))
                left = end - loop.time()
                if message.is_finished or message.deferred or left <= 0:
                    return message
                await asyncio.wait({told}, timeout=min(_LOOK, left))
                if told.done():
                    return told.result()
        finally:
            waiters.discard(told)
            if not waiters:
                self._waiting.pop(message_row_id, None)

    async def defer(self, message_row_id: int) -> StoredMessage:
        """Note that the author is told 稍后答复, unless the answer came meanwhile; return the message as it stands."""

        def mark(conn: Connection) -> StoredMessage:
            store.mark_deferred(conn, message_row_id)
            return messages.get(conn, message_row_id)

        return await self._database.write(mark)

    async def idle(self) -> None:
        """Wait until the turns this process has begun are made."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Let go of what is running; whatever is not finished is made again when its lease ends."""
        for task in self._tasks:
            task.cancel()
        await self.idle()

    def _accept_and_claim(
        self, conn: Connection, message: IncomingMessage, *, token_hash: str | None
    ) -> tuple[Accepted, StoredMessage | None]:
        accepted = self._inbox.accept(conn, message, now=self._clock.now(), token_hash=token_hash)
        stored = accepted.message
        if stored is None or stored.is_finished or accepted.repeated or self._slots.locked():
            return accepted, None
        return accepted, self._claim(conn, stored.conversation_id)

    def _claim(self, conn: Connection, conversation_id: str) -> StoredMessage | None:
        now = self._clock.now()
        claimed = store.claim(
            conn, owner=self._owner, now=now, lease_until=now + self._lease, conversation_id=conversation_id
        )
        return claimed[0] if claimed else None

    async def _claim_for_free_slots(self) -> list[StoredMessage]:
        """Wait for a slot, take what else is free, and claim one message for each: no claim grows old in a queue."""
        await self._slots.acquire()
        taken = 1
        while not self._slots.locked():
            await self._slots.acquire()
            taken += 1
        claimed: list[StoredMessage] = []
        try:
            claimed = await self._database.write(
                lambda conn: store.claim(
                    conn,
                    owner=self._owner,
                    now=self._clock.now(),
                    lease_until=self._clock.now() + self._lease,
                    limit=taken,
                )
            )
        finally:
            for _ in range(taken - len(claimed)):
                self._slots.release()
        return claimed

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("turn_broke_off", error=type(error).__name__)

    async def _work(self, conversation_id: str, claimed: StoredMessage | None) -> None:
        """Make the turns of a conversation one after the other until none is due, giving others a slot between two."""
        while True:
            since = self._clock.now()
            async with self._slots:
                claimed = await self._claim_still(conversation_id, claimed, since=since)
                if claimed is None:
                    return
                claimed = await self._turn(claimed)
            if claimed is None:
                return

    async def _work_in_slot(self, message: StoredMessage) -> None:
        """Make a turn in a slot that is taken already, then what follows it in its conversation."""
        try:
            following = await self._turn(message)
        finally:
            self._slots.release()
        if following is not None:
            await self._work(message.conversation_id, following)

    async def _claim_still(
        self, conversation_id: str, claimed: StoredMessage | None, *, since: datetime
    ) -> StoredMessage | None:
        """The message whose turn begins now: claimed now, or long enough to outlast its turn; None when others have it."""
        if claimed is None:
            return await self._database.write(lambda conn: self._claim(conn, conversation_id))
        if self._clock.now() - since <= _FRESH:
            return claimed
        message, until = claimed, self._clock.now() + self._lease
        kept = await self._database.write(lambda conn: store.renew(conn, message, owner=self._owner, lease_until=until))
        return message if kept else None

    async def _turn(self, message: StoredMessage) -> StoredMessage | None:
        """Make one turn; return the next message of the conversation, claimed, if there is one."""
        answer = await self._ask(message)
        said = read_items(answer.items, scene=message.scene) if isinstance(answer, Answered) else None
        if said is not None and said.replies:
            settled, following = await self._database.write(lambda conn: self._finish(conn, message, said))
        else:
            why = answer if isinstance(answer, Unknown) else Unknown("empty")
            log.warning("turn_unknown", message=message.id, reason=why.reason, tries=message.tries)
            settled, following = await self._database.write(lambda conn: self._put_off(conn, message, why))
        for told in self._waiting.get(message.id, ()):
            if settled is not None and not told.done():
                told.set_result(settled)
        return following

    async def _ask(self, message: StoredMessage) -> Answered | Unknown:
        if message.tries > 1:
            made = await self._rasa.recall(message.conversation_id, message.id)
            if made is not None:
                return made
        text = message.text
        if len(text) <= 20:
            since = message.received_at - _BUTTONS_LAST
            before = await self._database.read(lambda conn: messages.previous_answer(conn, message, since=since))
            text = chosen(text, before.replies) if before else text
        metadata = {"message": message.id, "scene": message.scene, "person": message.person_name}
        return await self._rasa.ask(message.conversation_id, text, metadata)

    def _finish(self, conn: Connection, message: StoredMessage, said: TurnAnswer) -> _Settled:
        now = self._clock.now()
        said = ask_whether(message, said)
        if self._check_ins is not None:
            said = self._check_ins.go_on(conn, message, said, now=now)
        told = [replace(reply, text=in_region(reply.text, self._rules.region)) for reply in said.replies]
        replies = protect_group(told, text=message.text, scene=message.scene, own_numbers=own_numbers(self._rules))
        finished = store.finish(
            conn,
            message,
            owner=self._owner,
            replies=as_documents(replies),
            case_number=said.case_number,
            understanding=said.understanding,
            now=now,
        )
        if finished is None:
            log.warning("turn_overtaken", message=message.id)
            return None, None
        deliver(conn, finished, pushed=self._pushed, now=now)
        return finished, self._claim(conn, message.conversation_id)

    def _put_off(self, conn: Connection, message: StoredMessage, why: Unknown) -> _Settled:
        if (
            message.tries >= self._limits.tries
            and why.reason != "unreachable"
            and store.somebody_was_answered(conn, since=message.received_at)
            and store.holds(conn, message, owner=self._owner)
        ):
            return self._finish(conn, message, self._hand_over(conn, message))
        next_at = self._clock.now() + self._limits.retry_after(message.tries)
        if not store.postpone(conn, message, owner=self._owner, next_at=next_at):
            return None, None
        self._tell_later(conn, message)
        return messages.get(conn, message.id), None

    def _hand_over(self, conn: Connection, message: StoredMessage) -> TurnAnswer:
        case = open_case(
            conn,
            NewCase(
                kind=CaseKind.QUESTION,
                source_key=f"message:{message.id}:unanswered",
                summary="居民的一条留言助手没能处理，请人工答复",
                description=message.text,
                reporter_name=message.person_name,
                conversation_id=message.conversation_id,
            ),
            rules=self._rules,
            actor=Actor.system("turns"),
            now=self._clock.now(),
        )
        reply = Reply(text=say("chat", "handed_over", number=case.number))
        return TurnAnswer((reply,), case.number, {"intent": "handed_over"})

    def _tell_the_waiting(self, conn: Connection) -> None:
        before = self._clock.now() - self._limits.patience
        for message in store.left_waiting(conn, before=before, limit=200):
            self._tell_later(conn, message)

    def _tell_later(self, conn: Connection, message: StoredMessage) -> None:
        """Say 稍后答复, once a message, and not again while an earlier one of the same person still waits for its answer."""
        told_already = store.somebody_told_to_wait(conn, message)
        if not store.mark_deferred(conn, message.id) or message.channel not in self._pushed or told_already:
            return
        reply = Reply(text=later(self._rules), to=message.scene if message.scene == "group" else "person")
        push(conn, message, reply, key=f"message:{message.id}:later", now=self._clock.now())


def later(rules: Rulebook) -> str:
    """Return the sentence for an answer that comes later."""
    return say("chat", "later", phone=rules.phone)
