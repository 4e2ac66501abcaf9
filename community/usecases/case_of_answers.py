"""Find the case that a target's answers opened, on whichever channel they were given."""

from sqlalchemy import Connection

from community.model.questionnaires.questionnaire import Questionnaire
from community.store.cases import case_of_keys


def case_of_answers(conn: Connection, target_id: int, questionnaire: Questionnaire) -> int | None:
    """The most pressing one; None where no answer worries anybody."""
    return case_of_keys(conn, [f"answer:{target_id}:{question.id}" for question in questionnaire.questions])
