"""Making steps: what is said at a point of a conversation, and the state that goes with it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from community.model.meaning.reading import Reading
from community.model.questionnaires.questionnaire import Question
from voice.script.asking import Keys, ask, listen
from voice.script.dialogue import Dialogue, Phase, step_to_json
from voice.script.steps import Heard, Listen, Prompt, Step
from voice.script.turn import Effect, Script, Turn
from voice.script.wording import Wording, wording

_YES_NO = Listen(digits=1, hints=("可以", "不可以", "是", "不是", "同意", "不同意", "对", "不对", "再说一遍"))


#: Longer talk is asked to be put in one sentence.
_RAMBLING = 30


class Speaker:
    """Speaks at one point of a conversation.

    Args:
        script: the call.
        dialogue: where the conversation stands.
    """

    def __init__(self, script: Script, dialogue: Dialogue) -> None:
        self.script = script
        self.dialogue = dialogue
        self.wording: Wording = wording(script.language)

    @property
    def question(self) -> Question:
        """The question that is being asked."""
        questionnaire = self.script.questionnaire
        return questionnaire.question(self.dialogue.question) if self.dialogue.question else questionnaire.questions[0]

    @property
    def waited(self) -> bool:
        """Whether we were holding the line."""
        step = self.dialogue.last_step
        return bool(step and step.wait)

    def pending(self) -> tuple[Reading, Heard]:
        """The reading that waits for its confirmation, and what was heard."""
        pending = self.dialogue.pending or {}
        return Reading(**pending["reading"]), Heard(**pending["heard"])

    def slower(self) -> "Speaker":
        """The same, speaking slower from now on."""
        return Speaker(self.script, replace(self.dialogue, slow=True))

    def say(self, key: str, **values: object) -> list[Prompt]:
        """Sentences of our own."""
        return self.wording.prompts(key, slow=self.dialogue.slow, **values)

    def not_caught(self, heard: Heard, *, by_keys: bool = True) -> list[Prompt]:
        """What comes before a question that is asked again because nothing, or nothing clear, was heard.

        Args:
            by_keys: the question can be answered by pressing a key.
        """
        times = "once" if self.dialogue.misses == 0 else "twice"
        if heard.is_silence:
            return self.say(f"silent_{times}")
        if times == "once":
            return self.say("unclear_long" if len(heard.speech) > _RAMBLING else "unclear_once")
        return self.say("unclear_twice" if by_keys else "unclear_twice_spoken")

    def opening(self) -> list[Prompt]:
        """Who calls, whom, and why; to a guardian's phone nothing but whose family we look for."""
        if self.script.guardian:
            key = "guardian_opening" if self.script.inbound is None else "inbound_greeting"
            return self.say(key, caller=self.wording.written(self.script.caller), **self.guardian_names())
        key = "opening_again" if self.script.again else "opening"
        if self.script.inbound is not None:
            key = "noted" if self.script.inbound.greeted else f"inbound_{key}"
        caller = self.wording.written(self.script.caller)
        prompts = self.say(key, caller=caller, name=self.wording.written(self.script.name))
        return prompts + self.wording.spoken(self.script.questionnaire.purpose, slow=self.dialogue.slow)

    def guardian_names(self) -> dict[str, str]:
        """Whose guardian is asked for, and as what: their family, or their neighbour."""
        kin = self.wording.written(self.script.kin) or self.wording.text("family")
        return {"name": self.wording.written(self.script.name), "kin": kin}

    def to_guardian(self) -> list[Prompt]:
        """What the family is asked for, once we know that it is the family."""
        name = self.wording.written(self.script.name)
        prompts = self.say("guardian_help", name=name)
        return prompts + self.wording.spoken(self.script.questionnaire.purpose, slow=self.dialogue.slow)

    def closing(self) -> list[Prompt]:
        """Thanks, and what the campaign says last."""
        own = self.script.questionnaire.closing
        prompts = self.wording.spoken(own) if own else self.say("closing")
        return prompts + self.say("goodbye", phone=self.script.phone)

    def voicemail(self) -> list[Prompt]:
        """What is left on a machine: nothing, or who called; never what it was about."""
        plan = self.script.questionnaire.voicemail
        if not plan.leave:
            return []
        if plan.say:
            return self.wording.spoken(plan.say)
        return self.say("voicemail", caller=self.wording.written(self.script.caller), phone=self.script.phone)

    def for_yes_no(self) -> Listen:
        """What is listened for after a question of our own."""
        return _YES_NO

    def ask(
        self,
        prompts: Sequence[Prompt],
        question: Question,
        *,
        again: bool = False,
        keys_for_help: bool = False,
        start_recording: bool = False,
        barge_in: bool = True,
        effects: Sequence[Effect] = (),
        **changes: Any,
    ) -> Turn:
        """Say something, then ask a question."""
        announced = self._announced(again=again, **changes)
        told = [*prompts, *ask(self.wording, question, slow=self.dialogue.slow, again=again, announced=announced)]
        if keys_for_help:
            told += self.say("help_keys")
        return self.listen(
            told,
            listen(question),
            start_recording=start_recording,
            barge_in=barge_in,
            effects=effects,
            **{"phase": Phase.QUESTION, "question": question.id, **changes},
        )

    def _announced(self, *, again: bool, misses: int = 0, fluent: bool = False, **_: Any) -> Keys:
        if again:
            return Keys.PRESS if misses > 1 else Keys.FULL
        # Who asked us to speak slower is given every word.
        return Keys.BRIEF if (fluent or self.dialogue.fluent) and not self.dialogue.slow else Keys.FULL

    def ask_again(self, prompts: Sequence[Prompt], *, keys_for_help: bool = False, **changes: Any) -> Turn:
        """Ask the same question once more."""
        return self.ask(prompts, self.question, again=True, keys_for_help=keys_for_help, **changes)

    def listen(
        self,
        prompts: Sequence[Prompt],
        awaited: Listen,
        *,
        wait: int = 0,
        start_recording: bool = False,
        barge_in: bool = True,
        effects: Sequence[Effect] = (),
        **changes: Any,
    ) -> Turn:
        """Say something, then listen."""
        awaited = replace(awaited, barge_in=barge_in)
        step = self._step(prompts, listen=awaited, wait=wait, start_recording=start_recording)
        return self._turn(step, effects, changes)

    def transfer(self, prompts: Sequence[Prompt], effects: Sequence[Effect] = (), **changes: Any) -> Turn:
        """Say something, then connect the duty phone."""
        step = self._step(prompts, transfer_to=self.script.duty_number)
        return self._turn(step, effects, {"phase": Phase.TRANSFER, **changes})

    def record(self, prompts: Sequence[Prompt], effects: Sequence[Effect] = (), **changes: Any) -> Turn:
        """Say something, then let the tone sound and record what follows."""
        return self._turn(self._step(prompts, record_message=True), effects, changes)

    def hang_up(self, prompts: Sequence[Prompt], effects: Sequence[Effect] = (), **changes: Any) -> Turn:
        """Say something, then end the call."""
        return self._turn(self._step(prompts, hang_up=True), effects, {"phase": Phase.OVER, **changes})

    def _step(self, prompts: Sequence[Prompt], **rest: Any) -> Step:
        return Step(number=self.dialogue.step + 1, prompts=tuple(prompts), language=self.script.language, **rest)

    def _turn(self, step: Step, effects: Sequence[Effect], changes: dict[str, Any]) -> Turn:
        dialogue = replace(self.dialogue, step=step.number, said=step_to_json(step), **changes)
        return Turn(dialogue, step, tuple(effects))
