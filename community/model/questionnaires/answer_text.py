"""An answer in the words staff read: 是, 需要就医, 下午, 36.8, 没听清."""

from typing import Any

from community.model.questionnaires.questionnaire import Question, QuestionKind

LABEL_NAMES: dict[str, str] = {
    "yes": "是",
    "no": "否",
    "none": "不需要",
    "needs": "需要帮忙",
    "needs:medical": "需要就医",
    "needs:visit": "需要上门",
    "needs:supplies": "需要物品",
    "needs:repair": "需要维修",
    "needs:other": "需要其他帮助",
    "unclear": "没听清",
    "repeat_request": "请再说一遍",
    "wrong_person": "不是本人",
    "refuse": "不愿回答",
    "distress": "求助",
    "ask_human": "要找工作人员",
    "callback_later": "要求改时间再打",
    "silence": "没有出声",
    "not_asked": "没有问（未同意问健康情况）",
}

PART_NAMES: dict[str, str] = {
    "early_morning": "清早",
    "morning": "上午",
    "noon": "中午",
    "afternoon": "下午",
    "evening": "傍晚",
    "night": "晚上",
    "any": "都可以",
}

#: By which way an answer came.
CHANNEL_NAMES: dict[str, str] = {
    "phone": "电话",
    "inbound": "居民来电",
    "sms": "短信",
    "link": "网页链接",
    "chat": "聊天",
    "staff": "当面",
}


def answer_text(question: Question | None, label: str, value: Any, heard: str) -> str | int | float:
    """Say what an answer was taken to mean; a number stays a number.

    Args:
        question: the question as asked; None when it is no longer known.
        label, value: the meaning (community.model.questionnaires.questionnaire.LABELS_OF_KIND, COMMON_LABELS).
        heard: the resident's words, which are the answer of a free question.
    """
    if label == "yes" and question is not None and question.yes_means:
        return f"是（{question.yes_means}）"
    if named := LABEL_NAMES.get(label) or PART_NAMES.get(label):
        return named
    if label == "keep" or (question is not None and question.kind is QuestionKind.FREE_TEXT):
        return str(value or heard)
    if isinstance(value, dict):
        return _time_period(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return str(value if value is not None else label)


def _time_period(value: dict[str, Any]) -> str:
    part = PART_NAMES.get(str(value.get("part") or ""), "")
    start, end = value.get("from"), value.get("to")
    if start and end:
        return f"{part}{start}-{end}"
    return part or str(start or end or "")
