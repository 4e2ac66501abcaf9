"""What follows an answer: reading it back, keeping it, what it sets off, and the next question."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from community.model.calls.call import CallResult
from community.model.cases.case import CaseKind
from community.model.cases.case_text import hide_numbers, shorten
from community.model.meaning.reading import Label, Reading
from community.model.questionnaires.answer_rules import escalation_for, next_question
from community.model.questionnaires.answer_text import answer_text
from community.model.questionnaires.questionnaire import Escalation, Question
from voice.script import health_consent
from voice.script.asking import told
from voice.script.dialogue import Phase
from voice.script.ending import end
from voice.script.speaking import Speaker
from voice.script.steps import Heard, Prompt
from voice.script.turn import Effect, RaiseCase, RecordAnswer, Said, Turn

_ASKING = re.compile(
    r"怎么|咋|如何|多少|几(?:点|号|月|岁|块|天)|什么时候|啥时|哪(?:里|儿|个|些|天|办)|为什么|凭啥|要不要|能不能|可不可以|是不是|有没有|需不需要|什么(?:条件|材料|手续|标准|政策|证)|吗[?]?$|呢[?]?$|么[?]?$|[?]$"
)
_TOPIC = re.compile(
    r"津贴|补贴|补助|尊老金|低保|社保|医保|养老|退休|残疾|身份证|户口|居住证|老年证|老年卡|公交卡|认证|证明|盖章|食堂|助餐|日间|照料|护理|疫苗|体检|办(?:理|证|卡)?|申请|领(?:取|钱)?|报销|政策|通知|停水|停电|缴费|电费|水费|物业|垃圾|加装电梯|电梯|网格员|书记|居委会|电话号码|地址|几点(?:开|上|下|关)|开门|上班|收费|要钱|带(?:什么|啥)|材料|安置点|转移|集合|车接"
)
_LONGEST_QUESTION, _LONGEST_ANSWER = 60, 160
_QUESTIONS_SET_ASIDE = 2
_LONGEST_QUOTE, _LONGEST_SUMMARY_QUESTION = 24, 40


def is_question(text: str) -> bool:
    """Whether a resident asks us something that the community's documents may answer."""
    return 4 <= len(text) <= _LONGEST_QUESTION and bool(_ASKING.search(text) and _TOPIC.search(text))


def put(speaker: Speaker, prompts: Sequence[Prompt], question: Question, **changes: Any) -> Turn:
    """Ask a question for the first time, or for consent to it; one that may not be asked is left out."""
    if consent := health_consent.before(speaker, prompts, question, changes):
        return consent
    following, left_out = health_consent.leave_out(speaker, question)
    effects = [*changes.pop("effects", ()), *left_out]
    if following is None:
        return health_consent.finish(speaker, prompts, effects, changes)
    return speaker.ask(prompts, following, effects=effects, **{"misses": 0, "repeats": 0, "pending": None, **changes})


def take(speaker: Speaker, question: Question, heard: Heard, reading: Reading) -> Turn:
    """Keep an answer, after it was read back where that is asked for."""
    if question.confirm and told(speaker.wording, question, reading, _today(speaker)):
        return read_back(speaker, question, heard, reading)
    return record(speaker, question, heard, reading)


def read_back(speaker: Speaker, question: Question, heard: Heard, reading: Reading, **changes: Any) -> Turn:
    """Say what was understood and ask whether it is right."""
    value = told(speaker.wording, question, reading, _today(speaker))
    pending = {"reading": asdict(reading), "heard": asdict(heard)}
    return speaker.listen(
        speaker.say("read_back", value=value), speaker.for_yes_no(), phase=Phase.CONFIRM, pending=pending, **changes
    )


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
    return _go_on(speaker, question, reading, prompts, effects)


def set_aside(speaker: Speaker, question: Question, heard: Heard, reading: Reading) -> Turn:
    """Give up a question that was not understood: a person will ask it; after two such questions the call ends."""
    unclear = Reading(Label.UNCLEAR, confidence=reading.confidence)
    effects: list[Effect] = [RecordAnswer(question.id, heard, unclear)]
    count = speaker.dialogue.set_aside + 1
    following = next_question(speaker.script.questionnaire, question, unclear)
    if count >= _QUESTIONS_SET_ASIDE or following is None:
        return end(speaker, speaker.say("unclear_end"), CallResult.UNCLEAR, *effects)
    return put(speaker, speaker.say("set_aside"), following, effects=effects, set_aside=count)


def answer_back(speaker: Speaker, said: Said) -> Turn:
    """Answer what the resident asked, or note it for a person, then ask our question again."""
    count = speaker.dialogue.asked_back + 1
    back = speaker.say("assistant_back")
    if said.answer:
        answer = speaker.wording.spoken(said.answer[:_LONGEST_ANSWER], slow=speaker.dialogue.slow)
        return speaker.ask_again([*answer, *back], asked_back=count)
    case = RaiseCase(
        key=f"question:{speaker.dialogue.step}",
        kind=CaseKind.QUESTION,
        summary="居民在电话里提问，还没有答复",
        description=said.heard.speech,
    )
    return speaker.ask_again([*speaker.say("assistant_unknown"), *back], effects=[case], asked_back=count)


def _go_on(
    speaker: Speaker, question: Question, reading: Reading, prompts: list[Prompt], effects: list[Effect]
) -> Turn:
    following = next_question(speaker.script.questionnaire, question, reading)
    if following is None:
        return end(speaker, [*prompts, *speaker.closing()], _result(speaker), *effects)
    return put(speaker, prompts, following, effects=effects, fluent=True)


def _result(speaker: Speaker) -> CallResult:
    return CallResult.UNCLEAR if speaker.dialogue.set_aside else CallResult.COMPLETED


def _case(question: Question, heard: Heard, reading: Reading, rule: Escalation) -> RaiseCase:
    meant = answer_text(question, reading.label, reading.value, heard.speech)
    words = f"原话：{heard.speech}" if heard.speech else f"按键：{heard.digits}"
    return RaiseCase(
        key=f"answer:{question.id}",
        kind=CaseKind(rule.kind),
        summary=_in_brief(question, heard, reading),
        description=f"问：{question.say}\n答：{meant}\n{words}",
        priority=rule.priority,
    )


def _in_brief(question: Question, heard: Heard, reading: Reading) -> str:
    """答“不太舒服”：您这两天身体舒服吗？ – what was said, with what it was taken for where the words do not tell."""
    meant = str(answer_text(question, reading.label, reading.value, heard.speech))
    # A number that is cut in two would not be known as one.
    words = shorten(hide_numbers(heard.speech), _LONGEST_QUOTE)
    plain_answer = reading.label in {Label.YES, Label.NO} or meant == heard.speech
    answer = f"答“{words or meant}”" if plain_answer or not words else f"{shorten(meant, _LONGEST_QUOTE)}（“{words}”）"
    return f"{answer}：{shorten(question.say, _LONGEST_SUMMARY_QUESTION)}"


def _today(speaker: Speaker) -> Any:
    return speaker.script.now.astimezone(speaker.script.zone).date()
