"""One lively day of the sample community in a database: staff, residents, a campaign under way, cases, chats."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, update

from community.model.actor import Actor
from community.model.address import Address
from community.model.calls.campaign import CampaignStatus, TargetStatus
from community.model.cases.case import CaseKind, NewCase, Priority
from community.model.rulebook import Rulebook
from community.model.staff import Role
from community.passwords import hash_password
from community.store import schema  # noqa: F401 - fills the metadata
from community.store.answers import Answer, save_answer
from community.store.attempts import attempts, utterances
from community.store.campaigns import campaigns, insert_campaign, targets
from community.store.messages import conversations, messages
from community.store.residents import households, phones, resident_tags, residents
from community.store.staff import insert_staff
from community.usecases.acknowledge_case import acknowledge_case
from community.usecases.import_policies import PolicyFile, import_policies
from community.usecases.load_questionnaire import load_questionnaire
from community.usecases.open_case import open_case

#: Everybody's password in tests.
PASSWORD = "qing-he-2026-xyz"
_PASSWORD_HASH = ""

PEOPLE = (
    ("wangli", "王丽", Role.COMMUNITY_STAFF, ""),
    ("zhaomin", "赵敏", Role.COMMUNITY_STAFF, ""),
    ("lifang", "李芳", Role.GRID_WORKER, ""),
    ("chengang", "陈刚", Role.SECRETARY, ""),
    ("suqing", "苏青", Role.AUDITOR, ""),
    ("admin", "周管", Role.ADMIN, ""),
)

QUESTIONNAIRE = """\
name: 高温关怀回访
purpose: 天气热，问问老人身体好不好，要不要帮忙
legal_ground: statutory_duty
audience:
  tags: [独居]
hours: ["08:30-11:30", "14:30-20:00"]
questions:
  - id: well
    kind: yes_no
    say: 您这两天身体还好吗？
    escalate:
      - when: ["no"]
        priority: urgent
  - id: help
    kind: need_help
    say: 您需要什么帮助吗？
    escalate:
      - when: [needs]
        priority: urgent
closing: 天热多喝水，再见。
"""

POLICY = """\
---
title: 青禾社区高龄津贴办理须知
document_number: 青禾居〔2026〕3号
issuer: 青禾社区居委会
issued: 2026-01-05
effective: 2026-02-01
---

# 第一条 发放对象

户籍在本社区、年满80周岁的老人，每人每月发放津贴100元。

# 第二条 怎么办理

