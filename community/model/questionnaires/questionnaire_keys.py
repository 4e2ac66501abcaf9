"""What each key of a questionnaire is for, in the words of the staff who write it, and an example to copy.

The JSON Schema and the error sentences both come from here, so they never say two things.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what it is for, and one line that shows it."""

    meaning: str
    example: str


QUESTIONNAIRE: dict[str, Key] = {
    "name": Key("任务名称，最多 120 字", "name: 高温关怀"),
    "purpose": Key("一句话说明为什么打这个电话，接通后先说给居民听", "purpose: 这两天高温，社区问问您的情况"),
    "caller": Key("以谁的名义打，不写就用社区自己的名称", "caller: 青禾社区居委会"),
    "legal_ground": Key(
        "依据：consent 本人同意、statutory_duty 法定职责、emergency 突发事件应急", "legal_ground: statutory_duty"
    ),
    "legal_note": Key(
        "依据的说明：哪次签的同意、哪条职责、哪个预警；会写进审计和导出", "legal_note: 8月2日台风红色预警"
    ),
    "priority": Key("线路紧张时谁先打：normal 一般、urgent 紧急、emergency 应急", "priority: normal"),
    "audience": Key("打给谁；几个条件要同时满足，不写就是全体居民", "audience: {tags: [独居], age_from: 70}"),
    "hours": Key("几点到几点打；社区的安静时段里总是不打", 'hours: ["09:00-11:30", "14:30-18:00"]'),
    "days": Key("every_day 每天都打、workdays 只在工作日打", "days: every_day"),
    "not_after": Key("启动多久以后就不再拨", "not_after: 2d"),
    "retries": Key("每种呼叫结果过多久再打、最多再打几次", "retries: {no_answer: {after: 30m, times: 2}}"),
    "pace": Key("这个任务打多快", "pace: {calls_per_second: 1}"),
    "recording": Key("ask 先征得同意再录音、never 不录音", "recording: ask"),
    "message": Key("offer 问完后请居民给社区留言、never 不留言", "message: offer"),
    "voicemail": Key("转到语音信箱时留不留话；留言里不说健康情况", "voicemail: {leave: false}"),
    "text": Key("没打通时发不发短信，请居民回短信作答；短信里不说健康情况", "text: {unreached: true}"),
    "unreached_priority": Key("一直联系不上的人，工单有多急：normal、urgent、emergency", "unreached_priority: urgent"),
    "questions": Key("问题，按顺序一个一个问，1 到 30 个", "questions: [{id: ok, kind: yes_no, say: 您今天还好吗？}]"),
    "closing": Key("说再见之前的一句话", "closing: 天热，您多喝水，少出门。"),
}

QUESTION: dict[str, Key] = {
    "id": Key("问题的代号：小写字母开头，只用小写字母、数字和下划线", "id: need_help"),
    "kind": Key(
        "问题类型：yes_no 是否、need_help 要不要帮忙、choice 选一个、number 数字、date 日期、time_period 时间段、free_text 随便说",
        "kind: yes_no",
    ),
    "say": Key("怎么问；短句，电话里好懂，最多 200 字", "say: 您今天身体还好吗？"),
    "say_again": Key("没听清再问时怎么说；不写就把 say 慢慢再说一遍", "say_again: 您身体好不好？好就说好。"),
    "options": Key("choice 的选项，2 到 9 个，依次是按键 1 到 9", "options: [上午, 下午]"),
    "yes_means": Key("yes_no 里“是”表示什么，好读懂“没有不方便”这样的话", "yes_means: 方便"),
    "minimum": Key("number 最小可能是多少", "minimum: 0"),
    "maximum": Key("number 最大可能是多少", "maximum: 60"),
    "about_health": Key(
        "true 表示问的是健康情况：先问居民同不同意，不同意就跳过；突发事件应急除外", "about_health: true"
    ),
    "confirm": Key("听到的回答要不要念一遍请居民确认", "confirm: true"),
    "escalate": Key("哪些回答要转成工单", 'escalate: [{when: ["needs:medical"], priority: emergency}]'),
    "next": Key("什么回答跳到后面哪一题；end 表示问完了", "next: {no: end}"),
}

