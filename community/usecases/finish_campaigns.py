"""Finish the campaigns of which nobody is left to call."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.store import audit
from community.store.campaigns import finish_resolved


def finish_campaigns(conn: Connection, *, now: datetime) -> list[int]:
    """Finish every running campaign whose targets are all resolved; return their ids."""
    finished = finish_resolved(conn, now)
    for campaign_id in finished:
        actor, subject = Actor.system("engine"), f"campaign:{campaign_id}"
        audit.append(conn, at=now, actor=actor, action="campaign.finished", subject=subject)
    return finished
