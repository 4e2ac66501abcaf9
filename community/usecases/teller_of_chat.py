"""Who tells of an emergency in a chat, where it was shown whose the chat is: their home is where help must go."""

from datetime import datetime

from sqlalchemy import Connection

from community.store.chat_ties import ties_of_chat
from community.store.targets import home_of
from community.usecases.raise_emergency import Teller


def teller_of_chat(conn: Connection, conversation_id: str, *, now: datetime) -> Teller | None:
    """The resident that a chat speaks for; None where it speaks for nobody, or for people of several homes."""
    residents = [tie.resident_id for tie in ties_of_chat(conn, conversation_id, now=now)]
    homes = {home_of(conn, resident_id) for resident_id in residents}
    if len(homes) != 1:
        return None
    home, grid = homes.pop()
    return Teller(resident_id=residents[0] if len(residents) == 1 else None, home=home, grid=grid)
