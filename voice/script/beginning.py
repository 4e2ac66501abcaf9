"""The first question of a call, once nothing else has to be asked before."""

from collections.abc import Sequence
from typing import Any

from community.model.calls.call import CallResult
from community.model.questionnaires.answer_rules import first_open_question
from voice.script import answering, message
from voice.script.speaking import Speaker
from voice.script.steps import Prompt
from voice.script.turn import Turn


def begin_questions(
    speaker: Speaker, prompts: Sequence[Prompt], *, start_recording: bool = False, **changes: Any
) -> Turn:
    """Ask the first question that nobody has answered yet; with none left, thank and end."""
    script = speaker.script
    question = first_open_question(script.questionnaire, dict(script.answered))
    if question is None:
        return message.offer_or_end(speaker, prompts, CallResult.COMPLETED)
    return answering.put(speaker, prompts, question, start_recording=start_recording, keys_for_help=True, **changes)
