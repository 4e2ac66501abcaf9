"""Questionnaires before they become campaigns: the templates to start from, and what a check says of one."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from community.errors import CommunityError, NotFound
from community.model.calls.preview import CampaignPreview
from community.model.questionnaires.questionnaire import Questionnaire
from community.model.rulebook import Rulebook
from community.usecases.create_campaign import with_lists
from community.usecases.load_questionnaire import load_questionnaire
from community.usecases.match_people import NO_LISTS, GivenLists
from community.usecases.preview_campaign import preview_source

_SUFFIXES = {".yml", ".yaml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTemplate:
    """A questionnaire to start from."""

    file: str
    name: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetCheck:
    """What a check found: an error, or the questionnaire with its audience; nothing when there was nothing to check."""

    error: str = ""
    questionnaire: Questionnaire | None = None
    preview: CampaignPreview | None = None

    @property
    def sheet(self) -> Questionnaire | None:
        """The questionnaire, under the name that its template uses."""
        return self.questionnaire


NO_CHECK = SheetCheck()


def sheet_templates(folder: Path) -> list[SheetTemplate]:
    """The questionnaires of a folder that load, by file name."""
    found = []
    for path in sorted(folder.glob("*.y*ml")):
        try:
            sheet = load_questionnaire(path.read_text(encoding="utf-8"))
        except (CommunityError, OSError, UnicodeDecodeError):
            continue
        found.append(SheetTemplate(file=path.name, name=sheet.name, purpose=sheet.purpose))
    return found


def template_source(folder: Path, file: str) -> str:
    """The text of one template.

    Raises:
        NotFound: the folder has none of that name.
    """
    paths = {path.name: path for path in folder.iterdir() if path.suffix in _SUFFIXES} if folder.is_dir() else {}
    if file not in paths:
        raise NotFound("没有这份问卷模板：请从列表里重新选。")
    return paths[file].read_text(encoding="utf-8")


def check_sheet(
    conn: Connection, source: str, *, rules: Rulebook, now: datetime, lists: GivenLists = NO_LISTS
) -> SheetCheck:
    """Say what is wrong with a questionnaire, or whom it would call now."""
    if not source.strip():
        return NO_CHECK
    try:
        sheet = with_lists(load_questionnaire(source, quiet=rules.quiet_hours), lists)
        preview = preview_source(conn, source, rules=rules, now=now, lists=lists)
    except CommunityError as error:
        return SheetCheck(error=error.message)
    return SheetCheck(questionnaire=sheet, preview=preview)
