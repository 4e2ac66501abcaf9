"""A street of telephones and a carrier that rings them: what it was asked is kept, what it answers is up to the test."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from community.clock import MovableClock
from community.errors import Unavailable
from community.model.actor import Actor
from community.model.calls.call import AttemptStatus, CallResult, Outcome
from community.model.calls.line import Line
from community.model.cases.case import CaseKind, LadderStep, Priority
from community.model.hours import Calendar, QuietHours
from community.model.rulebook import CallCaps, HazardCategory, Rulebook
from community.model.staff import Role
from community.store.attempts import attempts
from community.store.calls import save_dialogue
from community.store.campaigns import targets
from community.store.cases import cases
from community.store.database import Database
from community.store.residents import households, phones, resident_tags, residents
from community.store.staff import staff
from community.usecases.approve_campaign import approve_campaign
from community.usecases.create_campaign import create_campaign
from community.usecases.launch_campaign import LaunchedCampaign, launch_campaign
from voice.carriers.base import (
    Abilities,
    Acceptance,
    CallEvent,
    CarrierRequest,
    CarrierResponse,
    EventKind,
    FoundCall,
    FoundRecording,
    PlaceRequest,
    PlaceResult,
    Sound,
)
from voice.engine.apply import apply_event
from voice.engine.engine import Engine
from voice.engine.timing import Timing
from voice.script.steps import CallUrls, Step

TEST_LINE = Line(
    name="test", rehearsal=False, from_numbers=("+85230000000",), mainland_allowed_because="测试：没有真的打出去"
)

WELLBEING = """
name: 高温关怀
purpose: 天气热，问问您好不好
audience: {tags: [独居]}
questions:
  - {id: fine, kind: yes_no, say: 您今天身体还好吗}
