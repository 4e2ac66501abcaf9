"""Correct what a case says: where, what, how dangerous; a case that becomes more urgent starts its ladder at once."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from community.errors import Refused
from community.model.actor import Actor
from community.model.address import Address
from community.model.cases.case import Case, CaseStatus, Priority
from community.model.cases.case_text import hide_numbers, shorten, storable
from community.model.cases.escalation import StepReason, after
from community.model.permissions import Permission
from community.model.rulebook import Rulebook
from community.store import audit
from community.store import cases as store
from community.texts.say import say
from community.usecases.authorise import authorise_if_staff
from community.usecases.note_case import tell_holder
from community.usecases.open_case import place_values, priority_of
from community.usecases.tell_step import step_now


def change_case(
    conn: Connection,
    case_id: int,
    *,
    rules: Rulebook,
    actor: Actor,
    now: datetime,
    address: Address | None = None,
    location_text: str | None = None,
    category: str | None = None,
    danger: bool | None = None,
    description: str | None = None,
    summary: str | None = None,
    reason: str = "",
) -> Case:
    """Change what is given and keep the rest; giving what it says already changes nothing.

    The priority follows category and danger. More urgent: a new ladder starts and its first step is told at once, also
    when somebody had acknowledged. Less urgent: the slower ladder is taken from where the case stands.

    Raises:
        InvalidInput: the category is not one of hazards.yml, or the kind has none.
        NotFound: no such case or account.
        Refused: the case is closed, or the person may not work on cases.
    """
    authorise_if_staff(conn, actor, Permission.WORK_ON_CASES)
    case = store.case_by_id(conn, case_id)
    wanted = _wanted(rules, address=address, location_text=location_text, category=category, danger=danger)
    wanted |= _texts(description=description, summary=summary)
    changes = {name: value for name, value in wanted.items() if value != _present(case, name)}
    if not changes:
        return case
    if case.status is CaseStatus.CLOSED:
        raise Refused(f"工单 {case.number} 已销号，不能更正：需要时请先重开")
    priority = _priority(case, changes, rules)
    changed = store.move_case(conn, case, **changes, **_on_ladder(case, priority, changes, rules=rules, now=now))
    _record(conn, case, changed, changes, reason=reason, actor=actor, now=now)
    if priority.rank > case.priority.rank:
        return step_now(conn, changed, StepReason.RAISED, rules=rules, actor=actor, now=now)
    if {"community", "building", "unit", "room", "location_text", "category"} & changes.keys():
        text = say("cases", "changed", number=case.number, summary=changed.summary, place=changed.place)
        tell_holder(conn, changed, text, now=now)
    return changed


def _wanted(
    rules: Rulebook,
    *,
    address: Address | None,
    location_text: str | None,
    category: str | None,
    danger: bool | None,
) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    if address is not None:
        wanted |= place_values(address)
        grid = rules.grid_of(address)
        wanted |= {"grid": grid} if grid else {}
    if location_text is not None:
        wanted["location_text"] = shorten(location_text, 200)
    if category is not None:
        wanted["category"] = category
    if danger is not None:
        wanted["danger"] = danger
    return wanted


def _texts(*, description: str | None, summary: str | None) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    if description is not None:
        wanted["description"] = storable(description)
    if summary is not None:
        wanted["summary"] = hide_numbers(shorten(summary, 200))
    return wanted


def _present(case: Case, column: str) -> Any:
    return getattr(case.address if column in {"community", "building", "unit", "room"} else case, column)


def _priority(case: Case, changes: dict[str, Any], rules: Rulebook) -> Priority:
    if not {"category", "danger"} & changes.keys():
        return case.priority
    category = changes.get("category", case.category)
    return priority_of(case.kind, category, rules, danger=changes.get("danger", case.danger))


def _on_ladder(
    case: Case, priority: Priority, changes: dict[str, Any], *, rules: Rulebook, now: datetime
) -> dict[str, Any]:
    if priority is case.priority:
        return {}
    ladder = rules.ladder_for(case.kind, priority, changes.get("category", case.category))
    moved = replace(case, ladder=ladder, rung=min(case.rung, len(ladder) - 1))
    values = {"priority": priority, "ladder": store.ladder_to_json(ladder), "rung": moved.rung}
    if priority.rank > case.priority.rank:
        return values | {"next_step_at": now}
    if case.status in {CaseStatus.ACKNOWLEDGED, CaseStatus.SUSPENDED}:
        return values
    wait = ladder[max(moved.rung, 0)].wait
    return values | {"next_step_at": after(priority, wait, rules=rules, now=now)}


def _record(
    conn: Connection, before: Case, case: Case, changes: dict[str, Any], *, reason: str, actor: Actor, now: datetime
) -> None:
    old = {name: _present(before, name) for name in changes}
    detail = {"before": old, "after": changes, "priority": case.priority}
    store.add_event(conn, case.id, at=now, actor=actor, action="changed", text=storable(reason), detail=detail)
    known = {"changed": sorted(changes), "priority": case.priority, "category": case.category, "danger": case.danger}
    audit.append(conn, at=now, actor=actor, action="case.changed", subject=f"case:{case.id}", detail=known)
