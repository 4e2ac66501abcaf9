"""What staff see and take away from a campaign: the same figures on the page, in the API, in Excel and in CSV."""

import csv
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from aiohttp import ClientSession
from sqlalchemy import select, update

from community.clock import MovableClock
from community.files.recording_shelf import RecordingShelf
from community.model.calls.campaign import TargetStatus
from community.store.answers import answers
from community.store.campaigns import targets
from community.store.cases import cases
from community.store.database import Database
from community.store.recordings import keep_recording, note_recording, recordings_of
from tests.harness.answered_campaign import Answered, add_answered_campaign
from tests.harness.community_day import PASSWORD
from tests.harness.console import Site, Visit, console_site, visit
from tests.harness.twilio_server import wav

SIZE = 96


@pytest.fixture
async def both(database: Database, clock: MovableClock, tmp_path: Path) -> AsyncIterator[Site]:
    async with console_site(database, clock, tmp_path / "data") as ready:
        yield ready


def answered(site: Site, *, rehearsal: bool = False) -> Answered:
    with site.database.begin() as conn:
        return add_answered_campaign(conn, site.clock.now(), size=SIZE, rehearsal=rehearsal)


async def figures(site: Site, campaign: int, query: str = "") -> dict[str, Any]:
    async with ClientSession() as session:
        body = {"login": "wangli", "password": PASSWORD}
        token = (await (await session.post(f"{site.url}/api/sessions", json=body)).json())["token"]
        address = f"{site.url}/api/campaigns/{campaign}/figures{query}"
        answer = await session.get(address, headers={"Authorization": f"Bearer {token}"})
        document: dict[str, Any] = await answer.json()
        return document


async def exported(guest: Visit, campaign: int, form: str, **fields: str) -> tuple[str, bytes]:
    answer = await guest.post(f"/console/campaigns/{campaign}/export", format=form, **fields)
    assert answer.status == 200, await answer.text()
    return answer.headers["Content-Disposition"], await answer.read()


def on_page(page: str, title: str) -> list[list[str]]:
    """The table of one card, as text."""
    card = page[page.index(f"<h3>{title}</h3>") :].split("</section>", maxsplit=1)[0]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", card, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]


def in_csv(content: bytes, title: str) -> list[list[str]]:
    """One table of the CSV file; its heading line names it, a blank line ends it."""
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    start = next(place for place, line in enumerate(lines) if line and line[0].startswith(f"【{title}"))
    end = next(place for place in range(start, len(lines)) if not lines[place])
    wide = len(lines[start + 1])
    return [line for line in lines[start + 1 : end] if len(line) == wide]


def in_book(content: bytes, sheet: str, title: str) -> list[list[Any]]:
    """One table of a sheet with several; its title stands above it."""
    rows = [list(row) for row in openpyxl.load_workbook(io.BytesIO(content))[sheet].iter_rows(values_only=True)]
    start = next(place for place, row in enumerate(rows) if row[0] == title)
    end = next((place for place in range(start, len(rows)) if not any(rows[place])), len(rows))
    return [[cell for cell in row if cell is not None] for row in rows[start + 1 : end]]


async def test_page_api_excel_and_csv_say_the_same(both: Site) -> None:
    made = answered(both)
    document = await figures(both, made.campaign)
    async with visit(both, "wangli") as guest:
        page = await guest.page(f"/console/campaigns/{made.campaign}/figures")
        _, book = await exported(guest, made.campaign, "xlsx")
        _, text = await exported(guest, made.campaign, "csv")

    steps = ("total", "dialled", "connected", "spoke", "completed", "settled")
    funnel = [document["funnel"][step] for step in steps]
    assert funnel == [96, 84, 72, 72, 72, 72]
    assert [int(row[1]) for row in on_page(page, "漏斗")[1:]] == funnel
    assert [int(row[1]) for row in in_csv(text, "汇总】漏斗")[1:]] == funnel
    assert [row[1] for row in in_book(book, "汇总", "漏斗")[1:]] == funnel

    for question in document["questions"]:
        counts = [(row["text"], row["count"]) for row in question["rows"]]
        assert sum(count for _, count in counts) == question["answered"]
        assert [(row[0], int(row[1])) for row in on_page(page, question["say"])[1:]] == counts
        assert [(row[0], int(row[1])) for row in in_csv(text, f"按题】{question['say']}")[1:]] == counts
        in_sheet = in_book(book, "按题", question["say"])[1:]
        assert [(row[0], row[1]) for row in in_sheet if len(row) > 1] == counts

    for kind, key in (("网格", "grids"), ("楼栋", "buildings")):
        places = [(place["name"], place["total"], place["completed"]) for place in document[key]]
        assert sum(total for _, total, _ in places) == 96
        sheet = openpyxl.load_workbook(io.BytesIO(book))[f"按{kind}"]
        rows = [(row[0], row[1], row[5]) for row in sheet.iter_rows(min_row=2, values_only=True) if row[0]]
        assert rows == [*places, ("合计", 96, 72)]
        assert [(row[0], int(row[1]), int(row[5])) for row in on_page(page, f"按{kind}")[1:-1]] == places
        assert [(row[0], int(row[1]), int(row[5])) for row in in_csv(text, f"按{kind}】")[1:-1]] == places


