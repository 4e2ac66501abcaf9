"""A whole campaign against simulated residents, in virtual time, on a copy of the roster that is thrown away afterwards."""

import asyncio
import secrets
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import Connection, event

from bot.channels.answer_link.routes import answer_link_routes
from community.clock import MovableClock
from community.model.actor import Actor
from community.model.calls.campaign import CampaignStatus
from community.model.calls.line import Line
from community.model.calls.rehearsal import Rehearsal
from community.model.calls.text_rules import NOT_REACHED
from community.model.questionnaires.audience import Audience
from community.model.questionnaires.questionnaire import Questionnaire
from community.model.rulebook import Rulebook
from community.store.campaigns import campaign_by_id, insert_campaign
from community.store.database import Database
from community.store.people_lists import insert_listed, listed_of
from community.store.rehearsals import copy_roster, next_due, next_text
from community.store.schema import metadata
from community.store.texts import targets_to_invite
from community.usecases.create_campaign import create_campaign, with_lists
from community.usecases.launch_campaign import launch_campaign
from community.usecases.load_questionnaire import load_questionnaire
from community.usecases.match_people import NO_LISTS, GivenLists
from shouwang.links import link_maker
from shouwang.phone_wishes import phone_wishes
from shouwang.rehearsal_report import report
from shouwang.wiring import Office
from voice.carriers.simulated.carrier import SimulatedCarrier
from voice.carriers.simulated.pace import VirtualTime
from voice.engine.engine import Engine
from voice.engine.texter import MakeLink, Texter
from voice.web.routes import voice_routes
from voice.web.text_routes import text_routes

_ACTOR = Actor.system("rehearsal")
_BECAUSE = "演练：没有真的拨打"
_WORKER = "rehearsal"
_LONGEST = timedelta(days=30)
_STEP = timedelta(seconds=2)
#: Where something is due and nothing comes of it, time goes on in longer and longer steps, so that every play ends soon.
_LONGEST_STEP = timedelta(minutes=10)
#: Virtual seconds pass in no time, so the engine need not hold calls back; the loop below does.
_UNHURRIED = 1000.0


#: Writes the campaign down in the copy and returns its id there.
_Write = Callable[[Connection, Rulebook, datetime], int]


async def rehearse(office: Office, source: str, *, seed: int = 0, lists: GivenLists = NO_LISTS) -> Rehearsal:
    """Run a whole campaign without ringing or telling anybody.

    Args:
        source: the questionnaire's YAML.
        seed: which simulated residents pick up.
        lists: the lists of people that it speaks of.

    Whoever a call does not reach gets the texts that the questionnaire asks for, and answers by text, by link or by
    ringing back, or does not; all of it stays in this process.

    Raises:
        InvalidInput: the questionnaire is wrong, or nobody on the roster is meant by it.
        Refused: nobody whom it means can be called.
    """
    sheet = with_lists(load_questionnaire(source, quiet=office.rules.quiet_hours), lists)

    def write(conn: Connection, rules: Rulebook, now: datetime) -> int:
        return create_campaign(conn, source, rules=rules, actor=_ACTOR, now=now, lists=lists)

    return await _rehearse(office, sheet, write, seed)


async def rehearse_campaign(office: Office, campaign_id: int, *, seed: int = 0) -> Rehearsal:
    """Run a campaign that was written down, with the people whom its lists meant then, as `rehearse` does.

    Raises:
        NotFound: there is no such campaign.
        Refused: nobody whom it means can be called.
    """
    with office.database.reading() as conn:
        sheet = campaign_by_id(conn, campaign_id).questionnaire
        listed = listed_of(conn, campaign_id)

    def write(conn: Connection, _rules: Rulebook, now: datetime) -> int:
        copied = insert_campaign(conn, sheet, source="", created_by=_ACTOR.name, now=now)
        for name, rows in listed.items():
            insert_listed(conn, copied, name, rows)
        return copied

    return await _rehearse(office, sheet, write, seed)


async def _rehearse(office: Office, sheet: Questionnaire, write: _Write, seed: int) -> Rehearsal:
    clock = MovableClock(office.clock.now())
    line = replace(office.rules.line, name="simulated", rehearsal=False, mainland_allowed_because=_BECAUSE)
    rules = replace(office.rules, line=line, robots=())
    with tempfile.TemporaryDirectory(prefix="shouwang-rehearsal-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'rehearsal.db'}")
        try:
            event.listen(database.engine, "connect", _need_not_survive)
            metadata.create_all(database.engine)
            with office.database.reading() as reader, database.begin() as writer:
                copy_roster(reader, writer, with_past=_speaks_of_the_past(sheet.audience))
            with database.begin() as conn:
                campaign_id = write(conn, rules, clock.now())
                launch_campaign(conn, campaign_id, rules=rules, actor=_ACTOR, now=clock.now(), override_reason=_BECAUSE)
            started = clock.now()
            texts = _texts_of(office, sheet)
            stage = _Stage(office=office, database=database, clock=clock, rules=rules, texts=texts, seed=seed)
            await stage.play(campaign_id)
            note = office.rules.line.texting_note if sheet.text.unreached else ""
            with database.reading() as conn:
                return report(conn, campaign_id, started=started, ended=clock.now(), rules=rules, texting=note)
        finally:
            database.close()


def _speaks_of_the_past(audience: Audience) -> bool:
    return any(each.campaign or each.not_reported_since for each in (audience, *audience.exclude))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Texts:
    """Whether and how texts go out beside the calls.

    Attributes:
        again: after how long there is a reminder; None for never.
        make_link: makes the link that goes along; None where residents could not open it.
    """

    wanted: bool
    again: timedelta | None
    key: bytes
    make_link: MakeLink | None


