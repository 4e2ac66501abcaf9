"""How a resident's cases stand: by number, or all that this conversation reported."""

import re
from dataclasses import dataclass

from sqlalchemy import Connection

from community.errors import NotFound
from community.model.cases.case import Case
from community.store import cases as store

_NUMBER = re.compile(r"(?<!\d)(\d{6})\s?[-－—–]\s?(\d{3,6})(?!\d)")
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFound:
    """What was found.

    Attributes:
        mine: cases of this conversation, newest first; their content may be told to the person.
        foreign: numbers that exist elsewhere; nothing of them may be told here.
        unknown: numbers that do not exist.
    """

    mine: tuple[Case, ...] = ()
    foreign: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def case_numbers(text: str) -> list[str]:
    """The case numbers that a text mentions."""
    return list(dict.fromkeys(f"{day}-{running}" for day, running in _NUMBER.findall(text)))


def case_status(conn: Connection, text: str, *, conversation_id: str) -> StatusFound:
    """Look up the cases that a text asks about; without a number, the newest ones of the conversation."""
    numbers = case_numbers(text)
    if not numbers:
        wanted = store.CaseFilter(conversation_id=conversation_id)
        return StatusFound(mine=tuple(store.list_cases(conn, wanted, limit=_SHOWN)))
    mine: list[Case] = []
    foreign: list[str] = []
    unknown: list[str] = []
    for number in numbers:
        try:
            case = store.case_by_number(conn, number)
        except NotFound:
            unknown.append(number)
            continue
        if case.conversation_id == conversation_id:
            mine.append(case)
        else:
            foreign.append(number)
    return StatusFound(mine=tuple(mine), foreign=tuple(foreign), unknown=tuple(unknown))
