"""From the best passages to what is said: answer, let choose, warn that something has ended, or admit not to know."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from community.model.policies.entries import PassageEntry
from community.model.policies.lexicon import Lexicon
from community.model.policies.policy import AnswerStatus, Passage, PolicyAnswer, PolicyDocument, Standing
from community.model.policies.question import AskedQuestion
from community.model.policies.quoting import ended_on, quote
from community.model.policies.ranking import Ranking
from community.model.policies.search import Hit, Mask, PassageIndex
from community.model.policies.written import WrittenAnswer

#: An expired document must be surer by this than what is in force to be spoken of instead.
_CLEARLY = 0.2
_MOST_CHOICES = 3
#: Features that count what a document lacks.
_MISSING = ("topic_missing", "things_missing", "telling_missing", "nouns_missing")
#: Passages out of force that are looked at; they matter only when they fit plainly.
_PAST_CANDIDATES = 8
#: Clauses that share this much are the same matter, before and after.
_KIN = 0.35
_ARTICLE = re.compile(r"第.{1,5}条")
#: A clause that scores less by no more than this is quoted too, if both have no more characters than that together.
_NEARLY, _BOTH = 0.8, 260
_SHORT_HEADING = 14
#: A follow-up up to this length is answered from its document with this share of the usual confidence (那要带什么材料).
_SHORT_QUESTION, _FOLLOWING = 16, 0.35
#: Replacements of replacements that are followed.
_LONGEST_CHAIN = 10


@dataclass(frozen=True)
class Answerer:
    """Answers questions from one state of the documents.

    Attributes:
        documents: every current version, to know what replaced what.
        standing: how each document stands today.
    """

    index: PassageIndex
    lexicon: Lexicon
    ranking: Ranking
    wording: Mapping[str, str]
    standing: Mapping[int, tuple[Standing, PolicyDocument | None]]
    documents: Sequence[PolicyDocument]
    today: date

    def answer(self, question: AskedQuestion, *, topic: int | None = None) -> PolicyAnswer:
        """Answer one question.

        Args:
            topic: id of the document that the conversation was about, for follow-up questions.
        """
        kept = self._kept_topic(question, topic)
        current = self._current(question, kept)
        confidence = self.confidence(question, current)
        sure = bool(current) and confidence >= self._least(question, current[0], kept)
        if not sure or not current[0].features["topic_in_title"]:
            past = self._past(question)
            if past is not None and (not sure or self._is_clearly_better(past, confidence)):
                return past
        if not sure:
            return self._unknown(confidence)
        rivals = self._rivals(current, kept)
        if len(rivals) > 1:
            return self._choose(rivals, confidence)
        return self._answered(current[0], question, confidence, beside=_beside(current))

    def _least(self, question: AskedQuestion, best: Hit, kept: int | None) -> float:
        """The least confidence to answer with; less where a follow-up names no subject and its document goes on with it."""
        follows = kept is not None and best.document.document.id == kept and not question.topics
        return self.ranking.threshold * (_FOLLOWING if follows and len(question.text) <= _SHORT_QUESTION else 1.0)

    def _current(self, question: AskedQuestion, kept: int | None) -> list[Hit]:
        """Passages in force, best first; what a replaced document says leads to what its successor says instead.

        Who asks 还是每季度发一次吗 speaks the old document's words, and means the new one's clause of that heading.
        """
        hits = self.index.search(question, allowed=self._quotable, kept_topic=kept)
        result: dict[int, Hit] = {}
        for hit in hits:
            now = hit if self.standing[hit.document.document.id][0] is Standing.IN_FORCE else self._successor(hit)
            if now is not None and id(now.passage) not in result:
                result[id(now.passage)] = now
        return list(result.values())

    def _successor(self, hit: Hit) -> Hit | None:
        """The clause on the same matter in the document in force that replaced this one."""
        document: PolicyDocument | None = hit.document.document
        for _ in range(_LONGEST_CHAIN):
            if document is None or self.standing[document.id][0] is not Standing.SUPERSEDED:
                break
            document = self.standing[document.id][1]
        entry = self.index.documents.get(document.id) if document is not None else None
        if entry is None or self.standing[entry.document.id][0] is not Standing.IN_FORCE:
            return None
        nearest = max(entry.passages, key=lambda passage: _kinship(hit.passage, passage))
        return replace(hit, document=entry, passage=nearest) if _kinship(hit.passage, nearest) >= _KIN else None

    def decision_features(self, question: AskedQuestion, hits: Sequence[Hit]) -> dict[str, float]:
        """What the decision to answer looks at: the best passage, and how far the next document is behind."""
        best = hits[0]
        nothing_missing = float(not any(best.features[name] for name in _MISSING))
        others = [hit.score for hit in hits if hit.document is not best.document and not self._is_rival(hit, best)]
        return {
            **best.features,
            "rank_score": best.score,
            "margin_document": min(3.0, best.score - max(others)) if others else 3.0,
            "explained": _explained(best),
            "nothing_missing": nothing_missing,
            "topic_clear": nothing_missing * best.features["topic_in_title"],
            "things_met": min(4.0, float(len(question.things & best.passage.concepts))),
        }

    def _is_rival(self, hit: Hit, best: Hit) -> bool:
        """Whether another document on the same subject fits as well: then both are offered, and neither is doubted."""
        same_subject = hit.features["topic_in_title"] == best.features["topic_in_title"] == 1.0
        return same_subject and best.score - hit.score <= self.ranking.choose_margin

    def confidence(self, question: AskedQuestion, hits: Sequence[Hit]) -> float:
        """How sure it is that the best hit answers; 0 without one."""
        return self.ranking.confidence(self.decision_features(question, hits)) if hits else 0.0

    @cached_property
    def _quotable(self) -> Mask:
        """Passages in force, and those that lead to one in force."""
        wanted = (Standing.IN_FORCE, Standing.SUPERSEDED)
        return self.index.mask(lambda one: self.standing[one][0] in wanted)

    @cached_property
    def _not_quotable(self) -> Mask:
        return self.index.mask(lambda one: self.standing[one][0] is not Standing.IN_FORCE)

    def _kept_topic(self, question: AskedQuestion, topic: int | None) -> int | None:
        """The conversation's document, unless the question names another subject."""
        entry = self.index.documents.get(topic) if topic is not None else None
        if topic is not None and entry is None:
            return None
        if entry is not None and self.standing[entry.document.id][0] is not Standing.IN_FORCE:
            return None
        if entry is not None and question.topics and not question.topics & (entry.title_concepts | entry.concepts):
            return None
        return topic

    def _past(self, question: AskedQuestion) -> "PolicyAnswer | None":
        """What documents that have ended, or not begun, would answer."""
        found = self.index.search(question, allowed=self._not_quotable, most=_PAST_CANDIDATES, whole=1)
        hits = [hit for hit in found if self._successor(hit) is None]
        confidence = self.confidence(question, hits)
        if not hits or confidence < self.ranking.threshold:
            return None
        best = hits[0]
        document = best.document.document
        quoted = quote(best.passage.passage.text, question, self.lexicon)
        standing, successor = self.standing[document.id]
        text = self._past_text(document, standing, successor, quoted)
        return PolicyAnswer(
            status=AnswerStatus.EXPIRED,
            document=document,
            heading=best.passage.passage.heading,
            passage=best.passage.passage.text,
            text=text,
            quote="" if standing is Standing.SUPERSEDED else quoted,
            confidence=round(confidence, 3),
        )

    def _past_text(
        self, document: PolicyDocument, standing: Standing, successor: PolicyDocument | None, quoted: str
    ) -> str:
        if standing is Standing.SUPERSEDED and successor is not None:
            return self.wording["superseded_document"].format(
                title=document.title,
                number=document.document_number,
                new_title=successor.title,
                new_number=successor.document_number,
            )
        if standing is Standing.NOT_YET:
            begins = chinese_date(document.effective_on or document.issued_on)
            return self.wording["not_yet"].format(from_=begins, quote=quoted, source=self._source(document))
        return self.wording["expired_document"].format(
            title=document.title,
            number=document.document_number,
            until=chinese_date(document.expires_on),
            quote=quoted,
        )

    def _is_clearly_better(self, past: PolicyAnswer, confidence: float) -> bool:
        """Whether something that has ended fits so much better that it must be spoken of."""
        document = past.document
        ended = document is not None and self.standing[document.id][0] is Standing.EXPIRED
        return ended and past.confidence - confidence > _CLEARLY

    def _rivals(self, hits: Sequence[Hit], kept: int | None) -> list[Hit]:
        """The best hit of each document that competes with the best of all."""
        best = hits[0]
        if kept is not None and best.document.document.id == kept:
            return [best]
        rivals = [best]
        seen = {best.document.document.id}
        for hit in hits[1:]:
            if best.score - hit.score > self.ranking.choose_margin or len(rivals) == _MOST_CHOICES:
                break
            if hit.document.document.id in seen or hit.features["topic_in_title"] < best.features["topic_in_title"]:
                continue
            seen.add(hit.document.document.id)
            rivals.append(hit)
        return rivals

    def _choose(self, rivals: Sequence[Hit], confidence: float) -> PolicyAnswer:
        choices = tuple(hit.document.document for hit in rivals)
        lines = (
            self.wording["choose_line"].format(place=place, title=document.title, number=document.document_number)
            for place, document in enumerate(choices, start=1)
        )
        return PolicyAnswer(
            status=AnswerStatus.CHOOSE,
            text=self.wording["choose"].format(choices="\n".join(lines)),
            confidence=round(confidence, 3),
            choices=choices,
            doubtful=True,
        )

    def _unknown(self, confidence: float) -> PolicyAnswer:
        return PolicyAnswer(status=AnswerStatus.UNKNOWN, text=self.wording["unknown"], confidence=round(confidence, 3))

    def _answered(
        self, hit: Hit, question: AskedQuestion, confidence: float, *, beside: Hit | None = None
    ) -> PolicyAnswer:
        document, passage = hit.document.document, hit.passage.passage
        quoted = quote(passage.text, question, self.lexicon)
        shown, whole = self._headed(passage, quoted), passage.text
        if beside is not None:
            other = beside.passage.passage
            shown += f"\n{self._headed(other, quote(other.text, question, self.lexicon))}"
            whole += f"\n{other.text}"
        ended = ended_on(quoted, self.today)
        key = "expired_clause" if ended else "answered"
        text = self.wording[key].format(quote=shown, source=self._source(document), until=chinese_date(ended))
        answer = PolicyAnswer(
            status=AnswerStatus.EXPIRED if ended else AnswerStatus.ANSWERED,
            document=document,
            heading=passage.heading,
            passage=whole,
            text=text,
            quote=quoted,
            confidence=round(confidence, 3),
            doubtful=confidence < self.ranking.sure,
        )
        successor = self._coming(document)
        if successor is None:
            return answer
        soon = self.wording["soon"].format(
            title=successor.title, number=successor.document_number, from_=chinese_date(successor.effective_on)
        )
        return replace(answer, text=f"{text}\n{soon}")

    def _headed(self, passage: Passage, quoted: str) -> str:
        """What is quoted, under its heading where that is short."""
        if passage.heading and len(passage.heading) <= _SHORT_HEADING:
            return self.wording["table"].format(heading=passage.heading, quote=quoted)
        return quoted

    def _coming(self, document: PolicyDocument) -> PolicyDocument | None:
        for other in self.documents:
            if self.standing[other.id][0] is Standing.NOT_YET and document.document_number in other.supersedes:
                return other
        return None

    def _source(self, document: PolicyDocument) -> str:
        begins = document.effective_on or document.issued_on
        key = "source_dated" if begins else "source"
        source = self.wording[key].format(
            title=document.title, number=document.document_number, from_=chinese_date(begins)
        )
        if document.supersedes:
            source += self.wording["replaced"].format(old="、".join(document.supersedes))
        return source


