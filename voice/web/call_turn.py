"""One turn of a call, in one transaction: the conversation moves on, answers are kept, cases opened, words written down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from community.errors import Conflict
from community.files.answer_knowledge import load_answer_opinion
from community.model.calls.call import AttemptStatus
from community.model.hazards.wish import Wish
from community.model.questionnaires.questionnaire import Questionnaire
from community.model.residents.forms_of_address import not_family
from community.model.rulebook import Rulebook
from community.store import calls
from community.store.answers import readings_of_target
from community.store.calls import RunningCall, Utterance
from community.store.recordings import await_recording
from community.usecases.promise_callback import promise_callback
from voice.carriers.base import CallEvent, EventKind
from voice.engine.apply import ASK_AFTER_GOODBYE, ASK_AFTER_WHILE_TALKING, apply_event
from voice.script.conversation import advance
from voice.script.dialogue import Dialogue, Phase
from voice.script.steps import Heard, Language, Step
from voice.script.turn import CallerKnown, Said, Script, Turn
from voice.script.wording import as_written, wording
from voice.web.callers import inbound_of, met
from voice.web.effects import carry_out

_DIALOGUE_KEYS = frozenset({field.name for field in fields(Dialogue)} | {"stale"})
#: A call's recording is there soon after the longest call, a message soon after the tone.
_RECORDED_AFTER, _MESSAGE_AFTER = timedelta(minutes=20), timedelta(minutes=6)
#: Who asks for steps that are long past so often goes round in circles.
_MOST_STALE = 30

QuestionnaireOf = Callable[[int | None], Questionnaire]


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
    records: bool = True,
) -> Script:
    """What a call's conversation depends on.

    Args:
        records: the line can record what is said after the tone.
    """
    # The way to the first question depends on what was answered before, and each next one on what is answered meanwhile.
    begins = dialogue.phase in {Phase.PICKUP, Phase.GUARDIAN, Phase.READY, Phase.CONSENT}
    asked = call.target_id if begins or call.answered_elsewhere else None
    answered = readings_of_target(conn, asked) if asked is not None else {}
    return Script(
        questionnaire=questionnaire,
        caller=questionnaire.caller or rules.name,
        phone=rules.phone,
        duty_number=rules.duty_number,
        name=call.name,
        language=Language(call.language) if call.language in set(Language) else Language.MANDARIN,
        zone=rules.timezone,
        now=now,
        opinion=load_answer_opinion(),
        next_call=lambda wish: promise_callback(conn, call, wish, rules=rules, now=now),
        answered=answered,
        again=call.n > 1 and bool(answered),
        guardian=call.is_guardians,
        kin=not_family(call.guardian_relation) if call.is_guardians else "",
        health_consent=call.health_consent,
        inbound=inbound_of(conn, call, dialogue, now),
        records=records,
        region=rules.region,
    )


def take_turn(
    conn: Connection,
    call: RunningCall,
    event: CallEvent,
    *,
    questionnaire_of: QuestionnaireOf,
    rules: Rulebook,
    now: datetime,
    answer: str | None = None,
    wish: Wish | None = None,
    records: bool = True,
) -> TakenTurn:
    """Answer a carrier that asks what to say next.

    A webhook for a step that was answered already says the current step again and changes nothing.

    Args:
        call: as it was read, and is held, in this transaction: of two webhooks for one step the second waits for the first.
        questionnaire_of: the questionnaire of a campaign; of none, what we ask somebody who rings us.
        answer: the assistant's answer, when the resident asked something back.
        wish: what of the words must be looked after, whatever was asked.
        records: the line can record what is said after the tone.

    Raises:
        Conflict: another webhook took this turn, although the call was held; nothing of this one may be kept.
    """
    dialogue = Dialogue.from_json(dict(call.dialogue))
    asked = int(event.detail["step"])
    if call.status is not AttemptStatus.IN_PROGRESS:
        apply_event(conn, call.attempt_id, _picked_up(event), rules=rules, now=now)
    if asked != call.step:
        return TakenTurn(_current(conn, call, asked), event.carrier_id, fresh=False)
    heard = event.heard or Heard()
    machine = "machine" in {call.answered_by, event.answered_by}
    said = Said(heard=heard, transfer=event.detail.get("transfer", ""), answer=answer, wish=wish, machine=machine)

    def speak(call: RunningCall, dialogue: Dialogue, said: Said) -> Turn:
        questionnaire = questionnaire_of(call.campaign_id)
        script = make_script(conn, call, dialogue, questionnaire=questionnaire, rules=rules, now=now, records=records)
        return advance(script, dialogue, said)

    turn = speak(call, dialogue, said)
    if known := met(conn, call, turn, _kept(call.dialogue)):
        call = known
        if CallerKnown() in turn.effects:
            turn = speak(call, *_begun(call, dialogue))
    _save(conn, call, turn, heard, rules=rules, now=now)
    calls.add_utterances(conn, call.attempt_id, _spoken(call, dialogue, heard, turn.step, now))
    return TakenTurn(turn.step, event.carrier_id, fresh=True)


def _begun(call: RunningCall, before: Dialogue) -> tuple[Dialogue, Said]:
    """Where the conversation stands with somebody who has just said who they are."""
    if call.is_guardians:
        return Dialogue(step=before.step, phase=Phase.GUARDIAN), Said(heard=Heard(digits="1"))
    return Dialogue(step=before.step), Said(heard=Heard())


def _save(conn: Connection, call: RunningCall, turn: Turn, heard: Heard, *, rules: Rulebook, now: datetime) -> None:
    """Carry out what the turn asks for and keep the state of the conversation."""
    taken_over_by = [carry_out(conn, call, effect, said=heard.speech, rules=rules, now=now) for effect in turn.effects]
    case_id = next(filter(None, taken_over_by), turn.dialogue.case_id)
    document = _kept(call.dialogue) | replace(turn.dialogue, case_id=case_id).to_json()
    wait = ASK_AFTER_GOODBYE if turn.step.hang_up else ASK_AFTER_WHILE_TALKING
    if not calls.take_step(conn, call.attempt_id, document, answers_step=call.step, check_at=now + wait):
        raise Conflict("这一步刚被另一个请求答过：请重新请求", code="step_taken")
    if turn.step.start_recording:
        await_recording(conn, call.attempt_id, now + _RECORDED_AFTER)
    elif turn.step.record_message:
        await_recording(conn, call.attempt_id, now + _MESSAGE_AFTER)


def _kept(document: Mapping[str, Any]) -> dict[str, Any]:
    """What others keep in the same document."""
    return {key: value for key, value in document.items() if key not in _DIALOGUE_KEYS}


def _current(conn: Connection, call: RunningCall, asked: int) -> Step:
    """The step that was said last; silence and a goodbye where there is none."""
    latest = calls.running_call(conn, call.attempt_id) or call
    step = Dialogue.from_json(dict(latest.dialogue)).last_step
    stale = int(latest.dialogue.get("stale", 0)) + 1
    calls.note_repeat(conn, call.attempt_id, {**latest.dialogue, "stale": stale}, step=latest.step)
    if stale > _MOST_STALE:
        prompts = tuple(wording(step.language if step else Language.MANDARIN).prompts("apology"))
        return Step(number=latest.step + 1, prompts=prompts, hang_up=True)
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
