"""Tie a private chat to the residents that it is shown to belong to: by the link they were sent, or by a code to their telephone.

A chat speaks for those of one proof: another one takes the place of what was shown before.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.residents.check_in import (
    CODE_LASTS,
    CODE_TRIES,
    TIED_BY_CODE,
    TIED_BY_LINK,
    one_time_code,
)
from community.store import audit, chat_ties, texts
from community.store.targets import target_by_id
from community.usecases.answer_link import find_link


@dataclass(frozen=True, slots=True, kw_only=True)
class Tied:
    """What a proof came to.

    Attributes:
        residents: those the chat speaks for from now on; none where it showed nothing.
        target_id: what the link asks about.
        left: how many tries the code still takes.
    """

    residents: tuple[int, ...] = ()
    target_id: int | None = None
    left: int = 0


def tie_by_link(conn: Connection, conversation_id: str, token: str, *, key: bytes, now: datetime) -> Tied:
    """Tie a chat by the token of an answer link; a link ties one chat, while its questions are open.

    Args:
        conversation_id: a private chat, entered in this transaction.
        key: the community's secret key.
    """
    link = find_link(conn, token, key=key, now=now)
    if link is None:
        return Tied()
    # Two chats that come with the same link at once wait for each other here.
    target = target_by_id(conn, link.target_id, lock=True)
    tied_to = chat_ties.chat_of_link(conn, link.id)
    before = [tie.resident_id for tie in chat_ties.ties_of_chat(conn, conversation_id, now=now)]
    if tied_to is None and link.used_at is None and target.written_result is None:
        _end(conn, conversation_id, [target.resident_id], now=now)
        if target.resident_id not in before:
            tie_id = chat_ties.add_tie(
                conn,
                conversation_id=conversation_id,
                resident_id=target.resident_id,
                how="link",
                invitation_id=link.id,
                now=now,
                expires_at=now + TIED_BY_LINK,
            )
            _note(conn, conversation_id, target.resident_id, tie_id, how="link", now=now)
    elif tied_to != conversation_id or target.resident_id not in before:
        return Tied()
    return Tied(residents=(target.resident_id,), target_id=target.id)


def tie_by_code(conn: Connection, conversation_id: str, typed: str, *, key: bytes, now: datetime) -> Tied | None:
    """Tie a chat by the code that was sent to a telephone; None where no code is waited for.

    Args:
        conversation_id: a private chat, entered in this transaction.
        key: the community's secret key.
    """
    code = chat_ties.waiting_code(conn, conversation_id, since=now - CODE_LASTS)
    if code is None:
        return None
    if code.tries >= CODE_TRIES:
        return Tied()
    right = hmac.compare_digest(one_time_code(key, code.id, code.nonce).encode(), typed.encode())
    owners = [resident_id for resident_id, _ in texts.residents_of_number(conn, code.number)]
    if not right or not owners:
        chat_ties.note_try(conn, code.id)
        return Tied(left=CODE_TRIES - code.tries - 1)
    chat_ties.use_code(conn, code.id, now)
    _end(conn, conversation_id, [], now=now)
    for resident_id in owners:
        tie_id = chat_ties.add_tie(
            conn,
            conversation_id=conversation_id,
            resident_id=resident_id,
            how="code",
            number=code.number,
            now=now,
            expires_at=now + TIED_BY_CODE,
        )
        _note(conn, conversation_id, resident_id, tie_id, how="code", now=now)
    return Tied(residents=tuple(owners))


def _note(conn: Connection, conversation_id: str, resident_id: int, tie_id: int, *, how: str, now: datetime) -> None:
    actor, subject = Actor.resident(conversation_id), f"resident:{resident_id}"
    detail = {"tie": tie_id, "how": how}
    audit.append(conn, at=now, actor=actor, action="resident.chat_tied", subject=subject, detail=detail)


def _end(conn: Connection, conversation_id: str, kept: Sequence[int], *, now: datetime) -> None:
    """End what the chat was shown before, except for residents that it goes on speaking for."""
    for tie in chat_ties.ties_of_chat(conn, conversation_id, now=now):
        if tie.resident_id not in kept:
            chat_ties.end_tie(conn, tie.id, by="another proof", now=now)
            detail, subject = {"tie": tie.id, "because": "another proof"}, f"resident:{tie.resident_id}"
            actor = Actor.resident(conversation_id)
            audit.append(conn, at=now, actor=actor, action="resident.chat_untied", subject=subject, detail=detail)
