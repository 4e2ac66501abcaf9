"""Send a one-time code to a telephone that somebody names in a chat: who can read it there shows that it is theirs.

Whether the number is on the roster is told to nobody: what happens in the chat is the same.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.calls.line import Line
from community.model.calls.text_message import TextKind, TextStatus
from community.model.calls.text_rules import number_for_texts
from community.model.residents.check_in import (
    CODES_PER_CONVERSATION,
    CODES_PER_NUMBER,
    CODES_PER_NUMBER_A_DAY,
    CODES_PER_PERSON,
    MANY_CODES,
    one_time_code,
)
from community.model.rulebook import Rulebook
from community.store import audit, chat_ties, texts
from community.store.notices import add_alarm
from community.store.targets import persons_of, phones_of
from community.texts.say import say

_KEY = "chat-code:"


def send_chat_code(
    conn: Connection, conversation_id: str, number: str, *, line: Line, rules: Rulebook, now: datetime
) -> bool:
    """Write a code down to be sent; return False where too many were asked for in that chat, or for that telephone.

    A person with several telephones is sent no more than one with few, and that they have them is not told either.

    Args:
        conversation_id: a private chat, entered in this transaction.
        number: E.164, as it was written.
        line: by which texts go.
    """
    chat_ties.hold_codes(conn)
    if _too_many(conn, conversation_id, number, now):
        return False
    nonce = secrets.token_hex(16)
    code_id = chat_ties.add_code(conn, conversation_id=conversation_id, number=number, nonce=nonce, now=now)
    actor, subject = Actor.resident(conversation_id), f"chat_code:{code_id}"
    audit.append(conn, at=now, actor=actor, action="chat.code_asked", subject=subject, detail={})
    owners = [resident_id for resident_id, _ in texts.residents_of_number(conn, number)]
    people = persons_of(conn, owners).values()
    refused = any(line.refusal(number, sample=person.sample) for person in people)
    if not owners or refused or _many_for_one(conn, owners, now):
        return True
    if number_for_texts([number], texts.refusals_of(conn, [number])):
        texts.insert_text(
            conn,
            # An id is given out again once old codes are deleted.
            key=f"{_KEY}{code_id}:{nonce}",
            token=secrets.token_hex(16),
            direction="out",
            kind=TextKind.CODE,
            resident_id=owners[0] if len(owners) == 1 else None,
            number=number,
            own_number=line.from_number(owners[0]),
            carrier=line.name,
            body=_body(line, rules),
            status=TextStatus.WAITING,
            next_at=now,
            rehearsal=line.rehearsal,
            now=now,
        )
        _guard_spending(conn, now)
    return True


def code_of_text(conn: Connection, text_key: str, *, key: bytes) -> str:
    """The code that a text is to bear; it is made at the moment of sending and stands in no table.

    Args:
        text_key: of the text.
        key: the community's secret key.
    """
    code = chat_ties.code_by_id(conn, int(text_key.removeprefix(_KEY).partition(":")[0]))
    return one_time_code(key, code.id, code.nonce)


def _body(line: Line, rules: Rulebook) -> str:
    text = say("check_in", "code", community=rules.name, code=texts.CODE_PLACE)
    return say("sms", "rehearsal") + text if line.rehearsal else text


def _too_many(conn: Connection, conversation_id: str, number: str, now: datetime) -> bool:
    hour, day = now - timedelta(hours=1), now - timedelta(days=1)
    return (
        chat_ties.codes_since(conn, hour, conversation_id=conversation_id) >= CODES_PER_CONVERSATION
        or chat_ties.codes_since(conn, hour, number=number) >= CODES_PER_NUMBER
        or chat_ties.codes_since(conn, day, number=number) >= CODES_PER_NUMBER_A_DAY
    )


def _many_for_one(conn: Connection, residents: Sequence[int], now: datetime) -> bool:
    """Whether one of those whose telephone it is was sent enough, on whichever of theirs."""
    hour = now - timedelta(hours=1)
    theirs = [[phone.number for phone in phones] for phones in phones_of(conn, residents).values()]
    return any(texts.codes_sent_since(conn, hour, numbers=numbers) >= CODES_PER_PERSON for numbers in theirs)


def _guard_spending(conn: Connection, now: datetime) -> None:
    """Tell staff of many codes; they go out all the same, so that nobody is locked out by whoever asks for them."""
    hour = now - timedelta(hours=1)
    # Most that are asked for and not sent cost nothing, and counting those sent takes long.
    asked = chat_ties.codes_since(conn, hour)
    if asked >= MANY_CODES and texts.codes_sent_since(conn, hour) >= MANY_CODES:
        alarm = say("check_in", "many_codes", many=MANY_CODES)
        add_alarm(conn, alarm, now=now, quiet_for=timedelta(hours=1))
