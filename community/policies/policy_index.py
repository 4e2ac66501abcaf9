"""The policy index: built from the store, brought up to date when the store has changed, shared by all threads."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from community.model.policies.answering import Answerer, answer_as_written
from community.model.policies.entries import DocumentEntry, read_document
from community.model.policies.policy import PolicyAnswer, PolicyDocument, standings
from community.model.policies.policy_text import ParsedPolicy
from community.model.policies.search import PassageIndex
from community.model.policies.written import AnswerState, ReadAnswer, best_answer, without_masks
from community.policies.policy_knowledge import PolicyKnowledge, load_policy_knowledge
from community.store import policies, written_answers


def _document(number: int, file_name: str, policy: ParsedPolicy) -> PolicyDocument:
    return PolicyDocument(
        id=number,
        title=policy.title,
        document_number=policy.document_number,
        issuer=policy.issuer,
        issued_on=policy.issued_on,
        effective_on=policy.effective_on,
        expires_on=policy.expires_on,
        district=policy.district,
        supersedes=policy.supersedes,
        file_name=file_name,
    )


@dataclass(frozen=True, slots=True)
class _State:
    version: tuple[int, int]
    documents: tuple[PolicyDocument, ...]
    entries: Mapping[int, DocumentEntry]
    index: PassageIndex


@dataclass(frozen=True, slots=True)
class _Written:
    version: tuple[int, int, datetime | None]
    answers: tuple[ReadAnswer, ...]


class PolicyIndex:
    """Answers questions from the documents in the store.

    `refresh` asks the store with one small query whether anything was imported and reads only what is new; a search works
    on one state from beginning to end, whatever is imported meanwhile.
    """

    def __init__(self, knowledge: PolicyKnowledge | None = None) -> None:
        self._knowledge = knowledge or load_policy_knowledge()
        self._state = _State((0, 0), (), {}, PassageIndex((), self._knowledge.ranking))
        self._written = _Written((0, 0, None), ())
        self._answerer: Answerer | None = None
        self._refreshing = threading.Lock()

    @property
    def documents(self) -> tuple[PolicyDocument, ...]:
        """The documents known, older versions left out."""
        return self._state.documents

    def refresh(self, conn: Connection) -> None:
        """Take in what was imported or written since the last time."""
        self._refresh_written(conn)
        if policies.store_version(conn) == self._state.version:
            return
        with self._refreshing:
            version = policies.store_version(conn)
            before = self._state
            if version == before.version:
                return
            documents = tuple(policies.list_documents(conn))
            new = [document for document in documents if document.id not in before.entries]
            texts = policies.passages_of(conn, [document.id for document in new])
            lexicon = self._knowledge.lexicon
            entries = {
                document.id: before.entries[document.id] for document in documents if document.id in before.entries
            }
            entries.update({document.id: read_document(document, texts[document.id], lexicon) for document in new})
            ordered = [entries[document.id] for document in documents]
            self._state = _State(version, documents, entries, PassageIndex(ordered, self._knowledge.ranking))

    def with_policies(self, policies: Sequence[tuple[str, ParsedPolicy]]) -> "PolicyIndex":
        """Return another index that holds these (file name, policy) as well, as if they had been imported."""
        other = PolicyIndex(self._knowledge)
        state, lexicon = self._state, self._knowledge.lexicon
        replaced = {policy.document_number for _, policy in policies}
        kept = [one for one in state.documents if one.document_number not in replaced]
        entries = [state.entries[one.id] for one in kept]
        first = max((one.id for one in state.documents), default=0) + 1
        newest = {policy.document_number: (name, policy) for name, policy in policies}
        for number, (name, policy) in enumerate(newest.values(), start=first):
            entries.append(read_document(_document(number, name, policy), policy.passages, lexicon))
        documents = tuple(entry.document for entry in entries)
        other._state = _State(
            (-1, -1),
            documents,
            {entry.document.id: entry for entry in entries},
            PassageIndex(entries, self._knowledge.ranking),
        )
        other._written = self._written
        return other

    def answer(self, question: str, *, today: date, topic: int | None = None, before: str = "") -> PolicyAnswer:
        """Answer a question from what was last taken in.

        Args:
            question: as the resident wrote or said it.
            today: the day for which the answer must hold.
            topic: id of the document that the conversation was about.
            before: the question before, for one that only makes sense after it (那九十岁呢).
        """
        asked = self._knowledge.understand(question)
        if before and topic is not None and not (asked.topics or asked.things or asked.facets):
            asked = self._knowledge.understand(f"{before} {question}")
        written = best_answer(asked, self._written.answers, today=today)
        if written is not None:
            return answer_as_written(*written, wording=self._knowledge.wording, today=today)
        return self.answerer(today).answer(asked, topic=topic)

    def _refresh_written(self, conn: Connection) -> None:
        version = written_answers.answers_version(conn)
        if version == self._written.version:
            return
        answers = written_answers.list_answers(conn, AnswerState.PUBLISHED)
        read = (
            ReadAnswer(
                one,
                tuple(
                    self._knowledge.understand(without_masks(text))
                    for text in dict.fromkeys((one.question, *one.asked_as))
                ),
            )
            for one in answers
        )
        self._written = _Written(version, tuple(read))

    def answerer(self, today: date) -> Answerer:
        """What answers on a given day; kept until the documents or the day change."""
        state, knowledge, kept = self._state, self._knowledge, self._answerer
        if kept is not None and kept.index is state.index and kept.today == today:
            return kept
        made = Answerer(
            index=state.index,
            lexicon=knowledge.lexicon,
            ranking=knowledge.ranking,
            wording=knowledge.wording,
            standing=standings(state.documents, today),
            documents=state.documents,
            today=today,
        )
        self._answerer = made
        return made