带上身份证和银行卡，到社区服务大厅一号窗口办理。
"""

_NAMES = ("张桂兰", "李德福", "王秀英", "赵国强", "<script>alert(1)</script>", "刘玉珍", "陈大爷", "孙阿婆")


@dataclass(frozen=True, slots=True)
class Day:
    """What was put there, by id."""

    residents: list[int]
    campaign: int
    targets: list[int]
    hazard: int


def password_hash() -> str:
    """One slow hash for everybody."""
    global _PASSWORD_HASH  # noqa: PLW0603 - computed once a test run: Argon2 is slow by design
    _PASSWORD_HASH = _PASSWORD_HASH or hash_password(PASSWORD)
    return _PASSWORD_HASH


def add_people(conn: Connection, now: datetime) -> None:
    """Staff of every role, all with the same password, which is their own already."""
    for login, name, role, grid in PEOPLE:
        insert_staff(
            conn,
            {
                "login": login,
                "name": name,
                "role": role,
                "grid": grid,
                "password_hash": password_hash(),
                "must_change_password": False,
                "on_duty": True,
                "created_at": now,
            },
        )


def add_residents(conn: Connection, now: datetime) -> list[int]:
    """Eight old people who live alone in one building."""
    return [_add_resident(conn, place, name, now) for place, name in enumerate(_NAMES)]


def add_day(conn: Connection, rules: Rulebook, now: datetime) -> Day:
    """Everything."""
    add_people(conn, now - timedelta(days=30))
    people = add_residents(conn, now - timedelta(days=10))
    import_policies(
        conn, [PolicyFile("jintie.md", POLICY.encode())], actor=Actor.staff("wangli"), now=now - timedelta(days=3)
    )
    hazard = _add_cases(conn, rules, people, now)
    campaign = add_running_campaign(conn, now)
    added = [add_target(conn, campaign, person) for person in people]
    finish_call(conn, added[0], campaign, people[0], now - timedelta(minutes=12))
    _add_chat(conn, hazard, now)
    return Day(people, campaign, added, hazard)


def add_running_campaign(conn: Connection, now: datetime, *, rehearsal: bool = True) -> int:
    """A campaign that was approved and launched half an hour ago."""
    campaign = insert_campaign(
        conn,
        load_questionnaire(QUESTIONNAIRE),
        source=QUESTIONNAIRE,
        created_by="wangli",
        now=now - timedelta(hours=1),
    )
    values = {
        "status": CampaignStatus.RUNNING,
        "rehearsal": rehearsal,
        "approved_by": "zhaomin",
        "approved_at": now - timedelta(minutes=50),
        "launched_by": "wangli",
        "launched_at": now - timedelta(minutes=30),
    }
    conn.execute(update(campaigns).where(campaigns.c.id == campaign).values(**values))
    return campaign


def add_target(conn: Connection, campaign: int, resident: int, **values: Any) -> int:
    """One resident of a campaign, waiting."""
    row = {"campaign_id": campaign, "resident_id": resident, "status": TargetStatus.WAITING, "outcome_counts": {}}
    return conn.execute(insert(targets).values(**row | values).returning(targets.c.id)).scalar_one()


def finish_call(conn: Connection, target: int, campaign: int, resident: int, at: datetime) -> str:
    """A call that was picked up and answered to the end."""
    attempt = f"{target:032x}"
    conn.execute(
        insert(attempts).values(
            id=attempt,
            token="t" * 32,
            target_id=target,
            campaign_id=campaign,
            resident_id=resident,
            n=1,
            number="+8613800000001",
            carrier="simulated",
            carrier_id=f"SIM{target}",
            status="ended",
            outcome="answered",
            dialogue={},
            rehearsal=True,
            created_at=at,
            placed_at=at,
            ringing_at=at + timedelta(seconds=2),
            answered_at=at + timedelta(seconds=8),
            ended_at=at + timedelta(seconds=74),
            duration=66,
        )
    )
    for place, (speaker, text, confidence, question) in enumerate(_DIALOGUE):
        said = {"attempt_id": attempt, "speaker": speaker, "text": text, "confidence": confidence}
        said |= {"question_id": question, "at": at + timedelta(seconds=8 + 6 * place)}
        conn.execute(insert(utterances).values(**said))
    for question, label, heard, confidence in (("well", "yes", "还行还行", 0.93), ("help", "none", "不用麻烦了", 0.88)):
        answer = Answer(
            target_id=target,
            question_id=question,
            attempt_id=attempt,
            heard=heard,
            digits="",
            label=label,
            value=None,
            confidence=confidence,
            decided_by="rules",
            rehearsal=True,
            at=at,
        )
        save_answer(conn, answer)
    done = {"status": TargetStatus.COMPLETED, "outcome": "answered", "attempts": 1, "resolved_at": at}
    conn.execute(update(targets).where(targets.c.id == target).values(**done))
    return attempt


_DIALOGUE = (
    ("service", "您好，这里是青禾社区居委会。", None, None),
    ("service", "您这两天身体还好吗？", None, None),
    ("resident", "还行还行", 0.93, "well"),
    ("service", "您需要什么帮助吗？", None, None),
    ("resident", "不用麻烦了", 0.88, "help"),
    ("service", "天热多喝水，再见。", None, None),
)


def _add_resident(conn: Connection, place: int, name: str, now: datetime) -> int:
    room = f"{place // 2 + 1}0{place % 2 + 1}"
    home = {"community": "锦绣苑", "building": "3", "unit": "1", "room": room, "grid": "第一网格"}
    home["address_text"] = f"锦绣苑3栋1单元{room}室"
    household = conn.execute(insert(households).values(**home).returning(households.c.id)).scalar_one()
    person = {
        "household_id": household,
        "name": name,
        "sex": "female",
        "birth_date": date(1940 + place, 5, 6),
        "guardian_name": "张建国" if place == 0 else "",
        "guardian_relation": "儿子" if place == 0 else "",
        "guardian_phone": "+8613800000900" if place == 0 else "",
        "sample": True,
        "created_at": now,
        "updated_at": now,
    }
    resident: int = conn.execute(insert(residents).values(**person).returning(residents.c.id)).scalar_one()
    conn.execute(insert(phones).values(resident_id=resident, number=f"+86138000000{place:02d}", position=0))
    tags = ("独居", "高龄") if place % 2 == 0 else ("独居",)
    conn.execute(insert(resident_tags), [{"resident_id": resident, "tag": tag} for tag in tags])
    return resident


def _add_cases(conn: Connection, rules: Rulebook, people: list[int], now: datetime) -> int:
    reporter = Actor.resident("web:test")
    wanted = [
        (NewCase(kind=CaseKind.QUESTION, source_key="t:1", summary="居民问：残疾人停车证在哪里办"), timedelta(hours=3)),
        (
            NewCase(
                kind=CaseKind.WORRYING,
                source_key="t:2",
                summary="老人说这两天身体不好",
                resident_id=people[1],
                priority=Priority.URGENT,
                rehearsal=True,
                address=Address("锦绣苑", "3", "1", "102"),
            ),
            timedelta(minutes=25),
        ),
        (
            NewCase(
                kind=CaseKind.HAZARD,
                source_key="t:3",
                category="gas_leak",
                danger=True,
                summary="楼道里有很重的煤气味",
                description="三栋一单元二楼楼道煤气味很重，<b>味道</b>越来越大",
                address=Address("锦绣苑", "3", "1", ""),
                conversation_id="web:test",
            ),
            timedelta(minutes=4),
        ),
    ]
    opened = [open_case(conn, new, rules=rules, actor=reporter, now=now - ago) for new, ago in wanted]
    acknowledge_case(conn, opened[0].id, rules=rules, actor=Actor.staff("wangli"), now=now - timedelta(hours=2))
    return opened[2].id


def _add_chat(conn: Connection, case: int, now: datetime) -> None:
    conversation = {"id": "web:test", "channel": "web", "scene": "private", "created_at": now, "last_at": now}
    conn.execute(insert(conversations).values(**conversation))
    said = (
        ("80岁有多少津贴", "每人每月100元。依据《青禾社区高龄津贴办理须知》。", None),
        ("三栋楼道煤气味好重", "请马上离开楼道到室外打燃气公司电话。工单已登记。", case),
    )
    for place, (text, reply, touched) in enumerate(said):
        at = now - timedelta(minutes=10 - 5 * place)
        conn.execute(
            insert(messages).values(
                channel="web",
                message_id=f"m{place}",
                conversation_id="web:test",
                text=text,
                addressed=True,
                envelope={},
                status="answered",
                replies=[{"text": reply, "to": "person"}],
                case_id=touched,
                understanding={"intent": "x"},
                deferred=False,
                next_at=at,
                received_at=at,
                answered_at=at,
            )
        )
