"""How the console says things: moments, waits, statuses, answers; all pages and fragments use these."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from community.model.calls.call import OUTCOME_NAMES, AttemptStatus, Outcome
from community.model.calls.campaign import (
    CAMPAIGN_STATUS_NAMES,
    TARGET_STATUS_NAMES,
    CampaignStatus,
    TargetStatus,
)
from community.model.calls.rehearsal import RehearsalStatus
from community.model.cases.case import (
    CASE_KIND_NAMES,
    CASE_STATUS_NAMES,
    PRIORITY_NAMES,
    CaseKind,
    CaseStatus,
    Priority,
)
from community.model.duration import span_text
from community.model.questionnaires.answer_text import CHANNEL_NAMES, LABEL_NAMES, PART_NAMES, answer_text
from community.model.questionnaires.audience import EARLIER_RESULT_NAMES
from community.model.questionnaires.questionnaire import LegalGround, QuestionKind
from community.model.staff import ROLE_NAMES, Role

#: Badge colours: calm, going, good, wait, alarm.
CAMPAIGN_TONES: Mapping[CampaignStatus, str] = {
    CampaignStatus.DRAFT: "calm",
    CampaignStatus.APPROVED: "wait",
    CampaignStatus.RUNNING: "going",
    CampaignStatus.PAUSED: "wait",
    CampaignStatus.FINISHED: "good",
    CampaignStatus.CANCELLED: "calm",
}
TARGET_TONES: Mapping[TargetStatus, str] = {
    TargetStatus.WAITING: "calm",
    TargetStatus.CALLING: "going",
    TargetStatus.COMPLETED: "good",
    TargetStatus.CASE: "wait",
    TargetStatus.EXCLUDED: "calm",
}
PRIORITY_TONES: Mapping[Priority, str] = {
    Priority.NORMAL: "calm",
    Priority.URGENT: "wait",
    Priority.EMERGENCY: "alarm",
}
CASE_TONES: Mapping[CaseStatus, str] = {
    CaseStatus.REPORTED: "wait",
    CaseStatus.ACCEPTED: "wait",
    CaseStatus.DISPATCHED: "wait",
    CaseStatus.ACKNOWLEDGED: "going",
    CaseStatus.HANDLED: "going",
    CaseStatus.CONFIRMED: "going",
    CaseStatus.CLOSED: "good",
    CaseStatus.RETURNED: "wait",
    CaseStatus.SUSPENDED: "calm",
    CaseStatus.REOPENED: "wait",
}
ATTEMPT_STATUS_NAMES: Mapping[AttemptStatus, str] = {
    AttemptStatus.PLACING: "正在拨出",
    AttemptStatus.PLACED: "已拨出",
    AttemptStatus.RINGING: "响铃中",
    AttemptStatus.IN_PROGRESS: "通话中",
    AttemptStatus.UNKNOWN: "结果不明，核对中",
    AttemptStatus.NOT_PLACED: "未拨出",
    AttemptStatus.CANCELLED: "已撤回",
    AttemptStatus.ENDED: "已结束",
}
OUTCOME_TONES: Mapping[Outcome, str] = {
    Outcome.ANSWERED: "good",
    Outcome.VOICEMAIL: "wait",
    Outcome.NO_ANSWER: "wait",
    Outcome.BUSY: "wait",
    Outcome.REJECTED: "wait",
    Outcome.SWITCHED_OFF: "wait",
    Outcome.NOT_IN_SERVICE: "alarm",
    Outcome.CARRIER_ERROR: "alarm",
    Outcome.UNKNOWN: "alarm",
}
LEGAL_GROUND_NAMES: Mapping[LegalGround, str] = {
    LegalGround.CONSENT: "居民同意",
    LegalGround.STATUTORY_DUTY: "履行法定职责",
    LegalGround.EMERGENCY: "突发事件应对",
}
QUESTION_KIND_NAMES: Mapping[QuestionKind, str] = {
    QuestionKind.YES_NO: "是或否",
    QuestionKind.NEED_HELP: "需要什么帮助",
    QuestionKind.CHOICE: "选择",
    QuestionKind.NUMBER: "数字",
    QuestionKind.DATE: "日期",
    QuestionKind.TIME_PERIOD: "时间段",
    QuestionKind.FREE_TEXT: "自由回答",
}
DECIDED_BY_NAMES: Mapping[str, str] = {"keys": "按键", "rules": "语音", "model": "语音", "staff": "人工"}
CASE_ACTION_NAMES: Mapping[str, str] = {
    "opened": "上报",
    "step": "催办",
    "acknowledged": "接单",
    "handed_over": "转派",
    "closed": "销号",
    "reopened": "重开",
    "noted": "备注",
    "changed": "更正",
    "cancelled": "报告人撤回",
    "returned": "退单",
    "suspended": "挂账",
}
#: What the carrier or we say of a recording.
RECORDING_STATUS_NAMES: dict[str, str] = {
    "completed": "已录好，正在取回",
    "stored": "已保存",
    "lost": "没有取到",
    "expired": "已过保存期限，删除了",
    "withdrawn": "居民中途不同意录音，删除了",
    "failed": "没有录成",
    "absent": "没有录成",
}

AUDIT_ACTION_NAMES: Mapping[str, str] = {
    "answer.corrected": "更正回答",
    "answer.checked": "听过回答，没有错",
    "answer.recorded": "记下回答",
    "attempt.ended": "一次呼叫结束",
    "campaign.approved": "批准外呼",
    "campaign.ceiling_raised": "调高上限",
    "campaign.cancelled": "取消外呼",
    "campaign.created": "新建外呼",
    "campaign.exported": "导出结果",
    "campaign.finished": "外呼完成",
    "campaign.launched": "启动外呼",
    "campaign.paused": "暂停外呼",
    "campaign.rehearsal_asked": "排练外呼",
    "campaign.resumed": "继续外呼",
    "case.acknowledged": "接单",
    "case.cancelled": "撤销工单",
    "case.changed": "更正工单",
    "case.closed": "销号",
    "case.handed_over": "转派工单",
    "case.noted": "备注",
    "case.opened": "开工单",
    "case.reopened": "重开工单",
    "case.returned": "退单",
    "case.suspended": "挂账",
    "phone.wrong": "标记号码不对",
    "guardian.opted_out": "紧急联系人要求不再来电",
    "recording.stored": "取回录音",
    "recording.lost": "录音没有取到",
    "recording.expired": "录音到期删除",
    "messages.expired": "短信和书面往来到期删除",
    "recording.played": "收听录音",
    "recording.withdrawn": "居民要求停止录音",
    "policy.imported": "导入政策文件",
    "resident.numbers_shown": "查看完整号码",
    "resident.health_consent_given": "同意问健康情况",
    "resident.health_consent_withdrawn": "不同意问健康情况",
    "resident.opted_out": "不再接电话",
    "resident.chat_tied": "在聊天里认了本人",
    "resident.chat_untied": "解除聊天",
    "resident.checked_in": "在聊天里报平安",
    "chat.code_asked": "要聊天验证码",
    "residents.imported": "导入名册",
    "staff.added": "添加账号",
    "staff.disabled": "停用账号",
    "staff.enabled": "启用账号",
    "staff.off_duty": "下班",
    "staff.on_duty": "上班",
    "staff.password_changed": "改密码",
    "staff.password_reset": "重置密码",
    "staff.sign_in_failed": "登录失败",
    "staff.signed_in": "登录",
    "staff.signed_out": "退出",
}
SUBJECT_NAMES: Mapping[str, str] = {
    "attempt": "呼叫",
    "campaign": "外呼",
    "case": "工单",
    "import": "导入",
    "policy": "政策文件",
    "resident": "居民",
    "staff": "账号",
    "target": "外呼对象",
}
PHONE_STATUS_NAMES: Mapping[str, str] = {"ok": "可用", "wrong": "号码不对", "not_in_service": "空号或停机"}
LANGUAGE_NAMES: Mapping[str, str] = {"mandarin": "普通话", "cantonese": "粤语", "taiwanese_mandarin": "台湾国语"}
SEX_NAMES: Mapping[str, str] = {"male": "男", "female": "女"}
_PARTS_OF_DAY = ((5, "凌晨"), (9, "早上"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))


def moment_words(moment: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    """Say a moment: 今天 下午3点05分, 7月15日 上午9点; with the year when it is another one."""
    if moment is None:
        return ""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    days = (local.date() - today.date()).days
    if -1 <= days <= 1:
        day = ("昨天", "今天", "明天")[days + 1]
    elif local.year == today.year:
        day = f"{local.month}月{local.day}日"
    else:
        day = f"{local.year}年{local.month}月{local.day}日"
    return f"{day} {clock_words(local)}"


def written_moment_words(text: str) -> str:
    """Say a local moment that a report writes as `2026-07-15 14:30`: 7月15日 下午2点30分."""
    local = datetime.fromisoformat(text)
    return f"{local.month}月{local.day}日 {clock_words(local)}"


def clock_words(local: datetime) -> str:
    """Say the time of a local moment: 下午3点05分."""
    part = next(name for end, name in _PARTS_OF_DAY if local.hour < end)
    hour = local.hour - 12 if local.hour > 12 else local.hour
    minutes = f"{local.minute:02d}分" if local.minute else ""
    return f"{part}{hour}点{minutes}"


def distance_words(moment: datetime, now: datetime) -> str:
    """Say how far a moment is: 5分钟前, 还有20分钟."""
    if moment > now:
        return f"还有{span_text(moment - now)}"
    return "刚刚" if now - moment < timedelta(minutes=1) else f"{span_text(now - moment)}前"


def confidence_words(confidence: float | None) -> str:
    """Say how sure a reading is."""
    return "" if confidence is None else f"{round(confidence * 100)}%"


#: Every name that templates look up.
NAMES: Mapping[str, Any] = {
    "campaign_status_names": CAMPAIGN_STATUS_NAMES,
    "campaign_tones": CAMPAIGN_TONES,
    "target_status_names": TARGET_STATUS_NAMES,
    "target_tones": TARGET_TONES,
    "attempt_status_names": ATTEMPT_STATUS_NAMES,
    "outcome_names": OUTCOME_NAMES,
    "outcome_tones": OUTCOME_TONES,
    "case_kind_names": CASE_KIND_NAMES,
    "case_status_names": CASE_STATUS_NAMES,
    "case_tones": CASE_TONES,
    "case_action_names": CASE_ACTION_NAMES,
    "audit_action_names": AUDIT_ACTION_NAMES,
    "recording_status_names": RECORDING_STATUS_NAMES,
    "subject_names": SUBJECT_NAMES,
    "priority_names": PRIORITY_NAMES,
    "priority_tones": PRIORITY_TONES,
    "role_names": ROLE_NAMES,
    "label_names": LABEL_NAMES,
    "part_names": PART_NAMES,
    "channel_names": CHANNEL_NAMES,
    "answer_text": answer_text,
    "legal_ground_names": LEGAL_GROUND_NAMES,
    "earlier_results": lambda results: "、".join(EARLIER_RESULT_NAMES[each] for each in results),
    "duration": span_text,
    "question_kind_names": QUESTION_KIND_NAMES,
    "decided_by_names": DECIDED_BY_NAMES,
    "phone_status_names": PHONE_STATUS_NAMES,
    "language_names": LANGUAGE_NAMES,
    "sex_names": SEX_NAMES,
    "Role": Role,
    "CaseKind": CaseKind,
    "CaseStatus": CaseStatus,
    "CampaignStatus": CampaignStatus,
    "Priority": Priority,
    "RehearsalStatus": RehearsalStatus,
    "TargetStatus": TargetStatus,
    "Outcome": Outcome,
}
