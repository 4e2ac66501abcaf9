"""Import a residents' list: compare it with the roster, then write what is new, all at once or not at all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.residents.import_report import ImportReport, RowReport, RowResult
from community.model.residents.resident_list import ListedRow, ResidentDraft, ResidentList
from community.model.residents.roster_match import PersonGroup, address_key, group_people
from community.model.residents.roster_merge import ResidentFacts, add_row
from community.store import audit, roster_import
from community.store.roster_import import AddressKey, Household, household_address

#: People written in one go: a list of 100,000 must not stand in memory twice.
_WRITE_AT_ONCE = 2_000
_NO_PHONE = "没有联系电话，也没有紧急联系人的电话，请补上一个"
_TWO_PEOPLE = "名册或名单里有同名同号（或同址）但身份证号不同的人，已按两个人登记，请核对"


@dataclass(slots=True)
class _Person:
    """One person of the list: what was known, what is known now, and what each row did."""

    group: PersonGroup
    before: ResidentFacts | None
    after: ResidentFacts
    #: Rows that said something new.
    telling: tuple[int, ...]

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


def import_residents(
    conn: Connection, listed: ResidentList, *, actor: Actor, now: datetime, dry_run: bool = False
) -> ImportReport:
    """Add a list to the roster: rows about one person become one resident, a blank cell never erases.

    The same list again changes nothing. A row that cannot be used is rejected and stops no other.

    Args:
        listed: the file as it was read.
        actor: who imports it.
        now: when.
        dry_run: say what would happen and write nothing.
    """
    roster_import.lock_roster(conn)
    people, reasons = _compare(conn, listed.rows)
    grids = _agree_on_grids(people, [row.draft for row in listed.rows])
    report = ImportReport(_row_reports(listed, people, reasons), dry_run, listed.skipped_sheets)
    if dry_run:
        return report
    _write(conn, people, grids, now)
    run_id = roster_import.record_run(conn, file_name=listed.file_name, actor=actor, at=now, counts=report.counts)
    audit.append(
        conn, at=now, actor=actor, action="residents.imported", subject=f"import:{run_id}", detail=report.counts
    )
    return report


def _compare(conn: Connection, rows: Sequence[ListedRow]) -> tuple[list[_Person], dict[int, str]]:
    drafts = [row.draft for row in rows]
    known = roster_import.find_known(
        conn,
        hashes={draft.identity_hash for draft in drafts if draft and draft.identity_hash},
        numbers={number for draft in drafts if draft for number in draft.phones},
        addresses=set(_exact_addresses(drafts)),
        guardians={draft.guardian_phone for draft in drafts if draft and draft.guardian_phone and not draft.phones},
    )
    matches = group_people(drafts, known)
    reasons = dict.fromkeys(matches.conflicts, _TWO_PEOPLE)
    people = []
    for group in matches.groups:
        person = _person(group, drafts, known)
        if person.before is None and not person.after.phones and not person.after.guardian_phone:
            reasons |= dict.fromkeys(group.rows, _NO_PHONE)
        else:
            people.append(person)
    return people, reasons


def _exact_addresses(drafts: Iterable[ResidentDraft | None]) -> Iterable[AddressKey]:
    for draft in drafts:
        if draft and address_key(draft.address, draft.address_text):
            yield household_address(draft)


def _person(group: PersonGroup, drafts: Sequence[ResidentDraft | None], known: Mapping[int, ResidentFacts]) -> _Person:
    before = known[group.resident_id] if group.resident_id is not None else None
    facts = before
    telling: list[int] = []
    for place in group.rows:
        draft = drafts[place]
        if draft is None:
            continue
        told = add_row(facts, draft)
        if told is not facts:
            telling.append(place)
        facts = told
    if facts is None:
        raise AssertionError("a group holds at least one row with a draft")
    return _Person(group, before, facts, tuple(telling))


def _agree_on_grids(people: Iterable[_Person], drafts: Sequence[ResidentDraft | None]) -> dict[AddressKey, str]:
    """A household is in one grid: the one that the last row about it names, here for each address named."""
    grids: dict[AddressKey, str] = {}
    households: dict[AddressKey, list[_Person]] = {}
    for person in people:
        if address_key(person.after.address, person.after.address_text):
            households.setdefault(household_address(person.after), []).append(person)
    for address, members in households.items():
        named = [
            (place, draft.grid)
            for person in members
            for place in person.group.rows
            if (draft := drafts[place]) is not None and draft.grid
        ]
        if named:
            grids[address] = max(named)[1]
            for person in members:
                person.after = replace(person.after, grid=grids[address])
    return grids


def _row_reports(listed: ResidentList, people: Sequence[_Person], reasons: Mapping[int, str]) -> list[RowReport]:
    results: dict[int, tuple[RowResult, str]] = {}
    for person in people:
        results |= _results_of(person, listed.rows)
    reports = []
    for place, row in enumerate(listed.rows):
        result, duplicate = results.get(place, (RowResult.REJECTED, ""))
        words = [*row.remarks, *([reasons[place]] if place in reasons else []), *([duplicate] if duplicate else [])]
        reports.append(RowReport(listed.tables[row.table].name, row.number, result, "；".join(words)))
    return reports


def _results_of(person: _Person, rows: Sequence[ListedRow]) -> dict[int, tuple[RowResult, str]]:
    first = person.group.rows[0]
    results: dict[int, tuple[RowResult, str]] = {}
    for place in person.group.rows:
        result = RowResult.UPDATED if person.is_changed and place in person.telling else RowResult.UNCHANGED
        if person.before is None and place == first:
            result = RowResult.CREATED
        words = "" if place == first else f"与第 {rows[first].number} 行是同一个人，已合并"
        results[place] = (result, words)
    return results


def _write(conn: Connection, people: Sequence[_Person], grids: Mapping[AddressKey, str], now: datetime) -> None:
    changed = [person for person in people if person.is_changed]
    for start in range(0, len(changed), _WRITE_AT_ONCE):
        _write_some(conn, changed[start : start + _WRITE_AT_ONCE], grids, now)


def _write_some(conn: Connection, people: Sequence[_Person], grids: Mapping[AddressKey, str], now: datetime) -> None:
    places = _households(conn, people, grids)
    new = [(person.after, places[_household_key(person.after)]) for person in people if person.before is None]
    roster_import.add_residents(conn, new, now)
    roster_import.change_residents(
        conn,
        [
            (person.group.resident_id, person.before, person.after, places[_household_key(person.after)])
            for person in people
            if person.before is not None and person.group.resident_id is not None
        ],
        now,
    )


HouseholdKey = tuple[AddressKey, str | None]


def _household_key(facts: ResidentFacts) -> HouseholdKey:
    """An exact address is one household; of a vague one there is one in each grid."""
    is_exact = address_key(facts.address, facts.address_text) is not None
    return household_address(facts), (None if is_exact else facts.grid)


def _households(
    conn: Connection, people: Sequence[_Person], named: Mapping[AddressKey, str]
) -> dict[HouseholdKey, int]:
    wanted = {_household_key(person.after): person.after.grid for person in people}
    found = roster_import.find_households(conn, {address for address, _ in wanted})
    places: dict[HouseholdKey, int] = {}
    grids: dict[int, str] = {}
    missing: list[HouseholdKey] = []
    for key, grid in wanted.items():
        household = _pick(found.get(key[0], []), key[1])
        if household is None:
            missing.append(key)
            continue
        places[key] = household.id
        if grid and household.grid != grid and (not household.grid or key[0] in named):
            grids[household.id] = grid
    ids = roster_import.add_households(conn, [(key[0], wanted[key]) for key in missing])
    roster_import.set_grids(conn, grids)
    return places | dict(zip(missing, ids, strict=True))


def _pick(households: Sequence[Household], grid: str | None) -> Household | None:
    return next((household for household in households if grid is None or household.grid == grid), None)
