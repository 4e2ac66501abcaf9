"""A rehearsal with texts: whoever a call does not reach is written to, and answers by text, by link or by ringing back."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from community.clock import MovableClock
from community.files.community_folder import load_rulebook
from community.model.calls.rehearsal import Rehearsal
from community.model.calls.spending import Spending
from community.model.calls.text_message import billed_parts
from community.settings import Settings, load_settings
from community.store.database import Database
from community.store.invitations import invitations
from community.store.residents import households, phones, residents
from community.store.texts import text_messages, text_opt_outs
from shouwang.rehearsal import rehearse
from shouwang.wiring import Office
from voice.carriers.simulated.answer_page import read_page
from voice.carriers.simulated.characters import default_cast

ROOT = Path(__file__).parents[3]
PUBLIC = {"SHOUWANG_PUBLIC_URL": "https://shouwang.example.cn"}
PEOPLE = 60
CARE = """
name: 独居老人探访
purpose: 社区问问您的情况
recording: never
text: {unreached: true, again: 1d}
questions:
  - {id: fine, kind: yes_no, say: 您这两天都好吗？, yes_means: 都好, escalate: [{when: ["no"]}]}
  - {id: cooling, kind: choice, say: 您家用什么降温？, options: [空调, 电风扇, 都没有]}
  - {id: meals, kind: number, say: 您一天吃几顿饭？}
