"""A community with telephones: our webhooks on a loopback port, and calls written down as the engine would."""

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml
from aiohttp import web
from aiohttp.test_utils import unused_port
from sqlalchemy import Connection, delete, insert, select, update

from community.clock import Clock
from community.files.community_folder import load_rulebook
from community.model.calls.call import AttemptStatus, Outcome
from community.model.questionnaires.questionnaire import Questionnaire
from community.model.rulebook import Rulebook
from community.settings import load_settings
from community.store.answers import Answer, answers_of_targets
from community.store.attempts import attempts
from community.store.calls import Utterance, transcript
from community.store.campaigns import campaigns, targets
from community.store.cases import cases
from community.store.database import Database
from community.store.residents import households, phones, residents
from voice.carriers.base import CallEvent, Carrier, EventKind, PlaceRequest
from voice.engine.apply import apply_event
from voice.script.steps import CallUrls
from voice.web.asides import AskAssistant, HearWish
from voice.web.routes import voice_routes

HEAT = """
name: 高温关怀
purpose: 天热了，看看您身体怎么样。
recording: never
questions:
  - id: well
    kind: yes_no
    say: 您这两天身体舒服吗？
    yes_means: 舒服
    escalate: [{when: ["no"], priority: urgent, say: 我马上告诉社区医生。}]
  - id: temperature
    kind: number
    say: 您今天量的体温是多少度？
    confirm: true
    escalate: [{when: [">=38"], priority: urgent}]
  - id: help
    kind: need_help
    say: 有没有需要我们帮忙的？
"""


def sample_rules(**settings: str) -> Rulebook:
    return load_rulebook(load_settings(settings))


@dataclass(frozen=True)
class WrittenCall:
    """A call that was written down and not placed yet."""

    attempt_id: str
    token: str
    target_id: int
    resident_id: int
    number: str
    carrier: str

    def urls(self, base: str) -> CallUrls:
        return CallUrls(base, self.carrier, self.attempt_id, self.token)


class TelephoneWorld:
    """A database and a running web server for webhooks."""

    def __init__(self, database: Database, clock: Clock, rules: Rulebook, public_url: str) -> None:
        self.database = database
        self.clock = clock
        self.rules = rules
        self.public_url = public_url

    def write_call(
        self,
        number: str,
        *,
        questionnaire: str = HEAT,
        carrier: str = "twilio",
        language: str = "mandarin",
        n: int = 1,
        callee: str = "",
        guardian_relation: str = "",
        answered_before: int = 0,
    ) -> WrittenCall:
        """A resident, a campaign, a target and a call about to be placed; with `callee` guardian, to the guardian.

        Args:
            answered_before: how often the target was spoken to before.
        """
        with self.database.begin() as conn:
            call = _write_call(conn, number, questionnaire, carrier, language=language, n=n, now=self.clock.now())
            if answered_before:
                asked = targets.c.id == call.target_id
                conn.execute(update(targets).where(asked).values(outcome_counts={"answered": answered_before}))
            if callee:
                mine = attempts.c.id == call.attempt_id
                conn.execute(update(attempts).where(mine).values(dialogue={"callee": callee}))
                hers = residents.c.id == call.resident_id
                conn.execute(
                    update(residents).where(hers).values(guardian_phone=number, guardian_relation=guardian_relation)
                )
                conn.execute(delete(phones).where(phones.c.resident_id == call.resident_id))
            return call

    async def place(self, carrier: Carrier, call: WrittenCall) -> Any:
        request = PlaceRequest(to=call.number, from_number="+85230000000", urls=call.urls(self.public_url))
        return await carrier.place(request)

    def end(self, call: WrittenCall) -> None:
        """The call is over, and we have heard of it."""
        event = CallEvent(kind=EventKind.STATUS, key="over", status=AttemptStatus.ENDED, outcome=Outcome.ANSWERED)
        with self.database.begin() as conn:
            apply_event(conn, call.attempt_id, event, rules=self.rules, now=self.clock.now())

    def answers(self, call: WrittenCall) -> Mapping[str, Answer]:
        with self.database.reading() as conn:
            return answers_of_targets(conn, [call.target_id]).get(call.target_id, {})

    def labels(self, call: WrittenCall) -> dict[str, Any]:
        return {q: a.value if a.label == "value" else a.label for q, a in self.answers(call).items()}

    def transcript(self, call: WrittenCall) -> list[Utterance]:
        with self.database.reading() as conn:
            return transcript(conn, call.attempt_id)

    def attempt(self, call: WrittenCall) -> Any:
        with self.database.reading() as conn:
            return conn.execute(select(attempts).where(attempts.c.id == call.attempt_id)).one()

    def resident(self, call: WrittenCall) -> Any:
        with self.database.reading() as conn:
            return conn.execute(select(residents).where(residents.c.id == call.resident_id)).one()

    def target(self, call: WrittenCall) -> Any:
        with self.database.reading() as conn:
            return conn.execute(select(targets).where(targets.c.id == call.target_id)).one()

    def cases(self) -> list[Any]:
        with self.database.reading() as conn:
            return list(conn.execute(select(cases).order_by(cases.c.id)))


@asynccontextmanager
async def telephone_world(
    database: Database,
    clock: Clock,
    carriers: Mapping[str, Carrier],
    *,
    rules: Rulebook | None = None,
    ask_assistant: AskAssistant | None = None,
    hear_wish: HearWish | None = None,
    port: int | None = None,
) -> AsyncIterator[TelephoneWorld]:
    """Serve the webhooks."""
    port = port or unused_port()
    url = f"http://127.0.0.1:{port}"
    rules = rules or sample_rules()
    app = web.Application()
    app.add_routes(
        voice_routes(
            database=database,
            carriers=carriers,
            clock=clock,
            rules=rules,
            public_url=url,
            ask_assistant=ask_assistant,
            hear_wish=hear_wish,
        )
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield TelephoneWorld(database, clock, rules, url)
    finally:
        await runner.cleanup()


def _write_call(
    conn: Connection, number: str, questionnaire: str, carrier: str, *, language: str, n: int, now: datetime
) -> WrittenCall:
    definition = Questionnaire.model_validate(yaml.safe_load(questionnaire)).model_dump(mode="json")
    household = _insert(
        conn,
        households,
        community="锦绣苑",
        building="3",
        unit="2",
        room=number[-3:],
        address_text=number,
        grid="第一网格",
    )
    resident = _insert(
        conn,
        residents,
        household_id=household,
        name="王桂英",
        language=language,
        sample=True,
        created_at=now,
        updated_at=now,
    )
    _insert(conn, phones, resident_id=resident, number=number, position=0)
    campaign = _insert(
        conn,
        campaigns,
        name=definition["name"],
        status="running",
        priority="normal",
        definition=definition,
        source=questionnaire,
        rehearsal=carrier == "simulated",
        created_by="li",
        created_at=now,
        launched_at=now,
    )
    target = _insert(conn, targets, campaign_id=campaign, resident_id=resident, status="calling", outcome_counts={})
    attempt_id, token = uuid.uuid4().hex, uuid.uuid4().hex
    conn.execute(
        insert(attempts).values(
            id=attempt_id,
            token=token,
            target_id=target,
            campaign_id=campaign,
            resident_id=resident,
            n=n,
            number=number,
            from_number="+85230000000",
            carrier=carrier,
            status="placing",
            dialogue={},
            rehearsal=carrier == "simulated",
            created_at=now,
        )
    )
    return WrittenCall(attempt_id, token, target, resident, number, carrier)


def _insert(conn: Connection, table: Any, **values: Any) -> int:
    key = conn.execute(insert(table).values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])
