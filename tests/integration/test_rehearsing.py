"""Rehearsals that staff asked for: each waits its turn, is played beside the service, and is kept or explained."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from community.clock import MovableClock
from community.errors import Refused
from community.files.community_folder import load_rulebook
from community.model.actor import Actor
from community.model.calls.rehearsal import Rehearsal, RehearsalStatus
from community.settings import load_settings
from community.store import audit
from community.store.campaigns import campaigns
from community.store.database import Database
from community.store.kept_rehearsals import KeptRehearsal, count_before, rehearsal_of
from community.usecases.ask_for_rehearsal import ask_for_rehearsal
from shouwang.rehearsing import Rehearser
from shouwang.wiring import Office
from tests.harness.community_day import add_people, add_residents, add_running_campaign
from tests.harness.service_process import until

COUNTS = {key: {"都": 8} for key in ("targets", "reached", "outcomes", "cases", "cases_by_kind", "excluded")}
NUMBERS = dict.fromkeys(
    (
        *("calls", "calls_in", "talk_minutes", "texts", "billed_texts", "texts_in"),
        *("duration_minutes", "unresolved", "billed_minutes", "staff_cases"),
    ),
    3,
)
WORDS = dict.fromkeys(("name", "texting", "duration", "stopped"), "字")
REPORT = Rehearsal(**COUNTS, **NUMBERS, **WORDS, started="2026-07-15 10:00", finished=None, cost=1.5)


def printing(document: object, exit_code: int = 0) -> tuple[str, ...]:
    """A program that prints a document whatever it is asked, and ends."""
    text = document if isinstance(document, str) else json.dumps(document)
    return sys.executable, "-I", "-S", "-c", f"import sys; print({text!r}); sys.exit({exit_code})"


FOR_EVER = (sys.executable, "-I", "-S", "-c", "import threading; threading.Event().wait(100)")


@pytest.fixture
def office(database: Database, clock: MovableClock, tmp_path: Path) -> Office:
    settings = load_settings({"SHOUWANG_DATA_DIR": str(tmp_path)})
    with database.begin() as conn:
        add_people(conn, clock.now())
        add_residents(conn, clock.now())
    return Office(settings=settings, database=database, clock=clock, rules=load_rulebook(settings))


def draft(office: Office) -> int:
    with office.database.begin() as conn:
        campaign = add_running_campaign(conn, office.clock.now())
        conn.execute(update(campaigns).where(campaigns.c.id == campaign).values(status="draft", launched_at=None))
    return campaign


def ask(office: Office, campaign: int, login: str = "wangli") -> None:
    with office.database.begin() as conn:
        ask_for_rehearsal(conn, campaign, rules=office.rules, actor=Actor.staff(login), now=office.clock.now())


def kept(office: Office, campaign: int) -> KeptRehearsal:
    with office.database.reading() as conn:
        found = rehearsal_of(conn, campaign)
    assert found is not None
    return found


@asynccontextmanager
async def rehearsing(office: Office, *program: str) -> AsyncIterator[Rehearser]:
    rehearser = Rehearser(office, f"worker-{len(program[-1])}", program=program)
    try:
        yield rehearser
    finally:
        await rehearser.close()


async def over(office: Office, rehearser: Rehearser, campaign: int) -> KeptRehearsal:
    """Tick until a rehearsal is over."""

    async def look() -> bool:
        await rehearser.tick()
        return not kept(office, campaign).is_open

    await until(look)
    return kept(office, campaign)


async def test_one_is_played_after_the_other_and_what_came_of_it_is_kept(office: Office, clock: MovableClock) -> None:
    first, second = draft(office), draft(office)
    ask(office, first)
    clock.advance(timedelta(seconds=5))
    ask(office, second)
    ask(office, first)
    async with rehearsing(office, *FOR_EVER) as busy, rehearsing(office, *printing(REPORT.to_json())) as other:
        await busy.tick()
        await other.tick()
        assert [kept(office, each).status for each in (first, second)] == ["running", "waiting"]
        with office.database.reading() as conn:
            assert count_before(conn, kept(office, second)) == 1
        await busy.close()
        assert kept(office, first).status is RehearsalStatus.WAITING
        assert (await over(office, other, first)).report == REPORT
        assert (await over(office, other, second)).report == REPORT
    assert kept(office, first).called == 8
    with office.database.reading() as conn:
        asked = [line for line in audit.list_lines(conn) if line.action == "campaign.rehearsal_asked"]
    assert [(line.actor, line.subject) for line in asked] == [
        ("staff:wangli", f"campaign:{each}") for each in (second, first)
    ]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (
            printing({"error": {"code": "empty_audience", "message": "名单里没有一个人可以呼叫"}}, 1),
            "名单里没有一个人可以呼叫",
        ),
        (printing("Traceback", 1), "排练出了错"),
        (printing({"name": "旧版本"}), "排练出了错"),
    ],
)
async def test_why_it_could_not_be_played_is_said_plainly(office: Office, program: tuple[str, ...], said: str) -> None:
    campaign = draft(office)
    ask(office, campaign)
    async with rehearsing(office, *program) as rehearser:
        end = await over(office, rehearser, campaign)
    assert (end.status, end.report) == (RehearsalStatus.FAILED, None)
    assert said in end.problem


async def test_what_takes_too_long_is_cut_off_and_leaves_no_copy_behind(office: Office, clock: MovableClock) -> None:
    campaign = draft(office)
    ask(office, campaign)
    async with rehearsing(office, *FOR_EVER) as rehearser:
        await rehearser.tick()
        assert (office.settings.data_dir / "rehearsal").is_dir()
        for _ in range(11):
            clock.advance(timedelta(seconds=55))
            await rehearser.tick()
    assert "超过 10 分钟" in kept(office, campaign).problem
    assert not (office.settings.data_dir / "rehearsal").exists()


async def test_one_whose_worker_died_is_given_up_and_can_be_asked_for_again(
    office: Office, clock: MovableClock
) -> None:
    campaign = draft(office)
    ask(office, campaign)
    async with rehearsing(office, *FOR_EVER) as silent, rehearsing(office, *printing(REPORT.to_json())) as other:
        await silent.tick()
        clock.advance(timedelta(minutes=2))
        ask(office, second := draft(office))
        assert (await over(office, other, second)).report == REPORT
        assert "请再排一次" in kept(office, campaign).problem
        await silent.tick()
        assert kept(office, campaign).status is RehearsalStatus.FAILED
        ask(office, campaign)
        assert (await over(office, other, campaign)).report == REPORT


async def test_nobody_rehearses_what_is_launched_already(office: Office) -> None:
    campaign = draft(office)
    ask(office, campaign)
    with office.database.begin() as conn:
        conn.execute(update(campaigns).where(campaigns.c.id == campaign).values(status="running"))
    with pytest.raises(Refused, match="启动以后不用再排练"):
        ask(office, campaign)
    async with rehearsing(office, *FOR_EVER) as rehearser:
        await rehearser.tick()
    with office.database.reading() as conn:
        assert rehearsal_of(conn, campaign) is None


async def test_who_may_neither_write_nor_approve_campaigns_may_not_rehearse_them(office: Office) -> None:
    campaign = draft(office)
    with pytest.raises(Refused, match="网格员不能排练外呼任务"):
        ask(office, campaign, "lifang")
    ask(office, campaign, "chengang")
