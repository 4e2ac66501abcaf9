"""The roster as an import needs it: whoever a list may speak of, many at a time, and what it changes."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, bindparam, insert, select, tuple_, update

from community.model.actor import Actor
from community.model.address import Address
from community.model.residents.resident_list import ResidentDraft
from community.model.residents.roster_merge import ResidentFacts
from community.store.base import one_at_a_time
from community.store.residents import households, import_runs, phones, resident_tags, residents

T = TypeVar("T")

_BATCH = 500
#: Any number that no other advisory lock of the service uses.
_LOCK = 7_351_001
_ADDRESS = ("community", "building", "unit", "room", "address_text")
_FACTS = (
    "name",
    "sex",
    "birth_date",
    "identity_hash",
    "language",
    "preferred_hours",
    "guardian_name",
    "guardian_relation",
    "guardian_phone",
    "note",
    "sample",
)

AddressKey = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Household:
    """Where a household lives, as the roster keeps it."""

    id: int
    grid: str


def household_address(person: ResidentDraft | ResidentFacts) -> AddressKey:
    """The address as the household table keeps it: its text says at least what its parts say."""
    address = person.address
    return (address.community, address.building, address.unit, address.room, person.address_text or str(address))


def lock_roster(conn: Connection) -> None:
    """Let one import at a time compare and write; SQLite has one writer anyway."""
    one_at_a_time(conn, _LOCK)


def find_known(
    conn: Connection,
    *,
    hashes: Collection[str],
    numbers: Collection[str],
    addresses: Collection[AddressKey],
    guardians: Collection[str] = (),
) -> dict[int, ResidentFacts]:
    """Everybody who shares an identity hash, a phone, an exact address or one of these guardians' phones, by id."""
    ids: set[int] = set()
    for batch in _batches(hashes):
        ids.update(conn.scalars(select(residents.c.id).where(residents.c.identity_hash.in_(batch))))
    for batch in _batches(numbers):
        ids.update(conn.scalars(select(phones.c.resident_id).where(phones.c.number.in_(batch))))
    for batch in _batches(guardians):
        ids.update(conn.scalars(select(residents.c.id).where(residents.c.guardian_phone.in_(batch))))
    for addressed in _batches(addresses):
        columns = tuple_(*(households.c[part] for part in _ADDRESS))
        query = select(residents.c.id).join(households, households.c.id == residents.c.household_id)
        ids.update(conn.scalars(query.where(columns.in_(addressed))))
    return load_residents(conn, ids)


def load_residents(conn: Connection, resident_ids: Collection[int]) -> dict[int, ResidentFacts]:
    """What the roster says of residents, by id; those who are not on it are left out."""
    known: dict[int, ResidentFacts] = {}
    for batch in _batches(sorted(resident_ids)):
        known |= _load(conn, batch)
    return known


def find_households(conn: Connection, addresses: Collection[AddressKey]) -> dict[AddressKey, list[Household]]:
    """Households at each address; at one that is not exact there may be one in each grid."""
    found: dict[AddressKey, list[Household]] = {}
    columns = [households.c[part] for part in _ADDRESS]
    for batch in _batches(addresses):
        query = select(households.c.id, households.c.grid, *columns).where(tuple_(*columns).in_(batch))
        for row in conn.execute(query.order_by(households.c.id)):
            key = (row.community, row.building, row.unit, row.room, row.address_text)
            found.setdefault(key, []).append(Household(row.id, row.grid))
    return found


def add_households(conn: Connection, wanted: Sequence[tuple[AddressKey, str]]) -> list[int]:
    """Insert households at (address, grid); return their ids in that order."""
    values = [{**dict(zip(_ADDRESS, key, strict=True)), "grid": grid} for key, grid in wanted]
    return _insert_returning(conn, households, values)


def set_grids(conn: Connection, grids: Mapping[int, str]) -> None:
    """Put households, by id, into other grids."""
    if grids:
        values = [{"of_id": household_id, "new_grid": grid} for household_id, grid in grids.items()]
        changed = update(households).where(households.c.id == bindparam("of_id")).values(grid=bindparam("new_grid"))
        conn.execute(changed, values)


