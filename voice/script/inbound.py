"""A call that comes in: who rings, and, where we want nothing of them, what they want of us."""

import re
from collections.abc import Sequence
from typing import Any

from community.model.calls.call import CallResult
from community.model.cases.case import CaseKind
from community.model.hazards.wish import Wish
from community.model.meaning import Label, Reading
from community.model.meaning.call.asides import wants_opt_out
from community.model.meaning.call.asking_back import is_question
from community.model.meaning.call.interjections import asks_who, rings_back
from community.model.meaning.call.kin import belongs_to_resident
from community.model.meaning.speech import plain
from community.model.questionnaires.answer_case import case_of_wish
from community.model.questionnaires.questionnaire import Message, Question, QuestionKind, Questionnaire, Recording
from voice.script import message
from voice.script.dialogue import Phase
from voice.script.ending import hand_over
from voice.script.speaking import Speaker
from voice.script.steps import Heard, Listen, Prompt
from voice.script.turn import CallerKnown, MessageLeft, NotThisCaller, RaiseCase, Said, Turn

CALLER = Question(id="caller", kind=QuestionKind.YES_NO, say="是您吗？", yes_means="是")
MATTER = Question(id="matter", kind=QuestionKind.FREE_TEXT, say="有什么事请说。")
#: Stands in for a campaign's questionnaire where we want nothing of the caller.
DESK = Questionnaire(
    name="来电",
    purpose="有什么事请说。",
    recording=Recording.NEVER,
    message=Message.OFFER,
    closing="谢谢您打来。",
    questions=[MATTER],
)
_FREE_SPEECH = Listen(digits=1, timeout=8, long=True, hints=("找工作人员", "转人工", "没事了", "再说一遍"))
_MISSES, _REPEATS = 2, 3
#: After so many matters we say goodbye.
_MATTERS = 5
_LONGEST_ANSWER = 160
_MATTER_AT_LEAST = 8
_NOTHING = re.compile(
    r"(?:[嗯啊哦喔哎那好的了行]|没有?(?:什么)?(?:别的)?(?:事|了)+|没有|没啦|不用|不要|谢谢?你?们?|多谢|再见|拜拜|就这样?|就这些|挂了|打错了?|拨错了?|按错了?|不好意思|对不起|[,.!])+"
)
_PERSON = "0"
#: How somebody's family is asked for (`community.model.residents.forms_of_address`).
_FAMILY = "的家人"


def open_call(speaker: Speaker) -> Turn:
    """Say who we are; ask who calls where several share the phone, else what we can do."""
    inbound = speaker.script.inbound
    if inbound is not None and inbound.people:
        return _ask_for(speaker, [*_greeting(speaker)], inbound.people[0])
    return _welcome(speaker, _greeting(speaker))


def caller(speaker: Speaker, said: Said, reading: Reading) -> Turn | None:
    """Whoever says yes is the one we asked for; a no asks for the next, and in the end for nobody."""
    inbound = speaker.script.inbound
    people = inbound.people if inbound is not None else ()
    if people and not reading.is_answer and belongs_to_resident(plain(said.heard.speech)):
        # 我是她老公 is a yes where her family is asked for.
        reading = Reading(Label.YES if people[0].endswith(_FAMILY) else Label.NO)
    if reading.label == Label.YES:
        return speaker.listen([], _FREE_SPEECH, effects=[CallerKnown()], phase=Phase.DESK)
    if reading.label in {Label.NO, Label.WRONG_PERSON}:
        if len(people) > 1:
            return _ask_for(speaker, [], people[1], effects=[NotThisCaller()], misses=0, repeats=0)
        return _welcome(speaker, speaker.say("noted"))
    if people and _is_about_our_call(speaker, said):
        return _ask_for(speaker, _who_we_are(speaker), people[0], repeats=speaker.dialogue.repeats + 1)
    unsaid = reading.label in {Label.SILENCE, Label.UNCLEAR} and len(plain(said.heard.speech)) < _MATTER_AT_LEAST
    if people and (unsaid or reading.label == Label.REPEAT_REQUEST):
        return _ask_once_more(speaker, said, people[0], repeat=not unsaid)
    return desk(speaker, said, reading)


def _ask_once_more(speaker: Speaker, said: Said, who: str, *, repeat: bool) -> Turn:
    misses, repeats = speaker.dialogue.misses, speaker.dialogue.repeats
    if repeat and repeats < _REPEATS:
        return _ask_for(speaker.slower(), [], who, repeats=repeats + 1)
    if misses >= _MISSES:
        return _welcome(speaker, [])
    words = "silent_once" if said.heard.is_silence else "unclear_once"
    return _ask_for(speaker.slower(), speaker.say(words), who, misses=misses + 1)


def desk(speaker: Speaker, said: Said, reading: Reading) -> Turn | None:
    """What the caller wants; None for 不要再打, which is asked about as in any call.

    Args:
        reading: what was said, read as the answer to a question for free words.
    """
    text = plain(said.heard.speech)
    if wants_opt_out(text):
        return None
    if reading.label == Label.ASK_HUMAN or said.heard.digits == _PERSON:
        return hand_over(speaker)
    if reading.label == Label.REPEAT_REQUEST and speaker.dialogue.repeats < _REPEATS:
        return _welcome(speaker.slower(), speaker.say("repeated"), repeats=speaker.dialogue.repeats + 1)
    if not text:
        return _silent(speaker)
    if _is_about_our_call(speaker, said):
        return _welcome(speaker, _who_we_are(speaker), repeats=speaker.dialogue.repeats + 1)
    return _about(speaker, said, text)


