"""Who on a list is who on the roster: the same identity hash, else the same name and a shared phone, else name and address.

Rows and residents that are the same person form one group; a group never holds two residents, nor two identity numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from community.model.address import Address
from community.model.residents.resident_list import ResidentDraft
from community.model.residents.roster_merge import ResidentFacts

#: One key may belong to several people (same name, one phone, different identity numbers); more are not compared.
_MOST_OWNERS = 5

Key = tuple[str, ...]


@dataclass(slots=True)
class PersonGroup:
    """Rows that speak of one person.

    Attributes:
        resident_id: who it is on the roster; None for somebody new.
        rows: places in the list of drafts, in order.
    """

    resident_id: int | None = None
    identity_hash: str | None = None
    rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Matches:
    """The groups, and the rows that look like somebody with another identity number."""

    groups: list[PersonGroup]
    conflicts: set[int]


def group_people(drafts: Sequence[ResidentDraft | None], known: Mapping[int, ResidentFacts]) -> Matches:
    """Tell which rows, and which residents, are the same person.

    Args:
        drafts: the rows in order; None for a rejected one.
        known: residents that share an identity hash, a phone or an address with any row, or the guardian's phone with
            one that has no other.
    """
    matcher = _Matcher()
    for resident_id in sorted(known):
        matcher.add_resident(resident_id, known[resident_id])
    for place, draft in enumerate(drafts):
        if draft is not None:
            matcher.add_row(place, draft)
    return Matches(matcher.groups(), matcher.conflicts)


def address_key(address: Address, text: str) -> Key | None:
    """What an address is compared by; None for one that many people share (only a 小区 or a building is known)."""
    is_exact = bool(address.room and (address.community or address.building)) or bool(text)
    return (address.community, address.building, address.unit, address.room, text) if is_exact else None


class _Matcher:
    def __init__(self) -> None:
        self._nodes: list[PersonGroup] = []
        self._parents: list[int] = []
        self._owners: dict[Key, list[int]] = {}
        self.conflicts: set[int] = set()

    def add_resident(self, resident_id: int, facts: ResidentFacts) -> None:
        node = self._add(PersonGroup(resident_id, facts.identity_hash))
        for key in (*_keys(facts), *_by_guardian(facts)):
            self._own(key, node)

    def add_row(self, place: int, draft: ResidentDraft) -> None:
        node = self._add(PersonGroup(None, draft.identity_hash, [place]))
        for key in _keys(draft):
            owners = self._owners.get(key, ())
            joined = [self._join(owner, node) for owner in owners]
            if owners and not any(joined):
                self.conflicts.add(place)
            self._own(key, node)
        for key in _by_guardian(draft):
            # Whoever has a phone of their own is known by it, not by their family's.
            if not draft.phones:
                for owner in self._owners.get(key, ()):
                    self._join(owner, node)
            self._own(key, node)

    def groups(self) -> list[PersonGroup]:
        roots = [node for place, node in enumerate(self._nodes) if self._parents[place] == place and node.rows]
        for root in roots:
            root.rows.sort()
        return sorted(roots, key=lambda root: root.rows[0])

    def _add(self, group: PersonGroup) -> int:
        self._nodes.append(group)
        self._parents.append(len(self._parents))
        return len(self._parents) - 1

    def _own(self, key: Key, node: int) -> None:
        owners = self._owners.setdefault(key, [])
        root = self._root(node)
        if len(owners) < _MOST_OWNERS and all(self._root(owner) != root for owner in owners):
            owners.append(node)

    def _root(self, node: int) -> int:
        while self._parents[node] != node:
            self._parents[node] = self._parents[self._parents[node]]
            node = self._parents[node]
        return node

    def _join(self, one: int, other: int) -> bool:
        first, second = self._root(one), self._root(other)
        if first == second:
            return True
        kept, gone = self._nodes[first], self._nodes[second]
        if _differ(kept.resident_id, gone.resident_id) or _differ(kept.identity_hash, gone.identity_hash):
            return False
        kept.resident_id = kept.resident_id if kept.resident_id is not None else gone.resident_id
        kept.identity_hash = kept.identity_hash or gone.identity_hash
        kept.rows += gone.rows
        gone.rows = []
        self._parents[second] = first
        return True


def _differ(one: object, other: object) -> bool:
    return one is not None and other is not None and one != other


def _keys(person: ResidentDraft | ResidentFacts) -> Iterator[Key]:
    if person.identity_hash:
        yield ("identity", person.identity_hash)
    for number in person.phones:
        yield (person.name, number)
    if address := address_key(person.address, person.address_text):
        yield (person.name, *address)


def _by_guardian(person: ResidentDraft | ResidentFacts) -> Iterator[Key]:
    if person.guardian_phone:
        yield ("guardian", person.name, person.guardian_phone)
