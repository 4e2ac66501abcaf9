"""docs/console-api.md and the API say the same: every address, every parameter, every field."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import make_mocked_request
from sqlalchemy import update

from community.store.answers import answers
from console.api.routes import create_api
from console.desk import Desk
from tests.harness.community_day import PASSWORD, QUESTIONNAIRE
from tests.harness.console import Site

DOCUMENT = (Path(__file__).parents[3] / "docs" / "console-api.md").read_text(encoding="utf-8")
_CALL = re.compile(r"`(GET|POST|DELETE) /api(/[^`\s]*)`")
_BLOCK = r"```json\n((?:(?!```).)*)```"
#: `GET /api/…` at the beginning of a line, what is sent where there is an arrow, and the answer.
_EXAMPLE = re.compile(rf"^`(GET|POST) (/api/[^`?]+)`[^\n]*\n+(?:{_BLOCK}\n+→\n+)?{_BLOCK}", re.DOTALL | re.MULTILINE)
#: What tells a program nothing but that it is there: the answers may differ in these places.
_FREE = {"token", "expires_at"}


def named() -> set[tuple[str, str]]:
    """Every call in the document, without its query."""
    return {(method, path.split("?")[0]) for method, path in _CALL.findall(DOCUMENT)}


def api_of(site: Site) -> web.Application:
    return create_api(Desk(database=site.database, clock=site.clock, rules=site.rules, settings=site.settings))


async def test_every_address_is_in_the_document_and_no_other(site: Site) -> None:
    api = api_of(site)
    documented = set()
    for method, path in named():
        match = await api.router.resolve(make_mocked_request(method, path))
        assert match.http_exception is None, f"{method} {path} does not exist"
        resource = match.route.resource
        assert resource is not None
        documented.add((method, resource.canonical, match.get("verb", "")))
    assert documented == set(_routes(api))


def _routes(api: web.Application) -> Iterator[tuple[str, str, str]]:
    for route in api.router.routes():
        if route.method == "HEAD" or route.resource is None:
            continue
        pattern = str(route.resource.get_info().get("pattern", ""))
        verbs = re.search(r"\(\?P<verb>([^)]*)\)", pattern.replace("\\-", "-"))
        for verb in verbs[1].split("|") if verbs else [""]:
            yield route.method, route.resource.canonical, verb


def examples() -> list[tuple[str, str, Any, Any]]:
    return [
        (method, path, json.loads(sent) if sent else None, json.loads(answer))
        for method, path, sent, answer in _EXAMPLE.findall(DOCUMENT)
    ]


def test_there_is_an_example_of_every_kind_of_answer() -> None:
    assert len(examples()) >= 10


@pytest.mark.parametrize(("method", "path", "sent", "answer"), examples(), ids=[example[1] for example in examples()])
async def test_an_answer_has_the_fields_of_its_example(
    site: Site, method: str, path: str, sent: Any, answer: Any
) -> None:
    with site.database.begin() as conn:
        conn.execute(update(answers).values(confidence=0.65))
    async with ClientSession() as session:
        signed_in = await session.post(f"{site.url}/api/sessions", json={"login": "wangli", "password": PASSWORD})
        headers = {"Authorization": f"Bearer {(await signed_in.json())['token']}"}
        if sent and "source" in sent:
            sent = {"source": QUESTIONNAIRE}
        if sent and "password" in sent:
            sent = {"login": "wangli", "password": PASSWORD}
        response = await session.request(method, site.url + path, json=sent, headers=headers)
        assert response.status in {200, 201}, await response.text()
        assert shape(await response.json()) == shape(answer)


def shape(value: Any) -> Any:
    """A document without its values: fields, and what stands in a list."""
    if isinstance(value, dict):
        return {key: None if key in _FREE else shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "…"


async def test_every_parameter_in_the_document_is_known(site: Site) -> None:
    async with ClientSession() as session:
        signed_in = await session.post(f"{site.url}/api/sessions", json={"login": "wangli", "password": PASSWORD})
        headers = {"Authorization": f"Bearer {(await signed_in.json())['token']}"}
        asked = [path for method, path in _CALL.findall(DOCUMENT) if method == "GET" and "?" in path]
        assert asked
        for path in asked:
            response = await session.get(f"{site.url}/api{path}", headers=headers)
            assert response.status == 200, path
            refused = await session.get(f"{site.url}/api{path}&colour=red", headers=headers)
            assert refused.status == 400, path
