"""What a questionnaire's types cannot say alone: jumps that lead nowhere, labels that cannot occur, hours that never open."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from community.model.hours import QuietHours, Span
from community.model.questionnaires.questionnaire import (
    COMMON_LABELS,
    LABELS_OF_KIND,
    LegalGround,
    Question,
    QuestionKind,
    Questionnaire,
)

#: The reserved target of `next`: no more questions.
END = "end"
_COMPARISON = re.compile(r"^(>=|<=|≥|≤|>|<|=)\s*(-?\d+(?:\.\d+)?)$")
_NUMBER = re.compile(r"^-?\d+(?:\.\d+)?$")
_SHORTEST_TEXT_WAIT, _LONGEST_TEXT_WAIT = timedelta(minutes=30), timedelta(days=7)
#: What must not be left on a machine that anybody may listen to.
_HEALTH_WORDS = re.compile(
    r"血压|血糖|体温|发烧|生病|病情|病人|疾病|糖尿病|高血脂|冠心病|心脏病|中风|癌|肿瘤|痴呆|透析|随访|病历|药|住院|用药|吃药|服药|药品|医生|医院|体检|疫苗|残疾|失能|精神|抑郁|健康|慢性病"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something staff must correct, and where: keys and list positions from the top."""

    path: tuple[str | int, ...]
    message: str


def find_problems(questionnaire: Questionnaire, quiet: QuietHours) -> list[Problem]:
    """Check everything that needs more than one key at a time.

    Args:
        quiet: the community's hours in which nobody is called.

    Returns:
        Every problem, in the order of the file; empty when the campaign can be run.
    """
    return [
        *_audience_problems(questionnaire),
        *_hours_problems(questionnaire, quiet),
        *_voicemail_problems(questionnaire),
        *_text_problems(questionnaire),
        *_question_problems(questionnaire.questions),
    ]


def _audience_problems(questionnaire: Questionnaire) -> Iterator[Problem]:
    audience = questionnaire.audience
    if audience.age_from is not None and audience.age_to is not None and audience.age_from > audience.age_to:
        yield Problem(
            ("audience", "age_from"), f"age_from {audience.age_from} 比 age_to {audience.age_to} 大，没有人符合"
        )
    for tag in sorted(set(audience.tags) & set(audience.without_tags)):
        yield Problem(("audience", "without_tags"), f"标签“{tag}”又要又不要，请删掉一处")
    for index, exclusion in enumerate(audience.exclude):
        where = ("audience", "exclude", index)
        if exclusion.is_empty:
            yield Problem(where, "只写了理由，没写排除谁，会把所有人都排除；请写条件，例如 tags: [住院]")
        if exclusion.list and exclusion.list == audience.list:
            yield Problem((*where, "list"), f"“{exclusion.list}”又要打又要排除，请删掉一处")


def _hours_problems(questionnaire: Questionnaire, quiet: QuietHours) -> Iterator[Problem]:
    spans: list[Span] = []
    for index, text in enumerate(questionnaire.hours):
        try:
            span = Span.parse(text)
        except ValueError:
            yield Problem(("hours", index), f"没有“{text}”这样的时间，例如 09:00-11:30")
            continue
        if span.start >= span.end != time(0):
            yield Problem(("hours", index), f"“{text}”的结束不晚于开始，例如 09:00-11:30")
            continue
        spans.append(span)
    if spans and not any(_ever_opens(span, quiet) for span in spans):
        yield Problem(("hours",), "这些时段全部落在社区的安静时段里，一个电话也打不出去，请改时段")