def _about(speaker: Speaker, said: Said, text: str) -> Turn:
    if _NOTHING.fullmatch(text):
        return _goodbye(speaker)
    if said.wish is not None and said.wish.kind is CaseKind.HAZARD:
        return _reported(speaker, said, said.wish)
    return _answered(speaker, said) if is_question(text) else _noted(speaker, said.heard)


def listen_again(speaker: Speaker, prompts: Sequence[Prompt]) -> Turn:
    """Ask again what the caller wants."""
    told = [*prompts, *speaker.say("inbound_desk")]
    return speaker.listen(told, _FREE_SPEECH, phase=Phase.DESK, misses=0, repeats=0)


def question_of(heard: Heard) -> str | None:
    """What the assistant is to be asked before this turn; None where nothing was asked."""
    return heard.speech if not heard.digits and is_question(plain(heard.speech)) else None


def _is_about_our_call(speaker: Speaker, said: Said) -> bool:
    """你们刚才打我电话了, 你们是哪里: told once who we are; said again, it is a matter for staff."""
    text = plain(said.heard.speech)
    return not speaker.dialogue.repeats and (rings_back(text) or asks_who(text))


def _who_we_are(speaker: Speaker) -> list[Prompt]:
    return speaker.say("inbound_who_we_are", caller=speaker.wording.written(speaker.script.caller))


def _greeting(speaker: Speaker) -> list[Prompt]:
    if speaker.script.inbound is not None and speaker.script.inbound.greeted:
        return speaker.say("noted")
    return speaker.say("inbound_greeting", caller=speaker.wording.written(speaker.script.caller))


def _ask_for(speaker: Speaker, prompts: Sequence[Prompt], who: str, **changes: Any) -> Turn:
    told = [*prompts, *speaker.say("inbound_who", who=speaker.wording.written(who))]
    return speaker.listen(told, speaker.for_yes_no(), **{"phase": Phase.CALLER, **changes})


def _welcome(speaker: Speaker, prompts: Sequence[Prompt], **changes: Any) -> Turn:
    """Whether we called, where we know who listens; then what we can do."""
    told = [*prompts, *_why_we_called(speaker), *speaker.say("inbound_desk")]
    fresh = {"phase": Phase.DESK, "misses": 0, "repeats": 0}
    return speaker.listen(told, _FREE_SPEECH, **{**fresh, **changes})


def _why_we_called(speaker: Speaker) -> list[Prompt]:
    script = speaker.script
    earlier = script.inbound.earlier if script.inbound is not None else None
    if earlier is None:
        return []
    at, today = earlier.at.astimezone(script.zone), script.now.astimezone(script.zone).date()
    when = speaker.wording.day(at.date(), today) + speaker.wording.part_at(at)
    purpose = speaker.wording.spoken(earlier.purpose, slow=speaker.dialogue.slow)
    return [*speaker.say("inbound_we_called", when=when), *purpose]


def _silent(speaker: Speaker) -> Turn:
    misses = speaker.dialogue.misses
    if misses >= _MISSES or speaker.dialogue.matters:
        return _goodbye(speaker)
    words = "silent_once" if misses == 0 else "silent_twice"
    told = [*speaker.say(words), *speaker.say("inbound_desk")]
    return speaker.slower().listen(told, _FREE_SPEECH, phase=Phase.DESK, misses=misses + 1)


def _goodbye(speaker: Speaker) -> Turn:
    return speaker.hang_up(speaker.closing(), result=CallResult.COMPLETED if speaker.dialogue.matters else None)


def _answered(speaker: Speaker, said: Said) -> Turn:
    """Quote the assistant, or note the question for a person; then ask for more."""
    matters = speaker.dialogue.matters + 1
    if said.answer:
        prompts, cases = speaker.wording.spoken(said.answer[:_LONGEST_ANSWER], slow=speaker.dialogue.slow), []
    else:
        prompts = speaker.say("assistant_unknown")
        cases = [
            RaiseCase(
                key=f"question:{speaker.dialogue.step}",
                kind=CaseKind.QUESTION,
                summary="居民打来电话咨询，还没有答复",
                description=said.heard.speech,
            )
        ]
    if matters >= _MATTERS:
        return speaker.hang_up([*prompts, *speaker.closing()], cases, result=CallResult.COMPLETED, matters=matters)
    told = [*prompts, *speaker.say("inbound_more")]
    return speaker.listen(told, _FREE_SPEECH, effects=cases, phase=Phase.DESK, misses=0, repeats=0, matters=matters)


def _reported(speaker: Speaker, said: Said, wish: Wish) -> Turn:
    """Something broken or dangerous goes to those who look after it, not to somebody who rings back."""
    case = case_of_wish(MATTER, wish, said.heard.speech)
    effect = RaiseCase(
        key=f"matter:{speaker.dialogue.step}",
        kind=case.kind,
        summary=case.summary,
        description=case.description,
        category=wish.category,
        address=wish.address,
        location_text=wish.location_text,
    )
    changes = {"effects": [effect], "matters": speaker.dialogue.matters + 1}
    told = speaker.say("wish_passed_on")
    return message.offer(speaker, told, "inbound_message", result=CallResult.COMPLETED, **changes)


def _noted(speaker: Speaker, heard: Heard) -> Turn:
    """Keep the words at once, whatever follows, and offer the tone."""
    changes = {"effects": [MessageLeft(words=heard.speech)], "matters": speaker.dialogue.matters + 1}
    told = speaker.say("inbound_noted")
    return message.offer(speaker, told, "inbound_message", result=CallResult.COMPLETED, **changes)
