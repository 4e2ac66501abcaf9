"""刚才说错了，是四个人: an answer given earlier in the call is put right, and the interrupted question asked again."""

import re
from dataclasses import replace

from community.model.meaning.speech import plain
from community.model.questionnaires.questionnaire import Question, QuestionKind
from voice.script import answering
from voice.script.asking import told
from voice.script.dialogue import Phase
from voice.script.hearing import read
from voice.script.speaking import Speaker
from voice.script.steps import Heard
from voice.script.turn import Said, Turn

_EARLIER = re.compile(
    r"(?:刚才|刚刚|前面|上面|前头|先头|头先|上一(?:个|题|道|句))[^.!?]{0,14}(?:错|不对(?!劲)|其实|应该是|改成|不是(?!说|讲|问|答|告诉|很|太|一))"
)
#: Said so plainly, it is a correction though we do not understand which.
_PLAINLY = re.compile(r"(?:说|讲|答|按|记|弄|搞)的?错|^(?:刚才|刚刚|前面)(?:那个?|的)?(?:错了|不对)")
_WRONG = re.compile(r"^(?:哎呀?|哦|等一?下|等等|慢着|不对|不是|,)*(?:我)?(?:说|讲|答|按|记|弄|搞)错了")
#: What follows is what is meant.
_INSTEAD = re.compile(r"(?:说|讲|答|按|记|弄|搞)?错了?(?:啊|呀|哦)?|不对|其实|应该(?:是)?|改成?(?=[一-鿿])")
_KINDS = frozenset(
    {QuestionKind.YES_NO, QuestionKind.NUMBER, QuestionKind.CHOICE, QuestionKind.DATE, QuestionKind.TIME_PERIOD}
)
_SHARED = 2
#: So many pairs in common say which question is meant.
_ALIKE = 2


def earlier_answer(speaker: Speaker, said: Said) -> Turn | None:
    """What follows such words: what they mean is read back, or the earlier question asked again; None for other words."""
    dialogue = speaker.dialogue
    text = plain(said.heard.speech)
    if dialogue.phase is not Phase.QUESTION or said.heard.digits or not _is_correction(speaker, said, text):
        return None
    questions = [speaker.script.questionnaire.question(each) for each in dialogue.given]
    meant = Heard(speech=_INSTEAD.split(text)[-1].strip(",.!? "), confidence=said.heard.confidence)
    plainly = bool(_PLAINLY.search(text))
    fitting = [
        each for each in questions if _fits(speaker, each, meant) and (plainly or _likeness(each, text) >= _ALIKE)
    ]
    if not questions or not (fitting or plainly):
        return None
    question = max(fitting or questions, key=lambda each: (_likeness(each, text), questions.index(each)))
    resume = dialogue.resume or speaker.question.id
    then = Speaker(speaker.script, replace(dialogue, question=question.id, resume=resume, misses=0, repeats=0))
    if question in fitting:
        reading = read(then, question, meant)
        return answering.read_back(then, question, said.heard, reading, prompts=then.say("noted"))
    return then.ask_again(then.say("read_back_wrong"))


def _is_correction(speaker: Speaker, said: Said, text: str) -> bool:
    if _EARLIER.search(text):
        return True
    # 三个，说错了，四个 corrects the very answer that it gives.
    return bool(_WRONG.search(text)) and not read(speaker, speaker.question, said.heard).is_answer


def _fits(speaker: Speaker, question: Question, meant: Heard) -> bool:
    if question.kind not in _KINDS or not meant.speech:
        return False
    reading = read(speaker, question, meant)
    today = speaker.script.now.astimezone(speaker.script.zone).date()
    return reading.is_answer and bool(told(speaker.wording, question, reading, today))


def _likeness(question: Question, text: str) -> int:
    """How many pairs of characters a question has in common with what was said."""
    about = question.say + (question.yes_means or "") + "".join(question.options)
    pairs = {about[i : i + _SHARED] for i in range(len(about) - 1)}
    return sum(text[i : i + _SHARED] in pairs for i in range(len(text) - 1))
