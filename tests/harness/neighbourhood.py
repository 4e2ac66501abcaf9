"""The sample community's rules and people, for tests about cases."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from community.files.community_folder import load_rulebook
from community.model.actor import Actor
from community.model.address import Address
from community.model.cases.case import Case, CaseKind, NewCase
from community.model.rulebook import Rulebook
from community.model.staff import Role
from community.settings import load_settings
from community.store.cases import case_by_id
from community.store.staff import insert_staff
from community.usecases.open_case import open_case

EVERYBODY = {
    "chen": Role.GRID_WORKER,
    "he": Role.GRID_LEADER,
    "lin": Role.COMMUNITY_STAFF,
    "zhou": Role.SECRETARY,
    "sun": Role.STREET,
}


def sample_rules(*robots: str) -> Rulebook:
    """The rules of sample/, with these group robots configured (nobody listens at their addresses)."""
    return load_rulebook(
        load_settings({f"SHOUWANG_NOTIFY_{name.upper()}_URL": "http://127.0.0.1:9/x" for name in robots})
    )


def employ(conn: Connection, logins: Iterable[str] = tuple(EVERYBODY), *, now: datetime) -> None:
    """Put people of the sample community on duty; they have no passwords, which would take time to make."""
    for login in logins:
        values = {"login": login, "name": f"同事{login}", "role": EVERYBODY[login], "password_hash": "none"}
        insert_staff(conn, values | {"must_change_password": True, "on_duty": True, "created_at": now})


def report(conn: Connection, rules: Rulebook, now: datetime, **changes: object) -> Case:
    """Report a hazard: water in the underground garage, unless the test says otherwise."""
    values: dict[str, object] = {
        "kind": CaseKind.HAZARD,
        "category": "flooding",
        "source_key": f"test:{now.isoformat()}",
        "summary": "地下车库进水，快到膝盖了",
        "address": Address("锦绣苑", "3"),
    }
    opened = open_case(conn, NewCase(**{**values, **changes}), rules=rules, actor=Actor.resident("web:1"), now=now)
    return case_by_id(conn, opened.id)