def _texts_of(office: Office, sheet: Questionnaire) -> _Texts:
    """As the line and the address of the community have it, for what the questionnaire asks."""
    key = secrets.token_bytes(32)
    wanted = sheet.text.unreached and office.rules.line.carries_texts
    return _Texts(wanted=wanted, again=sheet.text.again, key=key, make_link=link_maker(office, key))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    """Where the play goes on: the copy, its clock, and everything that the real campaign would go through."""

    office: Office
    database: Database
    clock: MovableClock
    rules: Rulebook
    texts: _Texts
    seed: int

    async def play(self, campaign_id: int) -> None:
        """Let time jump from one thing that happens to the next until the campaign is over."""
        limit, clock = self.clock.now() + _LONGEST, self.clock
        step, seen = _STEP, object()
        time = VirtualTime(clock)
        async with self._street(time) as (carrier, engine, texter):
            while clock.now() < limit:
                due, text_due = self._next_moments(campaign_id)
                if self._is_over(campaign_id, idle=carrier.live == 0 and text_due is None):
                    return
                placed = carrier.placed
                if carrier.live == 0 or (due is not None and due <= clock.now()):
                    await engine.tick()
                if text_due is not None and text_due <= clock.now():
                    await texter.tick()
                    _, text_due = self._next_moments(campaign_id)
                await asyncio.sleep(0)
                await time.settle()
                paced = clock.now() + timedelta(
                    seconds=(carrier.placed - placed) / self.office.settings.calls_per_second
                )
                moments = (time.next_moment, due, text_due)
                ahead = [moment for moment in moments if moment is not None and moment > clock.now()]
                stands = (carrier.placed, carrier.live, ahead)
                step, seen = min(step * 2, _LONGEST_STEP) if stands == seen else _STEP, stands
                time.move_to(max(min(ahead, default=clock.now()), paced, clock.now() + step))

    @asynccontextmanager
    async def _street(self, time: VirtualTime) -> AsyncIterator[tuple["_PretendedLine", Engine, Texter]]:
        """Our own webhooks and pages on a port of this machine, and residents who use them."""
        url = self.office.settings.public_url
        with socket.create_server(("127.0.0.1", 0)) as listening:
            server = f"http://127.0.0.1:{listening.getsockname()[1]}"
            carrier = _PretendedLine(server, seed=self.seed, clock=self.clock, pace=time)
            runner = web.AppRunner(self._app(carrier, url), access_log=None)
            await runner.setup()
            await web.SockSite(runner, listening).start()
            try:
                yield carrier, self._engine(carrier, url), self._texter(carrier, url)
            finally:
                await carrier.close()
                await runner.cleanup()

    def _app(self, carrier: "_PretendedLine", url: str) -> web.Application:
        app = web.Application()
        common: dict[str, Any] = {"database": self.database, "clock": self.clock, "rules": self.rules}
        hear_wish = phone_wishes(self.rules, None)
        app.add_routes(voice_routes(carriers={carrier.name: carrier}, public_url=url, hear_wish=hear_wish, **common))
        app.add_routes(
            text_routes(carrier=carrier, texting=carrier, line=self._line(carrier), public_url=url, **common)
        )
        app.add_routes(answer_link_routes(key=self.texts.key, **common))
        return app

    def _engine(self, carrier: "_PretendedLine", url: str) -> Engine:
        return Engine(
            self.database,
            carrier,
            self.clock,
            self.rules,
            public_url=url,
            calls_per_second=_UNHURRIED,
            concurrent_calls=self.office.settings.concurrent_calls,
            worker_id=_WORKER,
            mainland_allowed_because=_BECAUSE,
        )

    def _texter(self, carrier: "_PretendedLine", url: str) -> Texter:
        return Texter(
            self.database,
            carrier,
            self.clock,
            self.rules,
            line=self._line(carrier),
            public_url=url,
            worker_id=_WORKER,
            make_link=self.texts.make_link,
        )

    def _line(self, carrier: "_PretendedLine") -> Line:
        return replace(self.rules.line, from_numbers=carrier.from_numbers)

    def _next_moments(self, campaign_id: int) -> tuple[datetime | None, datetime | None]:
        """When the next target is due, and the next text."""
        with self.database.reading() as conn:
            return next_due(conn, campaign_id), self._next_text(conn, campaign_id) if self.texts.wanted else None

    def _next_text(self, conn: Connection, campaign_id: int) -> datetime | None:
        if targets_to_invite(conn, campaign_id, NOT_REACHED, 1):
            return self.clock.now()
        return next_text(conn, again=self.texts.again)

    def _is_over(self, campaign_id: int, *, idle: bool) -> bool:
        """Whether it is finished and nobody says anything more, or it stands still at a ceiling that nobody raises here."""
        with self.database.reading() as conn:
            status = campaign_by_id(conn, campaign_id).status
        return status is CampaignStatus.PAUSED or (status is CampaignStatus.FINISHED and idle)


class _PretendedLine(SimulatedCarrier):
    """Simulated residents taken for real ones, so that hours, caps and retries are those of real life."""

    rehearsal = False
    placed = 0

    @property
    def live(self) -> int:
        """How many calls and texts are going on."""
        return len(self._tasks)

    async def place(self, request: Any) -> Any:
        """Count what is placed, for the pace."""
        self.placed += 1
        return await super().place(request)


def _need_not_survive(connection: Any, _record: Any) -> None:
    """A power cut may take the copy with it: nothing waits for the disk."""
    connection.execute("PRAGMA synchronous=OFF")
