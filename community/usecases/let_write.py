"""Ring nobody who is writing to us at this moment."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from community.model.calls.retry import retry_wait
from community.model.rulebook import Rulebook
from community.store.campaigns import campaign_by_id
from community.store.targets import person_of, target_by_id
from community.store.texts import put_off_calls
from community.usecases.calling_hours import calling_hours

#: Whoever writes to us is not rung for so long.
_WRITING = timedelta(minutes=30)


def let_write(conn: Connection, target_id: int, *, rules: Rulebook, now: datetime) -> None:
    """Put the next call to a waiting target off a while; never beyond the campaign's own end."""
    target = target_by_id(conn, target_id)
    campaign = campaign_by_id(conn, target.campaign_id)
    later = now + retry_wait(_WRITING, rehearsal=campaign.rehearsal)
    hours = calling_hours(campaign, person_of(conn, target.resident_id).preferred_hours, rules)
    opening = later if hours is None else hours.next_opening(later)
    if opening is not None and (campaign.deadline is None or opening <= campaign.deadline):
        put_off_calls(conn, target_id, opening)
