"""A residents' file, read by the community's own rules: what both the command line and the console do before an import."""

from datetime import datetime

from community.files.secret_key import load_secret_key
from community.files.tables import read_tables
from community.model.residents.resident_list import ListRules, ResidentList, read_resident_list
from community.model.rulebook import Rulebook
from community.settings import Settings


def read_resident_file(
    file_name: str, content: bytes, *, settings: Settings, rules: Rulebook, now: datetime
) -> ResidentList:
    """Read a spreadsheet or text table of residents; nothing is compared with the roster yet.

    Takes seconds for a long list: do it before the database is opened for writing.

    Raises:
        InvalidInput: the file is no table, or has no header that names people, or nobody below it.
    """
    return read_resident_list(file_name, read_tables(file_name, content), list_rules(settings, rules, now))


def list_rules(settings: Settings, rules: Rulebook, now: datetime) -> ListRules:
    """What lists of people are read by."""
    return ListRules(
        secret=load_secret_key(settings),
        today=now.astimezone(rules.timezone).date(),
        region=settings.phone_regions[0],
        regions=settings.phone_regions,
        area_code=settings.area_code,
        place_names=rules.place_names,
        grid_of=rules.grid_of,
    )
