"""One turn of a call, in one transaction: the conversation moves on, answers are kept, cases opened, words written down."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.calls.call import AttemptStatus
from community.model.cases.case import NewCase
from community.model.questionnaires.questionnaire import Questionnaire
from community.model.rulebook import Rulebook
from community.store import calls
from community.store.answers import readings_of_target
from community.store.calls import RunningCall, Utterance
from community.usecases.mark_wrong_number import mark_wrong_number
from community.usecases.open_case import open_case
from community.usecases.opt_out import opt_out
from community.usecases.record_answer import record_answer
from community.usecases.record_health_consent import record_health_consent
from community.usecases.stop_calling_guardian import stop_calling_guardian
from voice.carriers.base import CallEvent, EventKind
from voice.engine.apply import ASK_AFTER_GOODBYE, ASK_AFTER_WHILE_TALKING, apply_event
from voice.script.conversation import advance
from voice.script.dialogue import Dialogue, Phase
from voice.script.steps import Heard, Language, Step
from voice.script.turn import (
    Effect,
    HealthConsent,
    MachineHeard,
    OptOut,
    RaiseCase,
    RecordAnswer,
    Said,
    Script,
    WrongNumber,
)
from voice.script.wording import as_written

_ACTOR = Actor.system("voice")
_DIALOGUE_KEYS = frozenset(field.name for field in fields(Dialogue))


@dataclass(frozen=True, slots=True)
class TakenTurn:
    """What to answer the carrier with.

    Attributes:
        carrier_id: the carrier's id of the call.
        fresh: the turn was taken now; False for a repeated webhook.
    """

    step: Step
    carrier_id: str | None
    fresh: bool


def make_script(
    conn: Connection,
    call: RunningCall,
    dialogue: Dialogue,
    *,
    questionnaire: Questionnaire,
    rules: Rulebook,
    now: datetime,
) -> Script:
    """What a call's conversation depends on."""
    # The way to the first question depends on what was answered before, and each next one on what is answered meanwhile.
    begins = dialogue.phase in {Phase.PICKUP, Phase.GUARDIAN, Phase.CONSENT}
    answered = readings_of_target(conn, call.target_id) if begins or call.answered_elsewhere else {}
    return Script(
        questionnaire=questionnaire,
        caller=questionnaire.caller or rules.name,
        phone=rules.phone,
        duty_number=rules.duty_number,
        name=call.name,
        language=Language(call.language) if call.language in set(Language) else Language.MANDARIN,
        zone=rules.timezone,
        now=now,
        answered=answered,
        again=call.n > 1 and bool(answered),
        guardian=_is_guardians(call),
        health_consent=call.health_consent,
    )


def take_turn(
    conn: Connection,
    call: RunningCall,
    event: CallEvent,
    *,
    questionnaire: Questionnaire,
    rules: Rulebook,
    now: datetime,
    answer: str | None = None,
) -> TakenTurn:
    """Answer a carrier that asks what to say next.

    A webhook for a step that was answered already, or that another one answers at this moment, says the current step
    again and changes nothing.

    Args:
        answer: the assistant's answer, when the resident asked something back.
    """
    dialogue = Dialogue.from_json(dict(call.dialogue))
    asked = int(event.detail["step"])
    if call.status is not AttemptStatus.IN_PROGRESS:
        apply_event(conn, call.attempt_id, _picked_up(event), rules=rules, now=now)
    if asked != call.step or not calls.claim_step(conn, call.attempt_id, expected=call.step):
        return TakenTurn(_current(conn, call, asked), event.carrier_id, fresh=False)
    heard = event.heard or Heard()
    machine = "machine" in {call.answered_by, event.answered_by}
    said = Said(heard=heard, transfer=event.detail.get("transfer", ""), answer=answer, machine=machine)
    script = make_script(conn, call, dialogue, questionnaire=questionnaire, rules=rules, now=now)
    turn = advance(script, dialogue, said)
    taken_over_by = [_carry_out(conn, call, effect, said=heard.speech, rules=rules, now=now) for effect in turn.effects]
    case_id = next(filter(None, taken_over_by), turn.dialogue.case_id)
    document = _kept(call.dialogue) | replace(turn.dialogue, case_id=case_id).to_json()
    wait = ASK_AFTER_GOODBYE if turn.step.hang_up else ASK_AFTER_WHILE_TALKING
    calls.save_dialogue(conn, call.attempt_id, document, check_at=now + wait)
    calls.add_utterances(conn, call.attempt_id, _spoken(call, dialogue, heard, turn.step, now))
    return TakenTurn(turn.step, event.carrier_id, fresh=True)