_SELECTION: dict[str, Key] = {
    "tags": Key("有其中任何一个标签的人", "tags: [独居, 高龄]"),
    "without_tags": Key("有其中任何一个标签的人不打", "without_tags: [已转移]"),
    "grids": Key("网格", "grids: [第一网格]"),
    "communities": Key("小区", "communities: [锦绣苑]"),
    "buildings": Key("楼栋", 'buildings: ["3"]'),
    "age_from": Key("满多少岁，含", "age_from: 80"),
    "age_to": Key("不超过多少岁，含", "age_to: 99"),
    "not_reported_since": Key("这么久以来，哪个任务、哪种方式都没有答复过的人", "not_reported_since: 7d"),
    "campaign": Key("以前某个任务的名单；可以再按结果、回答挑", "campaign: {id: 12, results: [unreached]}"),
    "list": Key("另给的名单文件里的人，和问卷放在一起，或者用 campaign create --list 给", "list: 名单.xlsx"),
}

AUDIENCE: dict[str, Key] = {
    **_SELECTION,
    "exclude": Key("符合上面条件、但不打的人，每条写明理由", "exclude: [{tags: [住院], reason: 正在住院}]"),
}

EXCLUSION: dict[str, Key] = {
    **_SELECTION,
    "reason": Key("为什么不打；预览、结果和导出里都看得到", "reason: 正在住院"),
}

EARLIER_CAMPAIGN: dict[str, Key] = {
    "id": Key("以前那个任务的编号", "id: 12"),
    "results": Key(
        "有其中一种结果的人：completed 答完了、case 转了工单、unreached 没联系上、refused 不愿回答、unfinished 接了没答完、"
        "excluded 没有打、open 还没打完",
        "results: [unreached, refused]",
    ),
    "answers": Key("那个任务里，每一题的回答是其中之一的人", 'answers: {feeling_well: ["no"]}'),
}

ESCALATION: dict[str, Key] = {
    "when": Key("哪些回答：yes、no、needs:medical、选项文字、数字比较", 'when: ["no", ">=38"]'),
    "priority": Key("工单有多急：normal、urgent、emergency", "priority: urgent"),
    "kind": Key("工单类型：worrying 需要关注、callback 回电、question 咨询、list_check 核对名册", "kind: worrying"),
    "say": Key("马上告诉居民的一句话", "say: 我们马上请人联系您。"),
    "end": Key("后面的问题不再问了", "end: true"),
}

RETRY: dict[str, Key] = {
    "after": Key("过多久再打：30s、30m、2h、1d", "after: 30m"),
    "times": Key("最多再打几次，0 到 10", "times: 2"),
}

PACE: dict[str, Key] = {
    "calls_per_second": Key("每秒最多起几个呼叫", "calls_per_second: 1"),
    "concurrent_calls": Key("最多同时打几个", "concurrent_calls: 20"),
    "max_calls": Key("这个任务一共最多打几通，打满就自动暂停并提醒，由另一位同事调高", "max_calls: 500"),
    "max_minutes": Key("这个任务一共最多通话几分钟，用完就自动暂停并提醒，由另一位同事调高", "max_minutes: 1500"),
}

VOICEMAIL: dict[str, Key] = {
    "leave": Key("留不留话", "leave: true"),
    "say": Key("留什么话；不能提健康情况", "say: 这里是青禾社区，方便时请回电。"),
}

TEXT_REMINDER: dict[str, Key] = {
    "unreached": Key("第一次没打通就发一条短信：true 发、false 不发", "unreached: true"),
    "say": Key("短信里怎么说这件事，最多 60 字；不能提健康情况", "say: 社区入户登记，给您打过电话没打通。"),
    "after": Key("没打通多久以后发，最长 7d", "after: 1m"),
    "again": Key("还没有回音，多久以后再发最后一条，30m 到 7d；不写就只发一条", "again: 1d"),
}

#: By the class of community.model.questionnaires.questionnaire that has them.
KEYS: dict[str, dict[str, Key]] = {
    "Questionnaire": QUESTIONNAIRE,
    "Question": QUESTION,
    "Audience": AUDIENCE,
    "Exclusion": EXCLUSION,
    "EarlierCampaign": EARLIER_CAMPAIGN,
    "Escalation": ESCALATION,
    "Retry": RETRY,
    "Pace": PACE,
    "Voicemail": VOICEMAIL,
    "TextReminder": TEXT_REMINDER,
}

#: Where a key's value has keys of its own.
NESTED: dict[tuple[str, str], str] = {
    ("Questionnaire", "questions"): "Question",
    ("Questionnaire", "audience"): "Audience",
    ("Audience", "exclude"): "Exclusion",
    ("Audience", "campaign"): "EarlierCampaign",
    ("Exclusion", "campaign"): "EarlierCampaign",
    ("Questionnaire", "retries"): "Retry",
    ("Questionnaire", "pace"): "Pace",
    ("Questionnaire", "voicemail"): "Voicemail",
    ("Questionnaire", "text"): "TextReminder",
    ("Question", "escalate"): "Escalation",
}
