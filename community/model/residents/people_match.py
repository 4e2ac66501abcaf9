"""Whom the rows of a list of people mean: as in an import, by identity, by name and phone, by name and address; else what there is."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from community.model.residents.people_list import PersonRow
from community.model.residents.resident_list import ResidentDraft
from community.model.residents.roster_match import Key, address_key
from community.model.residents.roster_merge import ResidentFacts

_NOBODY = "名册里没有这个人，请核对姓名和电话，或先导入名册"
_NO_SUCH_ID = "名册里没有这个居民编号，请核对"
_OTHER_NAME = "名册里有这个号码，但姓名不同，请核对"
_SEVERAL = "名册里对得上的不止一人，请补上电话或身份证号"


@dataclass(frozen=True, slots=True)
class MatchedRow:
    """Whom one row means: a resident of the roster, or why nobody."""

    place: str
    resident_id: int | None
    problem: str = ""


def match_rows(rows: Sequence[PersonRow], known: Mapping[int, ResidentFacts]) -> list[MatchedRow]:
    """Match each row with the roster.

    Args:
        known: everybody who shares anything with any row.
    """
    owners: dict[Key, set[int]] = {}
    for resident_id, facts in known.items():
        for key in _keys_of_resident(facts):
            owners.setdefault(key, set()).add(resident_id)
    return [_match(row, known, owners) for row in rows]


def _match(row: PersonRow, known: Mapping[int, ResidentFacts], owners: Mapping[Key, set[int]]) -> MatchedRow:
    if row.resident_id is not None:
        is_there = row.resident_id in known
        return MatchedRow(row.place, row.resident_id if is_there else None, "" if is_there else _NO_SUCH_ID)
    draft = row.draft
    if draft is None:
        return MatchedRow(row.place, None, row.problem)
    for find in _WAYS:
        found: set[int] = set()
        for key in find(draft):
            found |= owners.get(key, set())
        if len(found) == 1:
            return MatchedRow(row.place, found.pop())
        if found:
            return MatchedRow(row.place, None, _SEVERAL)
    taken = any(owners.get(("phone", number)) for number in draft.phones)
    return MatchedRow(row.place, None, _OTHER_NAME if taken and draft.name else _NOBODY)


def _keys_of_resident(facts: ResidentFacts) -> Iterator[Key]:
    if facts.identity_hash:
        yield ("identity", facts.identity_hash)
    for number in facts.phones:
        yield (facts.name, number)
        yield ("phone", number)
    if address := address_key(facts.address, facts.address_text):
        yield (facts.name, *address)
    yield ("name", facts.name)


def _by_identity(draft: ResidentDraft) -> Iterable[Key]:
    return [("identity", draft.identity_hash)] if draft.identity_hash else []


def _by_name_and_phone(draft: ResidentDraft) -> Iterable[Key]:
    return [(draft.name, number) for number in draft.phones] if draft.name else []


def _by_name_and_address(draft: ResidentDraft) -> Iterable[Key]:
    address = address_key(draft.address, draft.address_text)
    return [(draft.name, *address)] if draft.name and address else []


def _by_phone_alone(draft: ResidentDraft) -> Iterable[Key]:
    return [("phone", number) for number in draft.phones] if not draft.name else []


def _by_name_alone(draft: ResidentDraft) -> Iterable[Key]:
    has_more = draft.phones or draft.identity_hash or address_key(draft.address, draft.address_text)
    return [] if has_more else [("name", draft.name)]


_WAYS: tuple[Callable[[ResidentDraft], Iterable[Key]], ...] = (
    _by_identity,
    _by_name_and_phone,
    _by_name_and_address,
    _by_phone_alone,
    _by_name_alone,
)
