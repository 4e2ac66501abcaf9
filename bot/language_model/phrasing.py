"""A plain sentence before a quotation: what the passage says, in the words that a neighbour would use, and nothing else."""

import structlog

from bot.language_model.asking import Asking, Judged
from community.model.address_text import Places
from community.model.masked_text import masked
from community.model.policies.faithful import gives_orders, unfaithful
from community.model.policies.policy import AnswerStatus, PolicyAnswer
from community.store.database import Database
from community.store.residents import names_in

log = structlog.get_logger()

#: A quotation that is as short as the sentence would be needs none.
_SHORT = 30
_NOTHING = frozenset({"无", "无。", "没有", "没有。"})


class Phrasing:
    """Puts an answer plainly, where the model keeps to the passage."""

    def __init__(self, asking: Asking, database: Database, places: Places) -> None:
        self._asking = asking
        self._database = database
        self._places = places

    async def __call__(
        self,
        question: str,
        answer: PolicyAnswer,
        *,
        key: str,
        conversation_id: str,
        person: str = "",
        seconds: float | None = None,
    ) -> str:
        """Return the sentence, or nothing where the quotation is to speak for itself.

        Args:
            question: as the resident wrote it.
            answer: what the documents say.
            key: of the message, the same when its turn is replayed.
            person: the resident's name where it is known.
            seconds: less time than is set.
        """
        document = answer.document
        if not _is_quotation(answer) or document is None:
            return ""
        if gives_orders(question) or gives_orders(f"{document.title}\n{answer.heading}\n{answer.quote}"):
            log.info("language_model_not_asked", key=key, reason="gives_orders")
            return ""

        async def words() -> dict[str, str]:
            names = await self._database.read(lambda conn: names_in(conn, f"{question}\n{answer.quote}"))
            return {
                "question": masked(question, names=(*names, person), places=self._places),
                "title": document.title,
                # Addresses in a public document are where to go, not where somebody lives.
                "quote": masked(answer.quote, names=names, places=None),
            }

        def judge(said: str) -> Judged:
            sentence = said.replace("你们", "您").replace("你", "您").strip()
            if sentence in _NOTHING:
                return Judged("", "declined")
            why = unfaithful(sentence, answer.quote, title=document.title, heading=answer.heading)
            return Judged("", why) if why else Judged(sentence)

        return await self._asking.ask(
            "phrasing", key=f"{key}phrasing", conversation_id=conversation_id, words=words, judge=judge, seconds=seconds
        )


def _is_quotation(answer: PolicyAnswer) -> bool:
    """Whether it is a surely fitting passage of a document in force, long enough to be put more plainly."""
    document = answer.document
    if answer.status is not AnswerStatus.ANSWERED or document is None or not document.document_number:
        return False
    return not answer.doubtful and answer.written_id is None and len(answer.quote) > _SHORT