def _ever_opens(span: Span, quiet: QuietHours) -> bool:
    minutes = (time(minute // 60, minute % 60) for minute in range(24 * 60))
    return any(minute in span and not any(minute in hushed for hushed in quiet.spans) for minute in minutes)


def _voicemail_problems(questionnaire: Questionnaire) -> Iterator[Problem]:
    say = questionnaire.voicemail.say or ""
    if found := _HEALTH_WORDS.search(say):
        yield Problem(("voicemail", "say"), f"留言谁都能听到，不能提健康情况（“{found[0]}”），请换个说法")


def _text_problems(questionnaire: Questionnaire) -> Iterator[Problem]:
    text = questionnaire.text
    if found := _HEALTH_WORDS.search(text.say or ""):
        yield Problem(("text", "say"), f"短信谁都能看到，不能提健康情况（“{found[0]}”），请换个说法")
    if text.after > _LONGEST_TEXT_WAIT:
        yield Problem(("text", "after"), "短信最晚在没打通以后 7d 内发，请写短一些")
    if text.again is not None and not _SHORTEST_TEXT_WAIT <= text.again <= _LONGEST_TEXT_WAIT:
        yield Problem(("text", "again"), "第二条短信隔 30m 到 7d，请改一下")
    if not text.unreached and (text.say or text.again):
        yield Problem(("text", "unreached"), "写了短信怎么说，却没有写 unreached: true，一条也不会发")


#: What asks somebody how their health is; an offer (疫苗, 体检) does not.
_ASKS_OF_HEALTH = re.compile(
    r"身体|舒服|不适|头晕|胸闷|疼|摔|睡眠|睡觉|睡得|胃口|生病|难受|看病|血压|血糖|体温|发烧|病情|疾病|住院|吃药|用药|服药|残疾|失能|抑郁|慢性病"
)


def find_hints(questionnaire: Questionnaire) -> list[str]:
    """What is allowed and yet looks like an oversight, one sentence each."""
    hints = [
        f"第 {place} 题问的像是健康情况（“{found[0]}”），请加上 about_health: true，先征得本人同意"
        for place, question in enumerate(questionnaire.questions, start=1)
        if not question.about_health and (found := _ASKS_OF_HEALTH.search(question.say))
    ]
    if found := _ASKS_OF_HEALTH.search(questionnaire.purpose):
        hints.append(f"purpose 谁接电话都会听到，提到了“{found[0]}”，请看要不要换个说法")
    if questionnaire.legal_ground is not LegalGround.CONSENT and not questionnaire.legal_note:
        hints.append("依据不是本人同意，请在 legal_note 里写明是哪条职责或哪个预警")
    return hints


def speaks_of_health(text: str) -> bool:
    """Whether a text names something about health, which must not be left where anybody may read or hear it."""
    return bool(_HEALTH_WORDS.search(text))


def _question_problems(questions: Sequence[Question]) -> Iterator[Problem]:
    places: dict[str, int] = {}
    for index, question in enumerate(questions):
        if question.id == END:
            yield Problem(("questions", index, "id"), "代号 end 已用来表示“问完了”，请换一个")
        if question.id in places:
            yield Problem(
                ("questions", index, "id"), f"代号 {question.id} 和第 {places[question.id] + 1} 题重复了，请换一个"
            )
        places.setdefault(question.id, index)
    for index, question in enumerate(questions):
        where = ("questions", index)
        yield from _kind_problems(where, question)
        yield from _number_problems(where, question)
        yield from _escalation_problems(where, question)
        yield from _jump_problems(where, question, places)


def _kind_problems(where: tuple[str | int, ...], question: Question) -> Iterator[Problem]:
    if question.kind is QuestionKind.CHOICE and len(question.options) < 2:
        yield Problem((*where, "options"), "choice 的问题要写至少两个选项，例如 options: [上午, 下午]")
    if question.kind is not QuestionKind.CHOICE and question.options:
        yield Problem((*where, "options"), f"只有 choice 的问题才有选项，这一题是 {question.kind}")
    if len(set(question.options)) < len(question.options):
        yield Problem((*where, "options"), "有两个选项一样，居民没法选，请改掉一个")
    if question.kind is not QuestionKind.YES_NO and question.yes_means:
        yield Problem((*where, "yes_means"), f"只有 yes_no 的问题才写 yes_means，这一题是 {question.kind}")


def _number_problems(where: tuple[str | int, ...], question: Question) -> Iterator[Problem]:
    for key in ("minimum", "maximum"):
        if question.kind is not QuestionKind.NUMBER and getattr(question, key) is not None:
            yield Problem((*where, key), f"只有 number 的问题才写 {key}，这一题是 {question.kind}")
    if question.minimum is not None and question.maximum is not None and question.minimum > question.maximum:
        yield Problem((*where, "minimum"), "minimum 比 maximum 大，没有数符合")


def _escalation_problems(where: tuple[str | int, ...], question: Question) -> Iterator[Problem]:
    for place, escalation in enumerate(question.escalate):
        for position, label in enumerate(escalation.when):
            if reason := why_never(question, label):
                yield Problem((*where, "escalate", place, "when", position), reason)


def why_never(question: Question, label: str) -> str | None:
    """Say why a question can never have an answer; None when it may."""
    if label in possible_labels(question):
        return None
    if question.kind is not QuestionKind.NUMBER:
        return f"这一题不会有回答“{label}”；可以写：{'、'.join(possible_labels(question))}"
    compared = _COMPARISON.match(label)
    if not compared and not _NUMBER.match(label):
        return f"数字题的“{label}”看不懂；可以写 >=38、<3、5 这样，或者 {'、'.join(COMMON_LABELS)}"
    sign, value = (compared[1], float(compared[2])) if compared else ("=", float(label))
    below = question.minimum is not None and (value < question.minimum or (sign == "<" and value == question.minimum))
    above = question.maximum is not None and (value > question.maximum or (sign == ">" and value == question.maximum))
    if (below and sign in {"<", "<=", "≤", "="}) or (above and sign in {">", ">=", "≥", "="}):
        return f"“{label}”超出了 minimum 和 maximum，永远不会发生"
    return None


def possible_labels(question: Question) -> list[str]:
    """Every label an answer to the question may have; the options by their text."""
    return [*question.options, *LABELS_OF_KIND[question.kind], *COMMON_LABELS]


def _jump_problems(where: tuple[str | int, ...], question: Question, places: dict[str, int]) -> Iterator[Problem]:
    here = where[-1]
    for label, target in question.next.items():
        path = (*where, "next", label)
        if reason := why_never(question, label):
            yield Problem(path, reason)
        if target == END:
            continue
        if target not in places:
            yield Problem(path, f"没有代号叫 {target} 的问题；写后面某一题的 id，或者 end")
        elif places[target] <= int(here):
            yield Problem(path, f"跳到 {target} 是往回跳，会绕圈；只能跳到后面的题，或者 end")