"""


def rulebook(**changes: Any) -> Rulebook:
    """The rules of a small community that dials a line of the tests."""
    steps = (LadderStep(Role.GRID_WORKER, timedelta(minutes=30)), LadderStep(Role.SECRETARY, timedelta(hours=2)))
    hazard = HazardCategory(code="other", name="其他", priority=Priority.NORMAL, first_step=timedelta(hours=1))
    rules = Rulebook(
        name="青禾社区居委会",
        phone="057100000000",
        gas_phone="057100000001",
        duty_number="",
        timezone=ZoneInfo("Asia/Shanghai"),
        communities=("锦绣苑",),
        place_names={},
        grids={"一格": ("锦绣苑-3",)},
        hazards={"other": hazard},
        ladders={(kind, priority): steps for kind in CaseKind for priority in Priority},
        quiet_hours=QuietHours(),
        calendar=Calendar(),
        line=TEST_LINE,
    )
    return replace(rules, **changes)


def reply(placement: Acceptance = Acceptance.ACCEPTED, **facts: Any) -> PlaceResult:
    """What a carrier answers to a POST."""
    if placement is Acceptance.ACCEPTED:
        facts.setdefault("carrier_id", f"CA{uuid.uuid4().hex}")
    return PlaceResult(placement=placement, **facts)


@dataclass
class Exchange:
    """A carrier: every POST it got, and the calls it knows of."""

    clock: MovableClock
    name: str = "test"
    rehearsal: bool = False
    abilities: Abilities = field(default_factory=Abilities)
    from_numbers: tuple[str, ...] = ("+85230000000",)
    #: Answers a POST; raising or returning `UNKNOWN` may still have placed the call (`keep`).
    answer: Callable[[PlaceRequest], PlaceResult] = field(default=lambda _request: reply())
    #: An unknown answer's call is there all the same.
    keeps_unknown: bool = False
    reachable: bool = True
    refuses_to_cancel: bool = False
    posts: list[PlaceRequest] = field(default_factory=list)
    sent_at: list[datetime] = field(default_factory=list)
    calls: dict[str, FoundCall] = field(default_factory=dict)
    cancelled: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def place(self, request: PlaceRequest) -> PlaceResult:
        self.posts.append(request)
        self.sent_at.append(self.clock.now())
        result = self.answer(request)
        if result.placement is Acceptance.ACCEPTED or (result.placement is Acceptance.UNKNOWN and self.keeps_unknown):
            carrier_id = result.carrier_id or f"CA{uuid.uuid4().hex}"
            self.calls[carrier_id] = FoundCall(
                carrier_id=carrier_id,
                to=request.to,
                from_number=request.from_number,
                status=AttemptStatus.PLACED,
                created_at=self.clock.now(),
            )
        return result

    async def cancel(self, carrier_id: str) -> bool:
        self.cancelled.append(carrier_id)
        return not self.refuses_to_cancel

    async def find(self, *, to: str, since: datetime) -> list[FoundCall]:
        self.asked.append(to)
        if not self.reachable:
            raise Unavailable("线路方没有应答")
        return [call for call in self.calls.values() if call.to == to and (call.created_at or since) >= since]

    async def fetch(self, carrier_id: str) -> FoundCall | None:
        self.asked.append(carrier_id)
        if not self.reachable:
            raise Unavailable("线路方没有应答")
        return self.calls.get(carrier_id)

    async def start_recording(self, carrier_id: str, urls: CallUrls) -> None:
        return None

    async def stop_recording(self, carrier_id: str) -> bool:
        return True

    async def find_recordings(self, carrier_id: str) -> list[FoundRecording]:
        return []

    async def fetch_recording(self, recording_id: str) -> Sound | None:
        return None

    async def delete_recording(self, recording_id: str) -> bool:
        return True

    def verify(self, request: CarrierRequest) -> bool:
        return True

    def parse(self, request: CarrierRequest) -> CallEvent:
        raise NotImplementedError

    def render(self, step: Step, urls: CallUrls) -> CarrierResponse:
        raise NotImplementedError

    async def close(self) -> None:
        return None

    @property
    def numbers(self) -> list[str]:
        """Every number that was asked to ring, in order."""
        return [post.to for post in self.posts]


@dataclass
class Street:
    """A database with people in it, a carrier, and an engine that dials; time passes when the test says so."""

    database: Database
    clock: MovableClock
    rules: Rulebook
    exchange: Exchange
    worker: str = "worker-1"
    timing: Timing = field(default_factory=Timing)
    calls_per_second: float = 500.0
    concurrent_calls: int = 500

    def __post_init__(self) -> None:
        self.engine = self.another_engine(self.worker)
        with self.database.begin() as conn:
            for login, role in (("li", Role.COMMUNITY_STAFF), ("wang", Role.SECRETARY), ("grid", Role.GRID_WORKER)):
                conn.execute(
                    insert(staff).values(
                        login=login,
                        name=login,
                        role=role,
                        password_hash="-",
                        must_change_password=False,
                        on_duty=True,
                        created_at=self.clock.now(),
                    )
                )

    def another_engine(self, worker: str, exchange: Exchange | None = None, **changes: Any) -> Engine:
        settings = {
            "public_url": "https://shouwang.example.cn",
            "calls_per_second": self.calls_per_second,
            "concurrent_calls": self.concurrent_calls,
            "mainland_allowed_because": self.rules.line.mainland_allowed_because,
            "timing": self.timing,
        }
        carrier = exchange or self.exchange
        return Engine(self.database, carrier, self.clock, self.rules, worker_id=worker, **(settings | changes))

    def move_in(self, *numbers: str, tags: tuple[str, ...] = ("独居",), name: str = "张桂兰", **facts: Any) -> int:
        """Add a resident of 锦绣苑3栋 with these phones; return the id."""
        now = self.clock.now()
        with self.database.begin() as conn:
            home = conn.execute(
                insert(households).values(
                    community="锦绣苑", building="3", unit="1", room="501", address_text=uuid.uuid4().hex, grid="一格"
                )
            ).inserted_primary_key[0]
            values = {"household_id": home, "name": name, "sample": False, "created_at": now, "updated_at": now}
            resident = conn.execute(insert(residents).values(**(values | facts))).inserted_primary_key[0]
            for position, number in enumerate(numbers):
                conn.execute(insert(phones).values(resident_id=resident, number=number, position=position))
            for tag in tags:
                conn.execute(insert(resident_tags).values(resident_id=resident, tag=tag))
        return int(resident)

    def create(self, source: str = WELLBEING, by: str = "li") -> int:
        with self.database.begin() as conn:
            return create_campaign(conn, source, rules=self.rules, actor=Actor.staff(by), now=self.clock.now())

    def approve(self, campaign: int, by: str = "wang") -> None:
        with self.database.begin() as conn:
            approve_campaign(conn, campaign, rules=self.rules, actor=Actor.staff(by), now=self.clock.now())

    def launch(self, campaign: int, by: str = "li", **how: Any) -> LaunchedCampaign:
        with self.database.begin() as conn:
            return launch_campaign(conn, campaign, rules=self.rules, actor=Actor.staff(by), now=self.clock.now(), **how)

    def start(self, source: str = WELLBEING, **how: Any) -> int:
        """Create, approve and launch; return the campaign's id."""
        campaign = self.create(source)
        self.approve(campaign)
        self.launch(campaign, **how)
        return campaign

    async def pass_time(self, *, then_tick: bool = True, **by: float) -> None:
        self.clock.advance(timedelta(**by))
        if then_tick:
            await self.engine.tick()

    def do(self, verb: Callable[..., Any], *args: Any, by: str = "li", **how: Any) -> Any:
        """Carry out a use case as a member of staff."""
        with self.database.begin() as conn:
            return verb(conn, *args, actor=Actor.staff(by), now=self.clock.now(), **how)

    def tell(self, attempt_id: str, status: AttemptStatus, outcome: Outcome | None = None, **facts: Any) -> None:
        """The carrier calls back."""
        key = facts.pop("key", f"{status}:{outcome}")
        event = CallEvent(kind=EventKind.STATUS, key=key, status=status, outcome=outcome, **facts)
        with self.database.begin() as conn:
            apply_event(conn, attempt_id, event, rules=self.rules, now=self.clock.now())

    def hang_up(self, outcome: Outcome, *, result: CallResult | None = None, **dialogue: Any) -> None:
        """The newest open call ends."""
        attempt = self.open_attempts()[-1]
        if result is not None:
            with self.database.begin() as conn:
                save_dialogue(conn, attempt["id"], {"result": result.value, **dialogue})
        self.tell(attempt["id"], AttemptStatus.ENDED, outcome)

    def attempts(self) -> list[Any]:
        with self.database.reading() as conn:
            return [
                dict(row._mapping)
                for row in conn.execute(select(attempts).order_by(attempts.c.created_at, attempts.c.n))
            ]

    def open_attempts(self) -> list[Any]:
        return [row for row in self.attempts() if not AttemptStatus(row["status"]).is_final]

    def targets(self) -> list[Any]:
        with self.database.reading() as conn:
            return [dict(row._mapping) for row in conn.execute(select(targets).order_by(targets.c.id))]

    def cases(self) -> list[Any]:
        with self.database.reading() as conn:
            return [dict(row._mapping) for row in conn.execute(select(cases).order_by(cases.c.id))]


def generous(**changes: Any) -> Rulebook:
    """Rules without caps, for stories that are not about them."""
    return rulebook(caps=CallCaps(per_hour=100, per_day=100), **changes)
