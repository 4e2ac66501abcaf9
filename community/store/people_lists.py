"""Lists of people that belong to a campaign: whom each row means, kept as it was when the campaign was written down."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, insert, select

from community.model.residents.people_list import PersonRow
from community.model.residents.people_match import MatchedRow
from community.model.residents.roster_match import address_key
from community.model.residents.roster_merge import ResidentFacts
from community.store.campaigns import listed_people
from community.store.residents import residents
from community.store.roster_import import find_known, household_address, load_residents

_AT_ONCE = 5_000


def find_people(conn: Connection, rows: Sequence[PersonRow]) -> dict[int, ResidentFacts]:
    """Everybody on the roster whom any of these rows may mean, by id."""
    drafts = [row.draft for row in rows if row.draft is not None]
    known = find_known(
        conn,
        hashes={draft.identity_hash for draft in drafts if draft.identity_hash},
        numbers={number for draft in drafts for number in draft.phones},
        addresses={household_address(draft) for draft in drafts if address_key(draft.address, draft.address_text)},
    )
    ids = {row.resident_id for row in rows if row.resident_id is not None}
    names = sorted({draft.name for draft in drafts if draft.name and not draft.phones and not draft.identity_hash})
    for start in range(0, len(names), _AT_ONCE):
        ids.update(conn.scalars(select(residents.c.id).where(residents.c.name.in_(names[start : start + _AT_ONCE]))))
    return known | load_residents(conn, sorted(ids - set(known)))


def insert_listed(conn: Connection, campaign_id: int, list_name: str, rows: Sequence[MatchedRow]) -> None:
    """Keep whom a campaign's list means."""
    values = [
        {
            "campaign_id": campaign_id,
            "list_name": list_name,
            "place": row.place[:120],
            "resident_id": row.resident_id,
            "problem": row.problem,
        }
        for row in rows
    ]
    for start in range(0, len(values), _AT_ONCE):
        conn.execute(insert(listed_people), values[start : start + _AT_ONCE])


def listed_of(conn: Connection, campaign_id: int) -> Mapping[str, list[MatchedRow]]:
    """The rows of a campaign's lists, by the list's name."""
    query = select(listed_people).where(listed_people.c.campaign_id == campaign_id).order_by(listed_people.c.id)
    found: dict[str, list[MatchedRow]] = {}
    for row in conn.execute(query):
        found.setdefault(row.list_name, []).append(MatchedRow(row.place, row.resident_id, row.problem))
    return found