async def test_numbers_have_a_middle_and_a_histogram_and_hours_show_when_people_answer(both: Site) -> None:
    made = answered(both)
    document = await figures(both, made.campaign)
    numbers = next(one for one in document["questions"] if one["id"] == "temperature")["numbers"]
    with both.database.reading() as conn:
        given = select(answers.c.value).where(answers.c.question_id == "temperature")
        degrees = sorted(conn.execute(given).scalars())
    assert (numbers["count"], numbers["minimum"], numbers["maximum"]) == (72, degrees[0], degrees[-1])
    assert numbers["median"] == pytest.approx((degrees[35] + degrees[36]) / 2)
    assert numbers["worrying"] == sum(value >= 38 for value in degrees)
    assert sum(one["count"] for one in numbers["bins"]) == 72
    for one in numbers["bins"]:
        assert one["count"] == sum(one["low"] <= value < one["high"] for value in degrees)

    reach = document["reach"]
    # Every resident is reached with the first try or, a third of them, with the second, an hour and a half later.
    assert reach["tries"] == {"1": 48, "2": 24}
    waits = sorted(place % 240 * 60 + 10 + 5400 * (place % 8 // 4) for place in range(SIZE) if place % 8 < 6)
    assert reach["median_seconds"] == waits[35]
    assert reach["nine_in_ten_seconds"] == waits[64]
    assert sum(hour["calls"] for hour in reach["hours"]) == sum(row["calls"] for row in document["outcomes"])
    assert sum(hour["answered"] for hour in reach["hours"]) == 72
    launched = both.clock.now().astimezone(both.rules.timezone).hour - 8
    assert reach["hours"][0]["hour"] == launched % 24


async def test_a_filter_leaves_only_those_it_means_on_every_page(both: Site) -> None:
    made = answered(both)
    query = "?grid=第一网格&question=way&label=空调"
    document = await figures(both, made.campaign, query)
    way = next(one for one in document["questions"] if one["id"] == "way")
    assert [place["name"] for place in document["grids"]] == ["第一网格"]
    assert [(row["text"], row["count"]) for row in way["rows"]] == [
        ("空调", way["answered"]),
        ("电风扇", 0),
        ("都没有", 0),
    ]
    assert 0 < way["answered"] == document["funnel"]["total"] < 72
    async with visit(both, "wangli") as guest:
        page = await guest.page(f"/console/campaigns/{made.campaign}/results{query}")
        assert page.count('<a href="/console/targets/') == way["answered"]
        building = document["buildings"][0]
        one = await figures(both, made.campaign, f"?building={building['name']}")
        assert [place["name"] for place in one["buildings"]] == [building["name"]]
        everything = await guest.page(f"/console/campaigns/{made.campaign}/figures?grid=没有的网格")
        assert "没有符合条件的人" in everything
        for label in ("morning", "any"):
            part = await figures(both, made.campaign, f"?question=visit&label={label}")
            visits = next(one for one in part["questions"] if one["id"] == "visit")
            assert [row["key"] for row in visits["rows"]] == [label]
        days = await figures(both, made.campaign, "?question=day&label=2026-07-16")
        assert days["funnel"]["total"] > 0


async def test_nobody_who_was_not_reached_is_forgotten(both: Site) -> None:
    made = answered(both)
    with both.database.begin() as conn:
        by_link = {"status": TargetStatus.COMPLETED, "reason": None}
        # The one with no telephone answered by the link meanwhile.
        conn.execute(update(targets).where(targets.c.id == made.targets[7]).values(by_link))
    async with visit(both, "wangli") as guest:
        page = await guest.page(f"/console/campaigns/{made.campaign}/unreached")
        _, text = await exported(guest, made.campaign, "csv", sheet="未联系上")
        names, content = await exported(guest, made.campaign, "xlsx", sheet="未联系上")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert len(rows) == 12 + 11
    assert sum(row["为什么"] == "等下一次拨打" for row in rows) == 12
    assert sum(row["为什么"] == "没有登记电话" for row in rows) == 11
    # A machine that picked up is nobody.
    assert {"语音信箱", "无人接听"} <= {row["最后一次结果"] for row in rows}
    assert {row["打了几次"] for row in rows} == {"0", "2"}
    assert page.count('<a href="/console/targets/') == 23
    assert '<b class="numbers">12</b> 人' in page
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == ["未联系上"]
    assert "%E6%9C%AA%E8%81%94%E7%B3%BB%E4%B8%8A" in names
    document = await figures(both, made.campaign)
    assert (document["funnel"]["elsewhere"], document["funnel"]["completed"]) == (1, 73)


async def test_no_cell_is_run_by_a_spreadsheet_and_a_rehearsal_says_so_everywhere(both: Site) -> None:
    made = answered(both, rehearsal=True)
    async with visit(both, "wangli") as guest:
        name, text = await exported(guest, made.campaign, "csv")
        book_name, content = await exported(guest, made.campaign, "xlsx")
    assert text.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    cells = [cell for line in lines for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert '\'=HYPERLINK("http://evil")' in cells
    assert "'+电梯老停" in cells
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert all(sheet.title.endswith("（演练）") for sheet in book)
    heads = [line for line in lines if line[:1] == ["演练"]]
    assert len(heads) > SIZE
    for told in (name, book_name):
        assert "%E6%BC%94%E7%BB%83" in told


def record(site: Site, made: Answered, place: int) -> None:
    attempt, now = f"{made.targets[place]:024x}{1:08x}", site.clock.now()
    file = RecordingShelf(site.settings.data_dir).keep(f"call-{place}", wav(), "audio/wav", now)
    with site.database.begin() as conn:
        note_recording(conn, attempt, carrier="twilio", carrier_id=f"RE{place}", seconds=85, now=now)
        (recording,) = recordings_of(conn, [attempt])[attempt]
        assert keep_recording(conn, recording, file, now)


async def test_doubtful_answers_are_heard_oldest_first_and_leave_the_list(site: Site) -> None:
    made = answered(site)
    record(site, made, 0)
    path = f"/console/campaigns/{made.campaign}/listening"
    async with visit(site, "wangli") as guest:
        page = await guest.page(path)
        first = page[page.index('class="card doubt"') :].split("</section>")[0]
        # The first call: asked 6 seconds into the call, a second of it before; the recording began 5 seconds earlier.
        assert 'data-play="sound-' in first
        assert 'data-from="5.0" data-to="11.5"' in first
        assert "第1个问题" in first
        assert "不太好" in first
        left = int(re.findall(r"请听一听 <b>(\d+)</b>", page)[0])
        one = re.findall(r'action="(/console/targets/(\d+)/answers/(\w+)/check)"', first)[0]
        done = await guest.post(one[0], next=path)
        assert (done.status, done.headers["Location"]) == (303, f"{path}?done=answer_checked")
        again = await guest.page(path)
        assert f"请听一听 <b>{left - 1}</b>" in again
        assert f'action="{one[0]}"' not in again
        assert "王丽于" in await guest.page(f"/console/targets/{one[1]}")
        asked = re.findall(r'action="(/console/targets/\d+/answers/way)"', again)[0]
        corrected = await guest.post(asked, label="都没有", next=path)
        assert corrected.headers["Location"] == f"{path}?done=answer_corrected"
        assert f"请听一听 <b>{left - 2}</b>" in await guest.page(path)
    # Whoever gives another answer later is to be heard again.
    with site.database.begin() as conn:
        later = site.clock.now().replace(year=2027)
        conn.execute(update(answers).where(answers.c.checked_at.is_not(None)).values(at=later))
    async with visit(site, "wangli") as guest:
        assert f"请听一听 <b>{left - 1}</b>" in await guest.page(path)


async def test_a_correction_opens_the_case_and_a_correction_back_says_what_to_do_with_it(both: Site) -> None:
    made = answered(both)
    target = made.targets[1]
    address = f"/console/targets/{target}/answers/well"
    before = await figures(both, made.campaign)
    async with visit(both, "wangli") as guest:
        worse = await guest.post(address, label="no")
        assert worse.headers["Location"] == f"/console/targets/{target}?done=answer_case_opened"
        with both.database.reading() as conn:
            case = conn.execute(select(cases).where(cases.c.target_id == target)).one()
        page = await guest.page(f"/console/targets/{target}")
        assert case.number in page
        assert "<del>是（身体好）</del>" in page
        assert "王丽于" in page
        after = await figures(both, made.campaign)
        assert after["funnel"]["settled"] == before["funnel"]["settled"] - 1
        well = {row["key"]: row for row in after["questions"][0]["rows"]}
        was = {row["key"]: row for row in before["questions"][0]["rows"]}
        assert (well["no"]["count"], well["no"]["corrected"]) == (was["no"]["count"] + 1, 1)
        assert after["questions"][0]["corrected"] == 1

        better = await guest.post(address, label="yes")
        assert better.headers["Location"] == f"/console/targets/{target}?done=answer_case_left"
        page = await guest.page(f"/console/targets/{target}")
        assert f'更正前的回答开过工单 <a href="/console/cases/{case.id}">{case.number}</a>，还没有销号' in page
        history = await guest.page(f"/console/cases/{case.id}")
        assert "回答由“否”更正为“是（身体好）”" in history
        assert "更正后不再需要关注，请核实后销号" in history

        await guest.post(f"/console/cases/{case.id}/close", result="和本人核实过，身体好")
        assert "还没有销号" not in await guest.page(f"/console/targets/{target}")
        # What worries again after the case was closed gets a case of its own.
        await guest.post(address, label="no")
    with both.database.reading() as conn:
        opened = conn.execute(select(cases).where(cases.c.target_id == target).order_by(cases.c.id)).all()
    assert len(opened) == 2
    assert opened[1].status != "closed"
