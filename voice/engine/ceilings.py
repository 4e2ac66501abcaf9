"""How many calls may still begin below the ceilings of campaigns and of the day; whatever reached one is held."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.calls.campaign import PauseCause
from community.model.calls.estimate import minutes_a_call
from community.model.calls.line import Line
from community.model.calls.spending import Spent, calls_left
from community.model.rulebook import Rulebook
from community.store import pace as pace_store
from community.store.campaigns import Campaign
from community.store.notices import CAMPAIGN_ROLES, add_alarm
from community.store.spent import spent_by_campaign, spent_since
from community.usecases.pause_campaign import pause_campaign

_ENGINE = Actor.system("engine")


def campaign_allowances(
    conn: Connection, campaigns: dict[int, Campaign], live: Mapping[int, int], now: datetime
) -> dict[int, int]:
    """How many calls campaigns with a ceiling may still begin; one that has reached it is taken out, and held at the end."""
    allowed: dict[int, int] = {}
    for campaign in list(campaigns.values()):
        if campaign.max_calls is None and campaign.max_minutes is None:
            continue
        spent = spent_by_campaign(conn, campaign.id)
        left = calls_left(
            spent,
            calls=campaign.max_calls,
            minutes=campaign.max_minutes,
            minutes_a_call=minutes_a_call(campaign.questionnaire),
        )
        allowed[campaign.id] = left or 0
        if left:
            continue
        del campaigns[campaign.id]
        # A pause takes back what waits at the carrier: the last calls are waited for.
        if not live.get(campaign.id) and spent.is_at(calls=campaign.max_calls, minutes=campaign.max_minutes):
            _hold(conn, campaign, spent, now)
    return allowed


def day_allowance(
    conn: Connection, campaigns: Mapping[int, Campaign], *, line: Line, rules: Rulebook, now: datetime
) -> int | None:
    """How many calls all campaigns together may still begin today; None without a ceiling, 0 once it is reached.

    Workers of all lines take their turn here, so that none overshoots. At midnight it begins anew by itself.
    """
    spending = rules.spending
    if line.rehearsal or not spending.has_day_ceiling:
        return None
    pool = pace_store.lock_pace(conn, pace_store.DAY_POOL, now)
    today = now.astimezone(rules.timezone).date()
    midnight = datetime.combine(today, time(0), rules.timezone)
    spent = spent_since(conn, midnight, rehearsal=False)
    longest = max((minutes_a_call(each.questionnaire) for each in campaigns.values()), default=1.0)
    left = calls_left(spent, calls=spending.calls_per_day, minutes=spending.minutes_per_day, minutes_a_call=longest)
    is_reached = spent.is_at(calls=spending.calls_per_day, minutes=spending.minutes_per_day)
    if is_reached and campaigns and not pool.rests(now):
        fault = f"今天已用{_told(spent)}，到了全天上限，明天自动继续"
        tomorrow = datetime.combine(today + timedelta(days=1), time(0), rules.timezone)
        pace_store.rest_until(conn, pace_store.DAY_POOL, tomorrow, fault)
        how = "要今天继续，请管理员调高 SHOUWANG_MAX_CALLS_TOTAL_PER_DAY 或 SHOUWANG_MAX_MINUTES_TOTAL_PER_DAY"
        add_alarm(conn, f"外呼{fault}；{how}", now=now, roles=CAMPAIGN_ROLES)
    elif not is_reached and pool.rests(now):
        pace_store.clear_failures(conn, pace_store.DAY_POOL)
    return left


def _hold(conn: Connection, campaign: Campaign, spent: Spent, now: datetime) -> None:
    reason = f"已用{_told(spent)}，到了任务上限，请另一位同事核对后用 campaign raise 调高，或人工联系余下的人"
    pause_campaign(conn, campaign.id, actor=_ENGINE, now=now, reason=reason, cause=PauseCause.CEILING)
    add_alarm(conn, f"{campaign.id} 号外呼任务{reason}", now=now, roles=CAMPAIGN_ROLES)


def _told(spent: Spent) -> str:
    return f" {spent.calls} 通、{spent.minutes} 分钟"
