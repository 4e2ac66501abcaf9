"""What somebody's words or keys mean at the point where the conversation stands."""

import re

from community.model.meaning import understand
from community.model.meaning.call.asides import is_away, is_wrong_number
from community.model.meaning.call.asking_back import asks_when_invited, is_question
from community.model.meaning.call.may_talk import is_busy, listens
from community.model.meaning.reading import UNCLEAR, Label, Reading
from community.model.meaning.speech import plain
from community.model.questionnaires.questionnaire import Question, QuestionKind
from voice.script import faintly
from voice.script.dialogue import Phase
from voice.script.speaking import Speaker
from voice.script.steps import KEY_REPEAT, Heard

#: Who they are and what they allow, no model guesses: 今天天气不错 is no yes to it.
_NEVER_GUESSED = frozenset(
    {Phase.GUARDIAN, Phase.CALLER, Phase.READY, Phase.CONSENT, Phase.HEALTH, Phase.OPT_OUT, Phase.FOR_ANOTHER}
)

_INVITES = re.compile(r"[要想]问|疑问|不明白|不清楚")
_CONSENTS = frozenset({Phase.CONSENT, Phase.HEALTH})
#: A yes of more words names what is allowed.
_AT_LENGTH = 10
_ALLOWS = re.compile(
    r"可以|同意|愿意|录|没(?:有)?(?:问题|关系|事|意见)|随(?:便|你)|[问说讲]吧|(?:^|[,.])(?:那|嗯|啊|哦|也|就|都)*(?:行|成|中|好|得|要得)"
)
#: Where 不在 says that we do not speak with the resident.
_BEFORE_QUESTIONS = frozenset({Phase.GUARDIAN, Phase.READY, Phase.CONSENT, Phase.HEALTH})


def read(speaker: Speaker, question: Question, heard: Heard) -> Reading:
    """Read words or keys as an answer to a question, the campaign's or one of our own."""
    script = speaker.script
    digits = KEY_REPEAT if heard.digits.startswith(KEY_REPEAT) and len(heard.digits) == 1 else heard.digits
    today = script.now.astimezone(script.zone).date()
    reading = understand(question, heard.speech, digits, None, today, opinion=script.opinion)
    phase = speaker.dialogue.phase
    if reading.label == Label.UNCLEAR and phase in _BEFORE_QUESTIONS and is_away(plain(heard.speech)):
        reading = Reading(Label.WRONG_PERSON)
    text = plain(heard.speech)
    if phase is Phase.READY and reading.label in {Label.YES, Label.UNCLEAR}:
        reading = _may_talk(text, reading)
    if phase in _CONSENTS and reading.label == Label.YES and len(text) > _AT_LENGTH and not _ALLOWS.search(text):
        # 你们社区真好，年年都想着我们 allows nothing.
        reading = UNCLEAR
    if speaker.dialogue.given and reading.label == Label.WRONG_PERSON and not is_wrong_number(text):
        # Who has answered is the resident: 我老伴走了，就剩我一个 is about somebody else.
        reading = UNCLEAR
    if phase in _NEVER_GUESSED and reading.decided_by == "model" and reading.is_answer:
        reading = UNCLEAR
    return faintly.believed(phase, heard, reading)


def _may_talk(text: str, reading: Reading) -> Reading:
    """我在开车 says no to 方便说话吗, and 你说吧 yes."""
    if is_busy(text):
        return Reading(Label.NO)
    return Reading(Label.YES) if listens(text) else reading


def asks_back(question: Question, heard: Heard) -> bool:
    """Whether the resident asks us something, so that the assistant should answer."""
    if question.kind in {QuestionKind.FREE_TEXT, QuestionKind.NEED_HELP} or heard.digits:
        return False
    return is_question(plain(heard.speech))


def invites_questions(question: Question) -> bool:
    """Whether the resident is asked what they want to know: 关于津贴，您还有什么要问的."""
    return question.kind is QuestionKind.FREE_TEXT and bool(_INVITES.search(question.say))


def may_be_question(heard: Heard) -> bool:
    """Whether it is worth looking closer; cheap, for every webhook."""
    text = plain(heard.speech)
    return not heard.digits and (is_question(text) or asks_when_invited(text))
