"""A campaign of as many residents as wanted, over grids and buildings, with every kind of question, outcome and ending."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, update

from community.model.calls.call import CallResult, Outcome
from community.model.calls.campaign import CampaignStatus, TargetStatus
from community.store.answers import answers
from community.store.attempts import attempts, utterances
from community.store.campaigns import campaigns, insert_campaign, targets
from community.store.residents import households, phones, residents
from community.usecases.load_questionnaire import load_questionnaire

QUESTIONNAIRE = """\
name: 高温天气独居老人关怀回访（第二轮）
purpose: 天气热，问问老人身体好不好，要不要帮忙
questions:
  - {id: well, kind: yes_no, say: 您这两天身体还好吗？, yes_means: 身体好, escalate: [{when: ["no"]}]}
  - {id: help, kind: need_help, say: 您需要什么帮助吗？, escalate: [{when: [needs]}]}
  - {id: temperature, kind: number, say: 家里现在多少度？, escalate: [{when: [">=38"]}]}
  - {id: way, kind: choice, say: 您平时怎么降温？, options: [空调, 电风扇, 都没有]}
  - {id: visit, kind: time_period, say: 什么时候上门方便？}
  - {id: day, kind: date, say: 哪天去医院复查？}
  - {id: wish, kind: free_text, say: 还有什么话要带给社区？}
