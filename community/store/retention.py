"""Messages whose time is up: what was written to and by residents, and kept of their questions, is let go of in pieces."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, exists, or_, select, update

from community.model.calls.campaign import TargetStatus
from community.model.calls.text_message import TextStatus
from community.model.policies.written import AnswerState, QuestionState
from community.store.campaigns import targets
from community.store.chat_ties import chat_ties, check_ins
from community.store.invitations import invitations
from community.store.model_answers import ASKED, model_answers
from community.store.texts import text_messages
from community.store.written_answers import policy_questions, written_answers

_OPEN_TEXTS = (TextStatus.WAITING, TextStatus.SENDING, TextStatus.UNKNOWN)
_OPEN_TARGETS = select(targets.c.id).where(targets.c.status.in_([TargetStatus.WAITING, TargetStatus.CALLING]))


@dataclass(frozen=True, slots=True, kw_only=True)
class LetGo:
    """How many rows of each kind were deleted."""

    texts: int = 0
    invitations: int = 0
    questions: int = 0
    model_answers: int = 0
    check_ins: int = 0
    ties: int = 0

    @property
    def total(self) -> int:
        """All together."""
        return sum(getattr(self, field.name) for field in fields(self))


def let_go(conn: Connection, before: datetime, limit: int, *, now: datetime) -> LetGo:
    """Delete what is older than a moment and finished, at most `limit` rows of each kind.

    What is still open stays: chats that speak for a resident, links that still open, messages of unknown fate or still to be sent, everything of a target that is not resolved,
    questions that wait for staff, and questions that lead to an answer in use.
    """
    texts = _ids(conn, text_messages, _old_texts(before), limit)
    if texts:
        answers = text_messages.c.reply_to.in_(texts)
        conn.execute(update(text_messages).where(answers).values(reply_to=None))
    # Ties first: a link that tied a chat stays as long as its tie.
    ties = _delete(conn, chat_ties, _ids(conn, chat_ties, _old_ties(before, now), limit))
    return LetGo(
        ties=ties,
        check_ins=_delete(conn, check_ins, _ids(conn, check_ins, check_ins.c.at < before, limit)),
        texts=_delete(conn, text_messages, texts),
        invitations=_delete(conn, invitations, _ids(conn, invitations, _old_invitations(before, now), limit)),
        questions=_delete(conn, policy_questions, _ids(conn, policy_questions, _old_questions(before), limit)),
        model_answers=_delete(conn, model_answers, _ids(conn, model_answers, _old_model_answers(before), limit)),
    )


def overdue_texts(conn: Connection, before: datetime) -> bool:
    """Whether any message older than a moment is still there that should be gone."""
    return bool(_ids(conn, text_messages, _old_texts(before), 1))


def _old_texts(before: datetime) -> ColumnElement[bool]:
    settled = or_(text_messages.c.target_id.is_(None), text_messages.c.target_id.not_in(_OPEN_TARGETS))
    return (text_messages.c.created_at < before) & text_messages.c.status.not_in(_OPEN_TEXTS) & settled


def _old_invitations(before: datetime, now: datetime) -> ColumnElement[bool]:
    over = (invitations.c.created_at < before) & (invitations.c.expires_at < now)
    tied = exists().where(chat_ties.c.invitation_id == invitations.c.id)
    return over & invitations.c.target_id.not_in(_OPEN_TARGETS) & ~tied


def _old_ties(before: datetime, now: datetime) -> ColumnElement[bool]:
    over = or_(chat_ties.c.ended_at < before, chat_ties.c.expires_at < before)
    # While its link still opens, the tie says which chat it belongs to.
    opens = exists().where(invitations.c.id == chat_ties.c.invitation_id, invitations.c.expires_at >= now)
    return over & ~opens


def _old_questions(before: datetime) -> ColumnElement[bool]:
    in_use = select(written_answers.c.id).where(written_answers.c.state.in_([AnswerState.DRAFT, AnswerState.PUBLISHED]))
    leads = or_(policy_questions.c.answer_id.is_(None), policy_questions.c.answer_id.not_in(in_use))
    return (policy_questions.c.asked_at < before) & (policy_questions.c.state != QuestionState.OPEN) & leads


def _old_model_answers(before: datetime) -> ColumnElement[bool]:
    return (model_answers.c.asked_at < before) & (model_answers.c.outcome != ASKED)


def _ids(conn: Connection, table: Table, old: ColumnElement[bool], limit: int) -> list[int]:
    return list(conn.execute(select(table.c.id).where(old).order_by(table.c.id).limit(limit)).scalars())


def _delete(conn: Connection, table: Table, ids: list[int]) -> int:
    return conn.execute(delete(table).where(table.c.id.in_(ids))).rowcount if ids else 0
