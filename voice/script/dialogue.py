"""The state of one conversation: what was last said, what is awaited, what came of it; kept as JSON beside the attempt."""

from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from community.model.calls.call import CallResult
from voice.script.steps import Language, Listen, Prompt, Step


class Phase(StrEnum):
    """What the resident's next words or keys answer."""

    #: Nothing was said yet.
    PICKUP = "pickup"
    #: Do we speak with the resident's family?
    GUARDIAN = "guardian"
    #: May they talk now? Asked before anything about health is said.
    READY = "ready"
    #: May we record?
    CONSENT = "consent"
    #: May we ask about the resident's health?
    HEALTH = "health"
    #: The question named in `Dialogue.question`.
    QUESTION = "question"
    #: Was the answer understood rightly?
    CONFIRM = "confirm"
    #: Are we never to call again?
    OPT_OUT = "opt_out"
    #: Are we never to call somebody else again?
    FOR_ANOTHER = "for_another"
    #: Somebody rang us: is it the one we asked for?
    CALLER = "caller"
    #: Somebody rang us: what is it about?
    DESK = "desk"
    #: Is there anything else to tell the community?
    MESSAGE_OFFER = "message_offer"
    #: What is said after the tone.
    MESSAGE = "message"
    #: Somebody needs help now; we stay on the line.
    EMERGENCY = "emergency"
    #: The duty phone is being connected.
    TRANSFER = "transfer"
    #: Goodbye was said.
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """Where a conversation stands.

    Attributes:
        step: number of the step that was said last; its answer comes with the same number.
        question: id of the question that is being asked.
        misses: silences and unclear answers to this question so far.
        repeats: how often this question was repeated on request; waits: how often we waited.
        slow: speak slower from now on.
        consent: to recording; None before it was asked or answered.
        health: whether questions about health may be asked; None before that was asked or answered.
        fluent: a question was answered, so that the way to answer is known.
        pending: a reading that waits for its confirmation, with what was heard.
        given: questions that were answered in this call, in order.
        resume: the question to go back to, once an earlier answer is put right.
        set_aside: questions that were given up as unclear.
        asked_back: questions the resident asked us.
        hums: 嗯, 喂 and the like that were said instead of an answer to this question.
        greetings: 嗯, 喂 and the like in a row, whatever was asked.
        doubts: how often the resident doubted who we are.
        interrupted: the phase that 不要再打了 interrupted, to be gone back to; empty for none.
        rounds: how often we spoke while staying with somebody in distress.
        dangers: kinds of danger that somebody in distress was given advice for.
        refused: labels of refusal heard so far.
        offered: a message was offered; matters: what somebody who rang us brought up so far.
        result: what came of it, for the engine; None while it goes on.
        callback_at: ISO moment the resident asked to be called at.
        case_id: the case, opened in the call, that takes over the target.
        transferred: the duty phone picked up.
        machine: a machine answers, not a person.
        said: the last step, to be said again to a repeated webhook.
    """

    step: int = 0
    phase: Phase = Phase.PICKUP
    question: str | None = None
    misses: int = 0
    repeats: int = 0
    waits: int = 0
    slow: bool = False
    consent: bool | None = None
    health: bool | None = None
    fluent: bool = False
    pending: dict[str, Any] | None = None
    given: tuple[str, ...] = ()
    resume: str | None = None
    set_aside: int = 0
    asked_back: int = 0
    hums: int = 0
    greetings: int = 0
    doubts: int = 0
    interrupted: str = ""
    rounds: int = 0
    dangers: tuple[str, ...] = ()
    offered: bool = False
    matters: int = 0
    result: CallResult | None = None
    callback_at: str | None = None
    case_id: int | None = None
    transferred: bool = False
    machine: bool = False
    said: dict[str, Any] | None = None

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Dialogue":
        """Read what `to_json` wrote; keys that others keep in the same document are left alone."""
        known = {field.name for field in fields(cls)}
        values = {key: value for key, value in document.items() if key in known}
        values["phase"] = Phase(values.get("phase", Phase.PICKUP))
        values |= {name: tuple(values.get(name, ())) for name in ("given", "dangers")}
        result = values.get("result")
        values["result"] = CallResult(result) if result else None
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """A document for the attempt's row; what is as at the beginning is left out."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name)) != field.default}

    @property
    def last_step(self) -> Step | None:
        """The step that was said last."""
        return step_from_json(self.said) if self.said else None


def step_to_json(step: Step) -> dict[str, Any]:
    """A step as JSON."""
    return {key: value for key, value in asdict(step).items() if value not in (None, False, 0)}


def step_from_json(document: dict[str, Any]) -> Step:
    """A step from JSON."""
    listen = document.get("listen")
    rest = {key: value for key, value in document.items() if key not in {"prompts", "listen", "language", "number"}}
    return Step(
        number=document.get("number", 0),
        prompts=tuple(Prompt(**prompt) for prompt in document["prompts"]),
        language=Language(document["language"]),
        listen=Listen(**{**listen, "hints": tuple(listen.get("hints", ()))}) if listen else None,
        **rest,
    )
