"""Running calls: what a webhook needs to know about one, the state of its conversation, and what was said in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, insert, or_, select, update

from community.model.address import Address
from community.model.calls.call import Aim, AttemptStatus, Direction
from community.store.answers import answers
from community.store.attempts import attempts, utterances
from community.store.base import update_row
from community.store.campaigns import campaigns
from community.store.residents import health_consented, households, residents


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningCall:
    """One attempt with what its conversation depends on.

    Attributes:
        direction: who called whom.
        target_id, campaign_id, resident_id: empty for a call that came in, as long as it is about nothing we ask, or from
            somebody we do not know.
        n: the how-manieth attempt of its target.
        dialogue: the state of the conversation, as it was saved.
        step: number of the step that was said last.
        sample: the resident belongs to the sample community.
        answered_elsewhere: something was answered outside this call: in an earlier one, or in writing meanwhile.
        guardian_relation: what the guardian is to the resident, as the list says: 女儿, 邻居; empty where it does not.
        health_consent: the resident agreed to questions about health, and has not taken it back.
    """

    attempt_id: str
    token: str
    direction: Direction
    target_id: int | None
    campaign_id: int | None
    resident_id: int | None
    n: int
    number: str
    carrier: str
    carrier_id: str | None
    status: AttemptStatus
    answered_by: str | None
    rehearsal: bool
    dialogue: Mapping[str, Any]
    step: int
    name: str
    language: str
    sample: bool
    address: Address
    grid: str
    guardian_relation: str = ""
    health_consent: bool = False
    answered_elsewhere: bool = False

    @property
    def aim(self) -> Aim | None:
        """Whom it is about; None for a call that came in and is about nothing we ask."""
        return Aim.of(self.target_id, self.campaign_id, self.resident_id)

    @property
    def is_guardians(self) -> bool:
        """Whether the phone is that of the resident's guardian (紧急联系人)."""
        return self.dialogue.get("callee") == "guardian"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing said in a call, by us (`service`) or by whoever picked up (`resident`)."""

    speaker: str
    text: str
    at: datetime
    digits: str = ""
    confidence: float | None = None
    question_id: str | None = None


_QUERY = (
    select(
        attempts.c.id,
        attempts.c.token,
        attempts.c.direction,
        attempts.c.target_id,
        attempts.c.campaign_id,
        attempts.c.resident_id,
        attempts.c.n,
        attempts.c.number,
        attempts.c.carrier,
        attempts.c.carrier_id,
        attempts.c.status,
        attempts.c.answered_by,
        attempts.c.rehearsal,
        attempts.c.dialogue,
        attempts.c.dialogue_step,
        residents.c.name,
        residents.c.language,
        residents.c.sample,
        residents.c.guardian_relation,
        health_consented().label("health_consent"),
        exists()
        .where(
            answers.c.target_id == attempts.c.target_id,
            or_(answers.c.attempt_id.is_(None), answers.c.attempt_id != attempts.c.id),
        )
        .label("answered_elsewhere"),
        households.c.community,
        households.c.building,
        households.c.unit,
        households.c.room,
        households.c.grid,
    )
    .outerjoin(residents, residents.c.id == attempts.c.resident_id)
    .outerjoin(households, households.c.id == residents.c.household_id)
    .where(attempts.c.id == bindparam("attempt"))
)
# Built once: a webhook runs each of these, and building them costs more than running them.
_LOCKED_QUERY = _QUERY.with_for_update(of=attempts)
_BOUND = select(attempts.c.id).where(attempts.c.carrier_id == bindparam("carrier_id"))
_UTTER = insert(utterances).inline()


def running_call(conn: Connection, attempt_id: str, *, lock: bool = False) -> RunningCall | None:
    """One attempt with its conversation; None when there is no such attempt.

    Args:
        lock: nobody else may change it until the transaction ends.
    """
    row = conn.execute(_LOCKED_QUERY if lock else _QUERY, {"attempt": attempt_id}).one_or_none()
    if row is None:
        return None
    dialogue = row.dialogue or {}
    address, grid = _home(row, dialogue)
    return RunningCall(
        attempt_id=row.id,
        token=row.token,
        direction=Direction(row.direction),
        target_id=row.target_id,
        campaign_id=row.campaign_id,
        resident_id=row.resident_id,
        n=row.n,
        number=row.number,
        carrier=row.carrier,
        carrier_id=row.carrier_id,
        status=AttemptStatus(row.status),
        answered_by=row.answered_by,
        rehearsal=row.rehearsal,
        dialogue=dialogue,
        step=row.dialogue_step,
        name=row.name or "",
        language=row.language or dialogue.get("language", ""),
        sample=bool(row.sample),
        address=address,
        grid=grid,
        guardian_relation=row.guardian_relation or "",
        health_consent=bool(row.health_consent),
        answered_elsewhere=bool(row.answered_elsewhere),
    )


def _home(row: Any, dialogue: Mapping[str, Any]) -> tuple[Address, str]:
    """Where the resident lives; for a caller who is not known, where the phone is at home, if that is known."""
    if row.resident_id is not None:
        return Address(row.community, row.building, row.unit, row.room), row.grid
    *parts, grid = dialogue.get("home") or ("", "", "", "", "")
    return Address(*parts), grid


def may_be_call(conn: Connection, call: RunningCall, carrier_id: str | None) -> bool:
    """Whether the carrier's call of that id is this attempt's; one that nobody knows yet may be that of an unbound attempt."""
    if carrier_id is None or call.carrier_id is not None:
        return carrier_id in {None, call.carrier_id}
    return conn.execute(_BOUND, {"carrier_id": carrier_id}).first() is None


def definition_of(conn: Connection, campaign_id: int) -> dict[str, Any]:
    """The questionnaire of a campaign as it was loaded."""
    definition: dict[str, Any] = conn.execute(
        select(campaigns.c.definition).where(campaigns.c.id == campaign_id)
    ).scalar_one()
    return definition


def take_step(
    conn: Connection, attempt_id: str, dialogue: Mapping[str, Any], *, answers_step: int, check_at: datetime
) -> bool:
    """Keep the state of a conversation after the turn that answers a step; False when another webhook has taken that turn.

    Args:
        check_at: when the carrier is asked about the call unless a callback comes first.
    """
    still = {"id": attempt_id, "dialogue_step": answers_step}
    facts = {"dialogue": dict(dialogue), "dialogue_step": answers_step + 1, "check_at": check_at}
    return update_row(conn, attempts, where=still, to=facts)


def save_dialogue(conn: Connection, attempt_id: str, dialogue: Mapping[str, Any]) -> None:
    """Keep the state of a conversation, whichever step it has come to."""
    update_row(conn, attempts, where={"id": attempt_id}, to={"dialogue": dict(dialogue)})


def note_repeat(conn: Connection, attempt_id: str, dialogue: Mapping[str, Any], *, step: int) -> None:
    """Keep that a step was asked for again, unless a turn has been taken meanwhile."""
    unmoved = {"id": attempt_id, "dialogue_step": step}
    update_row(conn, attempts, where=unmoved, to={"dialogue": dict(dialogue)})


def add_utterances(conn: Connection, attempt_id: str, said: Sequence[Utterance]) -> None:
    """Write down what was said, in order."""
    if said:
        conn.execute(
            _UTTER,
            [
                {
                    "attempt_id": attempt_id,
                    "speaker": one.speaker,
                    "text": one.text,
                    "digits": one.digits,
                    "confidence": one.confidence,
                    "question_id": one.question_id,
                    "at": one.at,
                }
                for one in said
            ],
        )


def transcript(conn: Connection, attempt_id: str) -> list[Utterance]:
    """What was said in a call, in order."""
    rows = conn.execute(select(utterances).where(utterances.c.attempt_id == attempt_id).order_by(utterances.c.id))
    return [Utterance(row.speaker, row.text, row.at, row.digits, row.confidence, row.question_id) for row in rows]


def opt_resident_out(conn: Connection, resident_id: int, *, now: datetime) -> bool:
    """Note that a resident never wants to be called again; False when that was noted before."""
    result = conn.execute(
        update(residents)
        .where(residents.c.id == resident_id, residents.c.opted_out_at.is_(None))
        .values(opted_out_at=now)
    )
    return result.rowcount == 1
