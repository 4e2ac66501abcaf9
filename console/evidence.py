"""What speaks for an answer: the part of the transcript it stands in, and the place in the recording."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from community.model.calls.evidence import Passage, passage_of
from community.model.questionnaires.questionnaire import Question, Questionnaire
from community.store.answers import Answer
from community.store.listening import DoubtfulAnswer
from community.store.progress import CallRecord, Utterance, calls_by_id
from community.store.recordings import StoredRecording
from community.store.result_lines import ResultLine, results_of_targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One answer with what can be read and heard of it.

    Attributes:
        call: in which it was given; None where it came in another way.
        passage: where it stands in the call; None where the transcript does not say.
        recording: the sound of the call, if there is one.
    """

    line: ResultLine
    question: Question
    answer: Answer
    call: CallRecord | None
    passage: Passage | None
    recording: StoredRecording | None

    @property
    def said(self) -> Sequence[Utterance]:
        """The part of the transcript: the question and what was said to it."""
        if self.call is None or self.passage is None:
            return ()
        return self.call.utterances[self.passage.first : self.passage.last + 1]


def evidence_of(line: ResultLine, question: Question, answer: Answer, call: CallRecord | None) -> Evidence:
    """Put an answer and the call it was given in together."""
    recording = next((one for one in call.recordings if one.file), None) if call else None
    seconds = recording.seconds if recording else None
    passage = None
    if call is not None:
        passage = passage_of(call.utterances, question.id, answer.heard, ended_at=call.ended_at, seconds=seconds)
    return Evidence(line=line, question=question, answer=answer, call=call, passage=passage, recording=recording)


def evidence_by_question(sheet: Questionnaire, line: ResultLine, calls: Sequence[CallRecord]) -> Mapping[str, Evidence]:
    """The evidence for each answer of one resident."""
    by_id = {call.id: call for call in calls}
    return {
        question.id: evidence_of(line, question, line.answers[question.id], by_id.get(_call_id(line, question)))
        for question in sheet.questions
        if question.id in line.answers
    }


def evidence_for(conn: Connection, sheet: Questionnaire, doubtful: Sequence[DoubtfulAnswer]) -> list[Evidence]:
    """The evidence for answers of many residents, in their order."""
    lines = results_of_targets(conn, {one.target_id for one in doubtful})
    questions = {question.id: question for question in sheet.questions}
    given = [
        (lines[one.target_id], questions[one.question_id])
        for one in doubtful
        if one.target_id in lines and one.question_id in questions
    ]
    calls = calls_by_id(conn, {_call_id(line, question) for line, question in given})
    return [
        evidence_of(line, question, line.answers[question.id], calls.get(_call_id(line, question)))
        for line, question in given
    ]


def _call_id(line: ResultLine, question: Question) -> str:
    return line.answers[question.id].attempt_id or ""
