"""What follows an answer: reading it back, keeping it, what it sets off, and the next question."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from community.model.calls.call import CallResult
from community.model.cases.case import CaseKind
from community.model.meaning.call.asking_back import asks_and_suggests_nothing, asks_when_invited
from community.model.meaning.reading import Label, Reading
from community.model.meaning.speech import plain
from community.model.questionnaires.answer_case import case_of_answer
from community.model.questionnaires.answer_rules import SET_ASIDE_AT_MOST, escalation_for, next_question, open_from
from community.model.questionnaires.questionnaire import Escalation, Question, QuestionKind
from voice.script import health_consent, message
from voice.script.asking import told
from voice.script.dialogue import Phase, step_to_json
from voice.script.ending import end
from voice.script.hearing import invites_questions
from voice.script.speaking import Speaker
from voice.script.steps import Heard, Prompt
from voice.script.turn import Effect, RaiseCase, RecordAnswer, Said, Turn

_LONGEST_ANSWER = 160


def put(speaker: Speaker, prompts: Sequence[Prompt], question: Question, **changes: Any) -> Turn:
    """Ask a question for the first time, or for consent to it; one that may not be asked is left out."""
    script = speaker.script
    still_open = open_from(script.questionnaire, question, script.answered)
    if still_open is None:
        # The rest was answered by another channel meanwhile.
        return health_consent.finish(speaker, prompts, changes.pop("effects", ()), changes)
    if consent := health_consent.before(speaker, prompts, still_open, changes):
        return consent
    following, left_out = health_consent.leave_out(speaker, still_open)
    effects = [*changes.pop("effects", ()), *left_out]
    if following is None:
        return health_consent.finish(speaker, prompts, effects, changes)
    return speaker.ask(
        prompts, following, effects=effects, **{"misses": 0, "repeats": 0, "hums": 0, "pending": None, **changes}
    )


def take(speaker: Speaker, question: Question, heard: Heard, reading: Reading) -> Turn:
    """Keep an answer, after it was read back where that is asked for, or where a yes or no was guessed."""
    guessed = question.kind is QuestionKind.YES_NO and reading.decided_by == "model"
    if (question.confirm or guessed) and told(speaker.wording, question, reading, _today(speaker)):
        return read_back(speaker, question, heard, reading)
    return record(speaker, question, heard, reading)


def read_back(
    speaker: Speaker,
    question: Question,
    heard: Heard,
    reading: Reading,
    *,
    prompts: Sequence[Prompt] = (),
    **changes: Any,
) -> Turn:
    """Say what was understood and ask whether it is right, after other words where there are any."""
    value = told(speaker.wording, question, reading, _today(speaker))
    pending = {"reading": asdict(reading), "heard": asdict(heard)}
    asked = [*prompts, *speaker.say("read_back", value=value)]
    return speaker.listen(asked, speaker.for_yes_no(), phase=Phase.CONFIRM, pending=pending, **changes)


def record(speaker: Speaker, question: Question, heard: Heard, reading: Reading) -> Turn:
    """Keep an answer, raise what it sets off, and go on."""
    effects: list[Effect] = [RecordAnswer(question.id, heard, reading)]
    rule = escalation_for(question, reading)
    prompts = speaker.say("noted")
    if rule is not None:
        effects.append(_case(question, heard, reading, rule))
        prompts = speaker.wording.spoken(rule.say, slow=speaker.dialogue.slow) if rule.say else prompts
        if rule.end:
            return end(speaker, [*prompts, *speaker.closing()], _result(speaker), *effects)
    following = _after(speaker, question, reading)
    given = (*(one for one in speaker.dialogue.given if one != question.id), question.id)
    speaker = Speaker(speaker.script, replace(speaker.dialogue, given=given, resume=None))
    if following is None:
        return message.offer_or_end(speaker, prompts, _result(speaker), *effects)
    return put(speaker, prompts, following, effects=effects, fluent=True)


def set_aside(speaker: Speaker, question: Question, heard: Heard, reading: Reading) -> Turn:
    """Give up a question that was not understood: a person will ask it; after two such questions the call ends."""
    unclear = Reading(Label.UNCLEAR, confidence=reading.confidence)
    effects: list[Effect] = [RecordAnswer(question.id, heard, unclear)]
    prompts = speaker.say("set_aside")
    rule = escalation_for(question, unclear)
    if rule is not None:
        effects.append(_case(question, heard, unclear, rule))
        prompts = speaker.wording.spoken(rule.say, slow=speaker.dialogue.slow) if rule.say else prompts
    count = speaker.dialogue.set_aside + 1
    following = _after(speaker, question, unclear)
    if count >= SET_ASIDE_AT_MOST or following is None:
        return end(speaker, speaker.say("unclear_end"), CallResult.UNCLEAR, *effects)
    return put(speaker, prompts, following, effects=effects, set_aside=count, resume=None)


def refuse(speaker: Speaker, heard: Heard) -> Turn:
    """Take leave of somebody who does not want to answer; a rule of the question for that is set off all the same."""
    effects: list[Effect] = []
    prompts = speaker.say("refused")
    reading = Reading(Label.REFUSE, confidence=0.9)
    asking = speaker.dialogue.phase in {Phase.QUESTION, Phase.CONFIRM}
    rule = escalation_for(speaker.question, reading) if asking else None
    if rule is not None:
        # The rule's case is the one that staff work on; no second one is opened for the refused call.
        effects.append(replace(_case(speaker.question, heard, reading, rule), settles=True))
        if rule.say:
            prompts = [*speaker.wording.spoken(rule.say), *speaker.say("goodbye", phone=speaker.script.phone)]
    return end(speaker, prompts, CallResult.REFUSED, *effects)


def answer_back(speaker: Speaker, said: Said) -> Turn:
    """Answer what the resident asked, or note it for a person, then ask our question again."""
    count = speaker.dialogue.asked_back + 1
    back = speaker.say("assistant_back")
    if said.answer:
        answer = speaker.wording.spoken(said.answer[:_LONGEST_ANSWER], slow=speaker.dialogue.slow)
        return _ask_on(speaker, [*answer, *back], asked_back=count)
    told = [*speaker.say("assistant_unknown"), *back]
    return _ask_on(speaker, told, effects=[_unanswered(speaker, said)], asked_back=count)


def _unanswered(speaker: Speaker, said: Said) -> RaiseCase:
    return RaiseCase(
        key=f"question:{speaker.dialogue.step}",
        kind=CaseKind.QUESTION,
        summary="居民在电话里提问，还没有答复",
        description=said.heard.speech,
    )


def _ask_on(speaker: Speaker, prompts: list[Prompt], **changes: Any) -> Turn:
    if speaker.dialogue.phase is Phase.HEALTH:
        return speaker.listen([*prompts, *speaker.say("health_consent")], speaker.for_yes_no(), **changes)
    return speaker.ask_again(prompts, **changes)


def opened_with(speaker: Speaker, turn: Turn, told: Sequence[Prompt], *effects: Effect) -> Turn:
    """A turn that keeps an answer, with other words first, in place of 好的, and with what else has to be done."""
    noted, prompts = speaker.say("noted"), list(turn.step.prompts)
    rest = prompts[len(noted) :] if prompts[: len(noted)] == noted else prompts
    step = replace(turn.step, prompts=(*told, *rest))
    return Turn(replace(turn.dialogue, said=step_to_json(step)), step, (*turn.effects, *effects))


def with_reply(speaker: Speaker, turn: Turn, question: Question, said: Said) -> Turn:
    """The turn that keeps what was asked as a free answer, with the assistant's answer to it.

    What it cannot answer is noted for a person, unless it may be a suggestion: 食堂能不能早点开门.
    """
    if question.kind is not QuestionKind.FREE_TEXT or any(isinstance(effect, RaiseCase) for effect in turn.effects):
        return turn
    if said.answer:
        return opened_with(
            speaker, turn, speaker.wording.spoken(said.answer[:_LONGEST_ANSWER], slow=speaker.dialogue.slow)
        )
    text = plain(said.heard.speech)
    if not (asks_when_invited(text) if invites_questions(question) else asks_and_suggests_nothing(text, question.say)):
        return turn
    return opened_with(speaker, turn, speaker.say("assistant_unknown"), _unanswered(speaker, said))


def _after(speaker: Speaker, question: Question, reading: Reading) -> Question | None:
    """The next question; after an earlier answer was put right, the one that was interrupted for it."""
    script, dialogue = speaker.script, speaker.dialogue
    following = next_question(script.questionnaire, question, reading)
    if dialogue.resume and following is not None and following.id in dialogue.given:
        return script.questionnaire.question(dialogue.resume)
    return following


def _result(speaker: Speaker) -> CallResult:
    return CallResult.UNCLEAR if speaker.dialogue.set_aside else CallResult.COMPLETED


def _case(question: Question, heard: Heard, reading: Reading, rule: Escalation) -> RaiseCase:
    case = case_of_answer(question, reading, rule, words=heard.speech, digits=heard.digits)
    return RaiseCase(
        key=f"answer:{question.id}",
        kind=case.kind,
        summary=case.summary,
        description=case.description,
        priority=case.priority,
    )


def _today(speaker: Speaker) -> Any:
    return speaker.script.now.astimezone(speaker.script.zone).date()