def _kept(document: Mapping[str, Any]) -> dict[str, Any]:
    """What others keep in the same document."""
    return {key: value for key, value in document.items() if key not in _DIALOGUE_KEYS}


def _current(conn: Connection, call: RunningCall, asked: int) -> Step:
    """The step that was said last; silence and a goodbye where there is none."""
    latest = calls.running_call(conn, call.attempt_id) or call
    step = Dialogue.from_json(dict(latest.dialogue)).last_step
    return step or Step(number=asked, prompts=(), hang_up=True)


def _picked_up(event: CallEvent) -> CallEvent:
    """Asking what to say proves that somebody picked up, and carries the carrier's id."""
    return CallEvent(
        kind=EventKind.STATUS,
        key=event.key,
        carrier_id=event.carrier_id,
        status=AttemptStatus.IN_PROGRESS,
        answered_by=event.answered_by,
    )


def _spoken(call: RunningCall, before: Dialogue, heard: Heard, step: Step, now: datetime) -> list[Utterance]:
    said: list[Utterance] = []
    question = before.question if before.phase in {Phase.QUESTION, Phase.CONFIRM} else None
    if not heard.is_silence:
        said.append(Utterance("resident", heard.speech, now, heard.digits, heard.confidence, question))
    elif call.step and before.phase is not Phase.TRANSFER:
        said.append(Utterance("resident", "", now, question_id=question))
    text = as_written([prompt.text for prompt in step.prompts])
    if text:
        said.append(Utterance("service", text, now))
    return said


def _carry_out(
    conn: Connection, call: RunningCall, effect: Effect, *, said: str, rules: Rulebook, now: datetime
) -> int | None:
    """Do what a turn asks for; the id of a case that takes over the target."""
    # A rehearsal learns nothing about real people.
    about_real = call.rehearsal and not call.sample
    match effect:
        case RecordAnswer():
            _record(conn, call, effect, now)
        case RaiseCase():
            opened = open_case(conn, _new_case(call, effect), rules=rules, actor=_ACTOR, now=now)
            return opened.id if effect.settles else None
        case OptOut() if not about_real and _is_guardians(call):
            stop_calling_guardian(conn, call, rules=rules, actor=_ACTOR, now=now)
        case OptOut() if not about_real:
            opt_out(conn, call.resident_id, reason="电话里说不要再打", actor=_ACTOR, now=now)
        case HealthConsent() if not about_real:
            record_health_consent(conn, call.resident_id, given=effect.given, how="电话", actor=_ACTOR, now=now)
        case WrongNumber() if not about_real:
            return mark_wrong_number(conn, call, said=said, rules=rules, actor=_ACTOR, now=now).id
        case MachineHeard():
            machine = CallEvent(kind=EventKind.MACHINE, key="machine:heard", answered_by="machine")
            apply_event(conn, call.attempt_id, machine, rules=rules, now=now)
    return None


def _is_guardians(call: RunningCall) -> bool:
    return call.dialogue.get("callee") == "guardian"


def _record(conn: Connection, call: RunningCall, effect: RecordAnswer, now: datetime) -> None:
    record_answer(
        conn,
        target_id=call.target_id,
        question_id=effect.question,
        reading=effect.reading,
        heard=effect.heard.speech,
        digits=effect.heard.digits,
        actor=_ACTOR,
        now=now,
        attempt_id=call.attempt_id,
        rehearsal=call.rehearsal,
    )


def _new_case(call: RunningCall, effect: RaiseCase) -> NewCase:
    key = effect.key
    kind, _, rest = key.partition(":")
    source = f"answer:{call.target_id}:{rest}" if kind == "answer" else f"attempt:{call.attempt_id}:{key}"
    return NewCase(
        kind=effect.kind,
        source_key=source,
        summary=effect.summary,
        description=effect.description,
        priority=effect.priority,
        danger=effect.danger,
        address=call.address,
        grid=call.grid or None,
        resident_id=call.resident_id,
        campaign_id=call.campaign_id,
        target_id=call.target_id,
        attempt_id=call.attempt_id,
        rehearsal=call.rehearsal,
    )