"""
_SURNAMES, _GIVEN = "赵钱孙李周吴郑王", ("桂兰", "德福", "秀英", "国强", "玉珍", "建国", "阿婆", "淑华")
_WISHES = ("楼道灯坏了好久了", "谢谢你们惦记", '=HYPERLINK("http://evil")', "+电梯老停", "@社区 能不能送菜", "-没有了")
_MISSED = (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.SWITCHED_OFF, Outcome.VOICEMAIL, Outcome.NOT_IN_SERVICE)


@dataclass(frozen=True, slots=True)
class Answered:
    """What was put there, by id."""

    campaign: int
    targets: list[int]
    residents: list[int]


def add_answered_campaign(conn: Connection, now: datetime, *, size: int, rehearsal: bool = False) -> Answered:
    """The same campaign for the same size: half of it is reached at once, a quarter later, the rest not at all."""
    dice = random.Random(size)
    campaign = _campaign(conn, now, rehearsal=rehearsal)
    people = _residents(conn, now, size, dice)
    rows = [_target(campaign, person, place, now) for place, person in enumerate(people)]
    added = list(conn.execute(insert(targets).returning(targets.c.id, sort_by_parameter_order=True), rows).scalars())
    calls, said, given = [], [], []
    for place, (target, person) in enumerate(zip(added, people, strict=True)):
        made = _calls(campaign, target, person, place, now, rehearsal=rehearsal)
        calls += made
        if made and made[-1]["outcome"] == Outcome.ANSWERED:
            spoken, understood = _talk(made[-1], target, place, dice, rehearsal=rehearsal)
            said += spoken
            given += understood
    for table, lines in ((attempts, calls), (utterances, said), (answers, given)):
        if lines:
            conn.execute(insert(table), lines)
    return Answered(campaign, added, people)


def _campaign(conn: Connection, now: datetime, *, rehearsal: bool) -> int:
    sheet = load_questionnaire(QUESTIONNAIRE)
    campaign = insert_campaign(conn, sheet, source=QUESTIONNAIRE, created_by="wangli", now=now - timedelta(hours=9))
    launched = {"launched_by": "wangli", "launched_at": now - timedelta(hours=8), "rehearsal": rehearsal}
    conn.execute(update(campaigns).where(campaigns.c.id == campaign).values(status=CampaignStatus.RUNNING, **launched))
    return campaign


def _residents(conn: Connection, now: datetime, size: int, dice: random.Random) -> list[int]:
    homes = [_home(place) for place in range(size)]
    made = conn.execute(insert(households).returning(households.c.id, sort_by_parameter_order=True), homes).scalars()
    people = [
        {
            "household_id": home,
            "name": dice.choice(_SURNAMES) + dice.choice(_GIVEN),
            "sample": True,
            "created_at": now,
            "updated_at": now,
        }
        for home in made
    ]
    ids = list(
        conn.execute(insert(residents).returning(residents.c.id, sort_by_parameter_order=True), people).scalars()
    )
    numbers = [{"resident_id": person, "number": f"+86139{person:08d}", "position": 0} for person in ids]
    conn.execute(insert(phones), numbers)
    return ids


def _home(place: int) -> dict[str, str]:
    if place % 23 == 22:
        return dict.fromkeys(("community", "building", "unit", "room", "grid"), "") | {"address_text": f"柳巷{place}号"}
    building, room = str(place // 7 % 12 + 1), str(100 * (place // 84 + 1) + place % 7)
    home = {"community": "幸福里", "building": building, "unit": "1", "room": room}
    return home | {"grid": f"第{'一二三'[place // 28 % 3]}网格", "address_text": f"幸福里{building}栋1单元{room}室"}


def _target(campaign: int, person: int, place: int, now: datetime) -> dict[str, Any]:
    row = {"campaign_id": campaign, "resident_id": person, "outcome_counts": {}, "reason": None, "next_at": None}
    kind = place % 8
    if kind < 6:
        return row | {"status": TargetStatus.COMPLETED, "outcome": "answered", "attempts": 1 + kind // 4}
    if kind == 6:
        missed = _MISSED[place // 8 % len(_MISSED)]
        return row | {"status": TargetStatus.WAITING, "outcome": missed, "attempts": 2, "next_at": now}
    return row | {"status": TargetStatus.EXCLUDED, "outcome": None, "attempts": 0, "reason": "没有登记电话"}


def _calls(
    campaign: int, target: int, person: int, place: int, now: datetime, *, rehearsal: bool
) -> list[dict[str, Any]]:
    kind = place % 8
    tries = (0, 1)[kind < 7] + (kind >= 4 and kind < 7)
    answered = kind < 6
    rows = []
    for n in range(1, tries + 1):
        last = answered and n == tries
        outcome = Outcome.ANSWERED if last else _MISSED[place // 8 % len(_MISSED)]
        placed = now - timedelta(hours=8) + timedelta(minutes=place % 240 + 90 * (n - 1))
        rows.append(
            {
                "id": f"{target:024x}{n:08x}",
                "token": "t",
                "target_id": target,
                "campaign_id": campaign,
                "resident_id": person,
                "n": n,
                "number": f"+86139{person:08d}",
                "carrier": "simulated",
                "carrier_id": f"SIM-{target}-{n}",
                "status": "ended",
                "outcome": outcome,
                "dialogue": {"result": CallResult.COMPLETED} if last else {},
                "rehearsal": rehearsal,
                "created_at": placed,
                "placed_at": placed,
                # A machine picks up as well.
                "answered_at": placed + timedelta(seconds=10) if outcome in {Outcome.ANSWERED, "voicemail"} else None,
                "ended_at": placed + timedelta(seconds=90),
                "duration": 80,
            }
        )
    return rows


def _talk(
    call: dict[str, Any], target: int, place: int, dice: random.Random, *, rehearsal: bool
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    said, given = [], []
    for step, (question, label, value, heard) in enumerate(_readings(place, dice)):
        at = call["answered_at"] + timedelta(seconds=8 * step + 5)
        asked = {"attempt_id": call["id"], "digits": "", "confidence": None, "question_id": None}
        said.append(asked | {"speaker": "service", "text": f"第{step + 1}个问题", "at": at - timedelta(seconds=4)})
        said.append(asked | {"speaker": "resident", "text": heard, "at": at, "question_id": question})
        sure = 0.0 if label == "unclear" else (0.65, 0.9, 0.9)[(place + step) % 3]
        row = {"target_id": target, "attempt_id": call["id"], "question_id": question, "label": label, "value": value}
        row |= {"heard": heard, "digits": "", "confidence": sure, "decided_by": "rules", "rehearsal": rehearsal}
        given.append(row | {"at": at, "channel": "phone"})
    return said, given


def _readings(place: int, dice: random.Random) -> list[tuple[str, str, Any, str]]:
    well = ("no", "不太好") if place % 11 == 0 else ("yes", "还行还行")
    need = ("needs:visit", "来看看我") if place % 7 == 0 else ("none", "不用麻烦了")
    degrees = round(24 + dice.random() * 16, 1)
    way = ("空调", "电风扇", "都没有")[place % 3]
    part = ("morning", "afternoon", "any")[place % 3]
    readings: list[tuple[str, str, Any, str]] = [
        ("well", well[0], None, well[1]),
        ("help", need[0], None, need[1]),
        ("temperature", "value", degrees, f"{degrees}度"),
        ("way", "value", way, way),
        ("visit", "value", {"part": part, "from": None, "to": None}, "都行"),
        ("day", "value", f"2026-07-{16 + place % 4}", "过两天"),
    ]
    if place % 4 == 0:
        readings.append(("wish", "keep", None, _WISHES[place // 4 % len(_WISHES)]))
    if place % 13 == 12:
        readings[3] = ("way", "unclear", None, "那个那个吹的")
    return readings
