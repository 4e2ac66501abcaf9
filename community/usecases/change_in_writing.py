"""Change an answer in writing: the question is asked once more, and the new answer takes the place of the old one."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from community.model.calls.call import CallResult
from community.model.questionnaires.writing import Stage
from community.store import invitations as store
from community.store.answers import answers_of_targets
from community.texts.say import say
from community.usecases.written_conversation import Conversation, WrittenTurn, enter_conversation


def change_in_writing(
    conn: Connection, target_id: int, *, channel: str, created_by: str, now: datetime, nth: int | None = None
) -> WrittenTurn | None:
    """Ask a question again that has its answer, also after the last one; None where none can be changed.

    Args:
        channel, created_by: as for `enter_conversation`.
        nth: which question of the questionnaire, from 1; None for the one answered last.
    """
    conversation = enter_conversation(conn, target_id, channel, created_by=created_by, now=now)
    done = conversation.target.written_result
    question = _question(conn, conversation, nth)
    if question is None or done not in {None, CallResult.COMPLETED}:
        return None
    writing = conversation.writing
    conversation.writing = replace(
        writing,
        turn=writing.turn + 1,
        stage=Stage.QUESTION,
        question=question,
        misses=0,
        pending=None,
        again=question,
        reopened=writing.reopened or done is not None,
    )
    store.save_state(conn, conversation.invitation.id, conversation.writing.to_json())
    return conversation.stands(fresh=True, said=say("writing", "again"))


def keep_as_written(
    conn: Connection, target_id: int, *, channel: str, created_by: str, now: datetime
) -> WrittenTurn | None:
    """Leave the answer as it is that was to be changed; None where none was."""
    conversation = enter_conversation(conn, target_id, channel, created_by=created_by, now=now)
    writing = conversation.writing
    if writing.again is None:
        return None
    conversation.writing = replace(writing, turn=writing.turn + 1, stage=Stage.QUESTION, pending=None, again=None)
    store.save_state(conn, conversation.invitation.id, conversation.writing.to_json())
    return conversation.stands(fresh=True, said=say("writing", "kept"))


def _question(conn: Connection, conversation: Conversation, nth: int | None) -> str | None:
    questions = [question.id for question in conversation.campaign.questionnaire.questions]
    found = answers_of_targets(conn, [conversation.target.id]).get(conversation.target.id, {})
    given = {name: answer for name, answer in found.items() if conversation.answered[name].is_answer}
    if nth is not None:
        return questions[nth - 1] if nth <= len(questions) and questions[nth - 1] in given else None
    return max(given, key=lambda name: (given[name].at, questions.index(name)), default=None)
