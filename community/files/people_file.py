"""A list of people to call, read by the community's own rules."""

from datetime import datetime

from community.files.resident_file import list_rules
from community.files.tables import read_tables
from community.model.residents.people_list import PersonRow, read_people_list
from community.model.rulebook import Rulebook
from community.settings import Settings


def read_people_file(
    file_name: str, content: bytes, *, settings: Settings, rules: Rulebook, now: datetime
) -> list[PersonRow]:
    """Read a spreadsheet or text table of people; nothing is compared with the roster yet.

    Raises:
        InvalidInput: the file is no table, or nobody is on it.
    """
    return read_people_list(file_name, read_tables(file_name, content), list_rules(settings, rules, now))