def _beside(hits: Sequence[Hit]) -> Hit | None:
    """A second clause of the same document that fits nearly as well and could answer, where both are still soon read."""
    best = hits[0]
    room = _BOTH - len(best.passage.passage.text)
    for hit in hits[1:]:
        if best.score - hit.score > _NEARLY:
            return None
        fits = not hit.features["asks_unmet"] and hit.features["units_passage"] > 0.0
        if fits and hit.document is best.document and len(hit.passage.passage.text) <= room:
            return hit
    return None


def _kinship(old: PassageEntry, new: PassageEntry) -> float:
    """How much two clauses speak of the same thing, 0 to 1; a heading that says more than 第二条 settles it."""
    heading = old.passage.heading
    if heading and heading == new.passage.heading and not _ARTICLE.fullmatch(heading):
        return 1.0
    shared = len(old.bigrams & new.bigrams) / max(1, min(len(old.bigrams), len(new.bigrams)))
    return 0.99 * shared


def _explained(hit: Hit) -> float:
    """Share of what the question names that the document has."""
    features = hit.features
    met = 0.7 * features["topic_in_title"] + features["topic_in_body"] + features["words_passage_sum"]
    met += features["things_passage_sum"] + features["things_document_only"]
    missing = sum(features[name] for name in _MISSING)
    return met / (met + missing) if met + missing else 0.0


def answer_as_written(written: WrittenAnswer, alike: float, *, wording: Mapping[str, str], today: date) -> PolicyAnswer:
    """Give an answer that staff wrote, and say who wrote it and when."""
    document = PolicyDocument(
        id=-written.id,
        title="社区答复",
        document_number="",
        issuer=written.author_name,
        issued_on=written.published_on,
    )
    return PolicyAnswer(
        status=AnswerStatus.ANSWERED,
        document=document,
        heading=written.question,
        passage=written.text,
        text=wording["written"].format(text=written.text, source=written.source(today)),
        quote=written.text,
        confidence=round(alike, 3),
        written_id=written.id,
    )


def chinese_date(day: date | None) -> str:
    """Write a date as residents read it: 2026年2月1日."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
