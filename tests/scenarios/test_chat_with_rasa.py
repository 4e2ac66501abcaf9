"""Residents talk with the real assistant through our own door: real Rasa, real model, real actions, real processes."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import func, select

from bot.channels.web import web_chat_routes
from bot.rasa_client import RasaClient
from bot.turns import Turns
from community.clock import MovableClock, SystemClock
from community.files.community_folder import load_rulebook
from community.model.rulebook import Rulebook
from community.settings import load_settings
from community.store.cases import cases
from tests.harness.rasa import RasaService, start_rasa
from tests.harness.rasa_gate import RasaGate, rasa_gate

pytestmark = pytest.mark.rasa

PROCESS = Path(__file__).parents[1] / "harness" / "chat_process.py"


@pytest.fixture(scope="module")
def rasa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RasaService]:
    with start_rasa(tmp_path_factory.mktemp("rasa")) as service:
        yield service


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return load_rulebook(load_settings({}))


@pytest.fixture
async def desk(rasa: RasaService, rules: Rulebook) -> AsyncIterator[str]:
    client = RasaClient(rasa.url, rasa.token)
    turns = Turns(rasa.database, SystemClock(), client, {}, rules=rules, worker_id="desk")
    app = web.Application()
    app.add_routes(web_chat_routes(turns, rasa.database, rules=rules, secret="key"))
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)
    yield str(server.make_url("/chat/messages"))
    await server.close()
    await turns.close()
    await client.close()


@dataclass
class Resident:
    """Somebody with the page open."""

    url: str
    conversation: str
    token: str | None = None
    count: int = field(default=0)

    async def post(self, text: str) -> tuple[int, dict[str, Any]]:
        self.count += 1
        document = {"conversation_id": self.conversation, "message_id": f"m{self.count}", "text": text}
        if self.token:
            document["token"] = self.token
        async with aiohttp.ClientSession() as session, session.post(self.url, json=document) as response:
            answer: dict[str, Any] = await response.json()
            self.token = answer.get("token", self.token)
            return response.status, answer

    async def says(self, text: str) -> dict[str, Any]:
        status, answer = await self.post(text)
        assert status == 200, answer
        return answer


def heard(answer: dict[str, Any]) -> str:
    return "\n".join(reply["text"] for reply in answer["replies"])


def count_cases(rasa: RasaService, conversation: str) -> int:
    with rasa.database.reading() as conn:
        query = select(func.count()).select_from(cases).where(cases.c.conversation_id == f"web:{conversation}")
        return int(conn.execute(query).scalar_one())


async def test_a_resident_reports_in_bad_chinese_and_asks_how_it_stands(desk, rasa):
    resident = Resident(desk, "bad-chinese")
    first = await resident.says("路登咋又不亮勒 黑咕隆咚滴 吓人")
    assert "case" not in first
    assert "哪" in heard(first)
    second = await resident.says("就锦绣苑 7动2单员门口哈")
    assert second["case"] in heard(second)
    assert count_cases(rasa, "bad-chinese") == 1
    status = await resident.says(f"我那个{second['case']}咋样了嘛")
    assert second["case"] in heard(status)
    assert count_cases(rasa, "bad-chinese") == 1


async def test_a_fire_is_answered_before_the_assistant_is_asked_and_the_place_is_added(desk, rasa):
    resident = Resident(desk, "fire")
    first = await resident.says("着火了着火了！！好大的烟")
    assert "119" in heard(first)
    number = first["case"]
    second = await resident.says("锦绣苑7栋2单元")
    assert second["case"] == number
    assert count_cases(rasa, "fire") == 1
    with rasa.database.reading() as conn:
        case = conn.execute(select(cases).where(cases.c.number == number)).one()
    assert case.building == "7"


async def test_twenty_lines_at_once_are_each_answered_in_order(desk, rasa):
    resident = Resident(desk, "at-once")
    await resident.says("你好")
    answers = await asyncio.gather(*(resident.post("你们几点上班") for _ in range(20)))
    assert {status for status, _ in answers} <= {200, 202}


async def test_many_people_at_once_do_not_mix(desk, rasa):
    people = [Resident(desk, f"person-{number}") for number in range(12)]
    answers = await asyncio.gather(*(one.says(f"锦绣苑{number + 1}栋楼道灯不亮") for number, one in enumerate(people)))
    numbers = [answer["case"] for answer in answers]
    assert len(set(numbers)) == 12
    for number, answer in enumerate(answers):
        assert f"锦绣苑{number + 1}栋" in heard(answer)


@pytest.mark.parametrize("forgetful", [False, True], ids=["tracker-kept", "tracker-lost"])
async def test_a_process_killed_between_the_answer_and_the_commit_opens_no_second_case(rasa, rules, forgetful):
    conversation = f"killed-{forgetful}"
    async with rasa_gate(rasa.url) as gate:
        await _report_and_kill(rasa, gate, conversation)
        assert count_cases(rasa, conversation) == 1, "the action had opened it"
        gate.forgetful = forgetful
        later = MovableClock(datetime.now(UTC) + timedelta(minutes=2))
        client = RasaClient(gate.url, rasa.token)
        survivor = Turns(rasa.database, later, client, {}, rules=rules, worker_id="survivor")
        assert await survivor.tick() == 1
        await client.close()
        assert gate.turns == (2 if forgetful else 1)
    assert count_cases(rasa, conversation) == 1
    with rasa.database.reading() as conn:
        number = conn.execute(
            select(cases.c.number).where(cases.c.conversation_id == f"web:{conversation}")
        ).scalar_one()
        row = conn.exec_driver_sql(
            "select status, replies from message where conversation_id = ?", (f"web:{conversation}",)
        ).one()
    assert row.status == "answered"
    assert number in row.replies


async def _report_and_kill(rasa: RasaService, gate: RasaGate, conversation: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PROCESS), rasa.database_url, gate.url, rasa.token, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    gate.on_answer = process.kill
    resident = Resident(f"http://127.0.0.1:{port}/chat/messages", conversation)
    with pytest.raises(aiohttp.ClientError):
        await resident.says("转人工")
    await process.wait()