def add_residents(conn: Connection, new: Sequence[tuple[ResidentFacts, int]], now: datetime) -> list[int]:
    """Insert residents with their household's id; return their ids in that order."""
    rows = [_values(facts, household_id) | {"created_at": now, "updated_at": now} for facts, household_id in new]
    ids = _insert_returning(conn, residents, rows)
    people = list(zip(ids, (facts for facts, _ in new), strict=True))
    _add_phones(conn, [(i, position, n) for i, facts in people for position, n in enumerate(facts.phones)])
    _add_tags(conn, [(resident_id, tag) for resident_id, facts in people for tag in facts.tags])
    return ids


def change_residents(
    conn: Connection, changed: Sequence[tuple[int, ResidentFacts, ResidentFacts, int]], now: datetime
) -> None:
    """Write (id, before, after, household id) of residents who changed; phones keep what is known of them."""
    if not changed:
        return
    values = [_values(after, household_id) | {"of_id": i, "updated_at": now} for i, _, after, household_id in changed]
    columns: dict[str, Any] = {name: bindparam(name) for name in (*_FACTS, "household_id", "updated_at")}
    conn.execute(update(residents).where(residents.c.id == bindparam("of_id")).values(columns), values)
    moved = [
        {"of_id": i, "of_number": number, "new_position": position}
        for i, before, after, _ in changed
        for position, number in enumerate(after.phones)
        if number in before.phones and before.phones.index(number) != position
    ]
    if moved:
        same = (phones.c.resident_id == bindparam("of_id")) & (phones.c.number == bindparam("of_number"))
        conn.execute(update(phones).where(same).values(position=bindparam("new_position")), moved)
    _add_phones(
        conn,
        [(i, p, n) for i, before, after, _ in changed for p, n in enumerate(after.phones) if n not in before.phones],
    )
    _add_tags(conn, [(i, tag) for i, before, after, _ in changed for tag in after.tags if tag not in before.tags])


def record_run(conn: Connection, *, file_name: str, actor: Actor, at: datetime, counts: Mapping[str, int]) -> int:
    """Write down that a list was imported; return the run's id."""
    values = {"file_name": file_name[:200], "actor": str(actor), "at": at, "counts": dict(counts)}
    return int(conn.execute(insert(import_runs).values(**values).returning(import_runs.c.id)).scalar_one())


def _load(conn: Connection, ids: Sequence[int]) -> dict[int, ResidentFacts]:
    numbers: dict[int, list[str]] = {}
    query: Select[Any] = select(phones.c.resident_id, phones.c.number).where(phones.c.resident_id.in_(ids))
    for row in conn.execute(query.order_by(phones.c.resident_id, phones.c.position, phones.c.id)):
        numbers.setdefault(row.resident_id, []).append(row.number)
    tags: dict[int, list[str]] = {}
    for row in conn.execute(select(resident_tags).where(resident_tags.c.resident_id.in_(ids))):
        tags.setdefault(row.resident_id, []).append(row.tag)
    columns: list[Any] = [
        *(residents.c[name] for name in _FACTS),
        *(households.c[part] for part in (*_ADDRESS, "grid")),
    ]
    query = select(residents.c.id, *columns).join(households, households.c.id == residents.c.household_id)
    return {
        row.id: _facts(row, tuple(numbers.get(row.id, ())), tuple(sorted(tags.get(row.id, ()))))
        for row in conn.execute(query.where(residents.c.id.in_(ids)))
    }


def _facts(row: Row[Any], numbers: tuple[str, ...], tags: tuple[str, ...]) -> ResidentFacts:
    known = {name: getattr(row, name) for name in _FACTS}
    address = Address(row.community, row.building, row.unit, row.room)
    written = "" if row.address_text == str(address) else row.address_text
    return ResidentFacts(**known, phones=numbers, tags=tags, address=address, address_text=written, grid=row.grid)


def _values(facts: ResidentFacts, household_id: int) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in _FACTS} | {"household_id": household_id}


def _add_phones(conn: Connection, new: Sequence[tuple[int, int, str]]) -> None:
    if new:
        conn.execute(insert(phones), [{"resident_id": i, "position": p, "number": n} for i, p, n in new])


def _add_tags(conn: Connection, new: Sequence[tuple[int, str]]) -> None:
    if new:
        conn.execute(insert(resident_tags), [{"resident_id": i, "tag": tag} for i, tag in new])


def _insert_returning(conn: Connection, table: Any, values: Sequence[Mapping[str, Any]]) -> list[int]:
    if not values:
        return []
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(conn.scalars(statement, [dict(each) for each in values]))


def _batches(values: Iterable[T], size: int = _BATCH) -> Iterator[list[T]]:
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch
