"""Hand a campaign's results out as a file; that they left the house, and to whom, stays."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.permissions import Permission
from community.store import audit
from community.store.campaign_results import exported_campaign
from community.usecases.authorise import authorise
from community.usecases.export_campaign import ExportFormat, export_campaign


@dataclass(frozen=True, slots=True)
class ResultsFile:
    """A file to be saved under that name."""

    name: str
    content: bytes


def hand_out_results(
    conn: Connection,
    campaign_id: int,
    format: ExportFormat,  # noqa: A002 - the word the command line uses
    *,
    zone: ZoneInfo,
    actor: Actor,
    now: datetime,
    sheet: str = "",
) -> ResultsFile:
    """Export a campaign's results for a member of staff.

    Args:
        sheet: one of export_campaign.SHEET_NAMES, to write that one alone; empty for all.

    Raises:
        InvalidInput: there is no such sheet.
        NotFound: no such campaign or account.
        Refused: the person may not take data out.
    """
    authorise(conn, actor.name, Permission.EXPORT)
    campaign = exported_campaign(conn, campaign_id)
    content = export_campaign(conn, campaign_id, format, now=now, zone=zone, sheet=sheet)
    detail = {"format": format, "bytes": len(content)} | ({"sheet": sheet} if sheet else {})
    audit.append(
        conn, at=now, actor=actor, action="campaign.exported", subject=f"campaign:{campaign_id}", detail=detail
    )
    day = now.astimezone(zone).strftime("%Y%m%d")
    mark = "（演练）" if campaign.rehearsal else ""
    return ResultsFile(f"{campaign.name}{mark}-{sheet or '结果'}-{day}.{format}", content)