"""


def _people(database: Database, clock: MovableClock) -> None:
    now = clock.now()
    with database.begin() as conn:
        place = {"community": "锦绣苑", "building": "3", "address_text": "3栋", "grid": "第一网格"}
        conn.execute(insert(households).values(id=1, **place))
        for i in range(PEOPLE):
            values = {"id": i + 1, "household_id": 1, "name": f"居民{i}", "sample": True, "created_at": now}
            conn.execute(insert(residents).values(**values, birth_date=date(1940, 1, 1), updated_at=now))
            conn.execute(insert(phones).values(resident_id=i + 1, number=f"+861380000{i:04d}", position=0))


def _office(database: Database, clock: MovableClock, tmp_path: Path, **environ: str) -> Office:
    settings: Settings = load_settings({"SHOUWANG_DATA_DIR": str(tmp_path), **environ})
    return Office(settings=settings, database=database, clock=clock, rules=load_rulebook(settings))


def _kinds_of_people(seed: int) -> list[str]:
    """How each of them takes a text, where they do not pick up the first call."""
    cast = default_cast()
    numbers = [f"+861390000{i:04d}" for i in range(PEOPLE)]
    return [cast.of(number, seed).texts for number in numbers if cast.of(number, seed).pickup in {"no_answer", "busy"}]


def _seed_with(*wanted: str) -> int:
    return next(seed for seed in range(100) if set(wanted) <= set(_kinds_of_people(seed)))


@pytest.fixture
def people(sqlite: Database, clock: MovableClock) -> Database:
    _people(sqlite, clock)
    return sqlite


async def test_people_answer_by_text_by_link_and_by_ringing_back(
    people: Database, clock: MovableClock, tmp_path: Path
) -> None:
    """Everybody on the list is counted once, by the way that reached them first."""
    office = _office(people, clock, tmp_path, **PUBLIC)
    result = await rehearse(office, CARE, seed=_seed_with("answers", "link", "rings"))
    assert sum(result.reached.values()) == sum(result.targets.values()) == PEOPLE
    assert result.reached["短信"] > 0
    assert result.reached["网页链接"] > 0
    assert result.reached["打电话过来"] > 0
    assert result.reached["接了电话"] > PEOPLE / 2
    assert result.texts_in > 0
    assert result.billed_texts >= result.texts > result.reached["短信"]
    assert result.calls_in >= result.reached["打电话过来"]
    assert (result.unresolved, result.texting) == (0, "")
    assert sum(result.cases_by_kind.values()) == result.staff_cases


async def test_texts_save_calls_and_nothing_of_them_stays(
    people: Database, clock: MovableClock, tmp_path: Path
) -> None:
    office = _office(people, clock, tmp_path, **PUBLIC)
    seed = _seed_with("answers", "link")
    with_texts = await rehearse(office, CARE, seed=seed)
    without = await rehearse(office, CARE.replace("unreached: true, again: 1d", "unreached: false"), seed=seed)
    assert (without.texts, without.reached.get("短信", 0), without.reached.get("网页链接", 0)) == (0, 0, 0)
    assert with_texts.calls < without.calls
    assert with_texts.reached.get("没有联系上", 0) < without.reached["没有联系上"]
    with people.reading() as conn:
        for table in (text_messages, invitations):
            assert conn.execute(select(func.count()).select_from(table)).scalar_one() == 0


async def test_texts_have_their_price(people: Database, clock: MovableClock, tmp_path: Path) -> None:
    office = _office(people, clock, tmp_path, **PUBLIC)
    priced = replace(office, rules=replace(office.rules, spending=Spending(price_per_text=0.05)))
    result = await rehearse(priced, CARE, seed=3)
    assert result.texts > 0
    assert result.cost == pytest.approx(0.05 * result.billed_texts)


async def test_who_wants_no_texts_gets_none(people: Database, clock: MovableClock, tmp_path: Path) -> None:
    """The copy knows whom the community may write to."""
    with people.begin() as conn:
        rows = [{"resident_id": i + 1, "at": clock.now()} for i in range(PEOPLE)]
        conn.execute(insert(text_opt_outs), rows)
    result = await rehearse(_office(people, clock, tmp_path, **PUBLIC), CARE, seed=3)
    assert (result.texts, result.texts_in) == (0, 0)


@pytest.mark.parametrize(
    ("environ", "said", "texts"),
    [
        ({"SHOUWANG_CARRIER": "aliyun"}, "不能发短信", False),
        ({}, "本机地址", True),
    ],
)
async def test_it_says_what_a_real_campaign_would_not_do(
    people: Database, clock: MovableClock, tmp_path: Path, *, environ: dict[str, str], said: str, texts: bool
) -> None:
    """A line that carries no texts sends none, and a link to this machine goes to nobody."""
    result = await rehearse(_office(people, clock, tmp_path, **environ), CARE, seed=_seed_with("link"))
    assert said in result.texting
    assert bool(result.texts) is texts
    assert "网页链接" not in result.reached


async def test_the_same_seed_is_the_same_rehearsal(people: Database, clock: MovableClock, tmp_path: Path) -> None:
    office = _office(people, clock, tmp_path, **PUBLIC)

    async def once() -> Rehearsal:
        return await rehearse(office, CARE, seed=7)

    first, second = await once(), await once()
    assert (first.reached, first.texts, first.cases) == (second.reached, second.texts, second.cases)


def test_a_program_reads_nothing_but_json(tmp_path: Path) -> None:
    """Whatever the play logs, the output is one document."""
    file = tmp_path / "care.yml"
    file.write_text(CARE + "audience: {tags: [失能]}\n", encoding="utf-8")
    environment = {
        **os.environ,
        "SHOUWANG_DATA_DIR": str(tmp_path / "data"),
        "SHOUWANG_COMMUNITY_DIR": str(ROOT / "sample"),
        "SHOUWANG_DATABASE_URL": "",
    }

    def run(*words: str) -> str:
        argv = [sys.executable, "-m", "shouwang", *words]
        return subprocess.run(argv, env=environment, capture_output=True, text=True, check=True, cwd=tmp_path).stdout

    run("residents", "import", str(ROOT / "sample" / "residents.csv"))
    document = json.loads(run("campaign", "rehearse", str(file), "--json"))
    assert {"reached", "texts", "cases_by_kind", "duration_minutes", "cost"} <= set(document)
    assert "怎样联系上的" in run("campaign", "rehearse", str(file))


def test_a_text_is_billed_in_parts() -> None:
    """A Chinese text goes whole up to 70 characters, in parts of 67 beyond; a rare character counts as two."""
    assert [billed_parts("您" * length) for length in (1, 70, 71, 134, 135)] == [1, 1, 2, 2, 3]
    assert billed_parts("您" * 69 + "𠮷") == 2


def test_the_answer_page_is_read_as_a_browser_shows_it() -> None:
    page = read_page(
        '<form method="post"><input type="hidden" name="question" value="fine"><input type="hidden" name="turn" value="0">'
        '<h2 id="asked">您好吗？</h2><button class="choice" name="key" value="1">都好</button>'
        '<button class="quiet" name="words" value="我要找工作人员">找工作人员</button></form>'
    )
    assert (page.asked, page.hidden, page.choices) == ("您好吗？", {"question": "fine", "turn": "0"}, [("1", "都好")])
    assert read_page("<p>谢谢您</p>").asked == ""
