"""When somebody who wishes to be called again really can be: what is promised on the phone is what the engine then does."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.calls.call import Outcome
from community.model.calls.dialling import look_back, next_promise
from community.model.rulebook import Rulebook
from community.store import targets as target_store
from community.store.calls import RunningCall
from community.store.campaigns import campaign_by_id
from community.store.promises import promises_to
from community.store.rung import rung_since
from community.usecases.calling_hours import calling_hours


def promise_callback(
    conn: Connection, call: RunningCall, wish: datetime, *, rules: Rulebook, now: datetime
) -> datetime | None:
    """The moment of the next call, by the wish, the caps of person and telephone, all hours and the campaign's end.

    What somebody else was promised on that telephone before is kept.

    Args:
        call: the one that is going on; it counts itself.
        wish: when they would like to be called.

    Returns:
        None where we do not call again and a person does instead; the wish itself where no campaign asks anything.
    """
    aim = call.aim
    if aim is None:
        return wish
    campaign = campaign_by_id(conn, aim.campaign_id)
    target = target_store.target_by_id(conn, aim.target_id)
    if target.outcome_counts.get(Outcome.ANSWERED, 0) >= campaign.questionnaire.retry_for(Outcome.ANSWERED).times:
        return None
    person = target_store.person_of(conn, aim.resident_id)
    since = look_back(now, rules.timezone)
    others = [
        each for each in promises_to(conn, [aim.resident_id], [call.number], since) if each.target_id != aim.target_id
    ]
    return next_promise(
        wish,
        rung_since(conn, [aim.resident_id], [call.number], since).of(aim.resident_id, call.number),
        caps=rules.caps,
        zone=rules.timezone,
        hours=calling_hours(campaign, person.preferred_hours, rules),
        deadline=campaign.deadline,
        promised=(
            [each.at for each in others if each.resident_id == aim.resident_id],
            [each.at for each in others if each.number == call.number],
        ),
    )
