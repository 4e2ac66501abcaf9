"""Hand a campaign's results out as a file; that they left the house, and to whom, stays."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.permissions import Permission
from community.store import audit
from community.store.campaign_results import exported_campaign
from community.usecases.authorise import authorise
from community.usecases.export_campaign import export_campaign


@dataclass(frozen=True, slots=True)
class ResultsFile:
    """A file to be saved under that name."""

    name: str
    content: bytes


def hand_out_results(
    conn: Connection,
    campaign_id: int,
    format: Literal["xlsx", "jsonl"],  # noqa: A002 - the word the command line uses
    *,
    zone: ZoneInfo,
    actor: Actor,
    now: datetime,
) -> ResultsFile:
    """Export a campaign's results for a member of staff.

    Raises:
        NotFound: no such campaign or account.
        Refused: the person may not take data out.
    """
    authorise(conn, actor.name, Permission.EXPORT)
    campaign = exported_campaign(conn, campaign_id)
    content = export_campaign(conn, campaign_id, format, zone=zone)
    detail = {"format": format, "bytes": len(content)}
    audit.append(
        conn, at=now, actor=actor, action="campaign.exported", subject=f"campaign:{campaign_id}", detail=detail
    )
    day = now.astimezone(zone).strftime("%Y%m%d")
    mark = "（演练）" if campaign.rehearsal else ""
    return ResultsFile(f"{campaign.name}{mark}-结果-{day}.{format}", content)
