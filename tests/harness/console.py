"""The console on a free port with a lively day in its database, and a client that signs in as people do."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, ClientSession, CookieJar, web
from aiohttp.test_utils import TestServer

from community.clock import MovableClock
from community.files.community_folder import load_rulebook
from community.model.actor import Actor
from community.model.cases.case import Case, CaseKind, NewCase
from community.model.rulebook import Rulebook
from community.settings import Settings, load_settings
from community.store.cases import case_by_id
from community.store.database import Database
from community.usecases.open_case import open_case
from console.app import setup_console
from tests.harness.community_day import PASSWORD, Day, add_day

_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class Site:
    """A console that answers."""

    url: str
    database: Database
    clock: MovableClock
    rules: Rulebook
    settings: Settings
    day: Day


class Visit:
    """One browser's worth of cookies, without a browser."""

    def __init__(self, site: Site, session: ClientSession) -> None:
        self.site = site
        self.session = session

    async def get(self, path: str, **options: Any) -> ClientResponse:
        return await self.session.get(self.site.url + path, allow_redirects=False, **options)

    async def page(self, path: str) -> str:
        """The text of a page that must be there."""
        response = await self.get(path)
        assert response.status == 200, f"{path}: {response.status} {await response.text()}"
        return await response.text()

    async def csrf(self, path: str = "/console/password") -> str:
        found = _CSRF.search(await self.page(path))
        assert found is not None, f"no form on {path}"
        return found[1]

    async def post(self, path: str, *, csrf: str | None = None, **fields: Any) -> ClientResponse:
        """Send a form, with the right token unless another is given."""
        token = await self.csrf() if csrf is None else csrf
        form = {"csrf": token, **{name.rstrip("_"): value for name, value in fields.items()}}
        return await self.session.post(self.site.url + path, data=form, allow_redirects=False)

    async def sign_in(self, login: str, password: str = PASSWORD) -> ClientResponse:
        token = await self.csrf("/console/sign-in")
        return await self.post("/console/sign-in", csrf=token, login=login, password=password)


@asynccontextmanager
async def console_site(database: Database, clock: MovableClock, data_dir: Path, **settings: str) -> AsyncIterator[Site]:
    """Fill the database with a day and serve the console on it."""
    chosen = load_settings({"SHOUWANG_DATA_DIR": str(data_dir), **settings})
    rules = load_rulebook(chosen)
    with database.begin() as conn:
        day = add_day(conn, rules, clock.now())
    app = web.Application()
    setup_console(app, database=database, clock=clock, rules=rules, settings=chosen)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)
    try:
        yield Site(str(server.make_url("/")).rstrip("/"), database, clock, rules, chosen, day)
    finally:
        await server.close()


@asynccontextmanager
async def visit(site: Site, login: str = "") -> AsyncIterator[Visit]:
    """Come with no cookies; signed in where a login is given."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        guest = Visit(site, session)
        if login:
            response = await guest.sign_in(login)
            assert response.status == 303, await response.text()
        yield guest


def report_fire(site: Site) -> Case:
    """Somebody's house is on fire."""
    new = NewCase(kind=CaseKind.HAZARD, source_key="test:fire", summary="着火了", category="other", danger=True)
    with site.database.begin() as conn:
        opened = open_case(conn, new, rules=site.rules, actor=Actor.resident("web:1"), now=site.clock.now())
        return case_by_id(conn, opened.id)
