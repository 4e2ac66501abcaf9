"""Find attempts by a part of their ids: some carriers bring back no more than that."""

from sqlalchemy import Connection, select

from community.store.attempts import attempts


def attempt_beginning_with(conn: Connection, beginning: str, carrier: str) -> str | None:
    """The id of the one attempt of a carrier whose id begins so; None where there is none, or more than one."""
    after = beginning[:-1] + chr(ord(beginning[-1]) + 1)
    mine = (attempts.c.id >= beginning, attempts.c.id < after, attempts.c.carrier == carrier)
    found = conn.execute(select(attempts.c.id).where(*mine).limit(2)).scalars().all()
    return found[0] if len(found) == 1 else None
