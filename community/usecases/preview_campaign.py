"""Preview a campaign: whom it would call and what that takes, for those who write it and those who approve it."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import phonenumbers
from phonenumbers import PhoneNumberType
from sqlalchemy import Connection

from community.model.calls.dialling import Callee
from community.model.calls.estimate import USUAL, Experience, estimate, finish_at
from community.model.calls.preview import NO_GRID, CampaignPreview, ListCheck, age_band, definition_hash, hidden_name
from community.model.phone import mask
from community.model.questionnaires.questionnaire import Questionnaire
from community.model.questionnaires.questionnaire_check import find_hints
from community.model.residents.people_match import MatchedRow
from community.model.rulebook import Rulebook
from community.store.audience_facts import (
    PersonFacts,
    count_called_since,
    count_tags,
    count_waiting_elsewhere,
    facts_of,
    outcomes_since,
)
from community.store.campaigns import Campaign, campaign_by_id
from community.store.people_lists import listed_of
from community.usecases.calling_hours import hours_of_questionnaire
from community.usecases.create_campaign import with_lists
from community.usecases.judge_audience import JudgedAudience, judge_audience
from community.usecases.load_questionnaire import load_questionnaire
from community.usecases.match_people import (
    NO_LISTS,
    GivenLists,
    MatchedLists,
    check_audience,
    match_lists,
    people_of_lists,
    unknown_names,
)
from community.usecases.plan_texts import plan_texts

_LATELY = timedelta(days=7)
_EXPERIENCE = timedelta(days=90)
_ENOUGH_CALLS = 200
_NAMES_SHOWN = 20
GUARDIAN, MOBILE, LANDLINE, OTHER = "紧急联系人的号码", "手机", "固定电话", "其他"
_LANDLINES = {PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


def preview_source(
    conn: Connection, source: str, *, rules: Rulebook, now: datetime, lists: GivenLists = NO_LISTS
) -> CampaignPreview:
    """Preview a questionnaire that was not written down yet.

    Raises:
        InvalidInput: the questionnaire is wrong, or a list that it needs is missing.
    """
    questionnaire = with_lists(load_questionnaire(source, quiet=rules.quiet_hours), lists)
    check_audience(conn, questionnaire.audience)
    matched = match_lists(conn, questionnaire.audience, lists)
    return _preview(conn, questionnaire, matched, rules=rules, now=now)


def preview_campaign(conn: Connection, campaign_id: int, *, rules: Rulebook, now: datetime) -> CampaignPreview:
    """Preview a campaign as it would be launched now.

    Raises:
        NotFound: there is no such campaign.
    """
    campaign = campaign_by_id(conn, campaign_id)
    matched = listed_of(conn, campaign_id) if campaign.questionnaire.audience.lists else {}
    return _preview(conn, campaign.questionnaire, matched, rules=rules, now=now, campaign=campaign)


def _preview(
    conn: Connection,
    questionnaire: Questionnaire,
    matched: MatchedLists,
    *,
    rules: Rulebook,
    now: datetime,
    campaign: Campaign | None = None,
) -> CampaignPreview:
    judged = judge_audience(conn, questionnaire, rules=rules, now=now, lists=people_of_lists(matched))
    ids = [person.resident_id for person in judged.callable]
    own = campaign.id if campaign else None
    facts, today = facts_of(conn, ids), now.astimezone(rules.timezone).date()
    line = rules.line
    numbers = _counted(_kind_of_number(judged.callees[resident_id]) for resident_id in ids)
    expected = estimate(
        len(ids),
        questionnaire,
        calls_per_second=line.calls_per_second,
        concurrent_calls=line.concurrent_calls,
        experience=_experience(conn, now),
        texts=plan_texts(questionnaire, numbers.get(MOBILE, 0), rules=rules),
    )
    hours = hours_of_questionnaire(questionnaire, "", rules)
    pace = questionnaire.pace
    return CampaignPreview(
        meant=judged.size,
        called=len(ids),
        excluded=judged.reasons,
        grids=_counted(each.grid or NO_GRID for each in facts.values()),
        tags=count_tags(conn, ids),
        ages=_counted(age_band(_age(each, today)) for each in facts.values()),
        numbers=numbers,
        called_lately=count_called_since(conn, ids, now - _LATELY, but_campaign=own),
        in_other_campaigns=count_waiting_elsewhere(conn, ids, but_campaign=own),
        names=_first_names(judged, facts),
        lists=[_check(name, rows) for name, rows in matched.items()],
        estimate=expected,
        finish_at=finish_at(hours, now, working=expected.working, waiting=expected.waiting) if ids else None,
        cost=rules.spending.cost(expected.calls, expected.minutes, expected.texts),
        max_calls=campaign.max_calls if campaign else pace.max_calls,
        max_minutes=campaign.max_minutes if campaign else pace.max_minutes,
        legal_ground=questionnaire.legal_ground,
        legal_note=questionnaire.legal_note,
        definition=definition_hash(questionnaire),
        notes=(
            *unknown_names(conn, questionnaire.audience),
            *find_hints(questionnaire),
            *([line.texting_note] if questionnaire.text.unreached and line.texting_note else []),
        ),
    )


def _experience(conn: Connection, now: datetime) -> Experience:
    """How this community's own calls went, once there are enough of them."""
    counts = {outcome: n for outcome, n in outcomes_since(conn, now - _EXPERIENCE).items() if outcome in USUAL.outcomes}
    total = sum(counts.values())
    if total < _ENOUGH_CALLS:
        return USUAL
    return Experience(outcomes={outcome: n / total for outcome, n in counts.items()}, calls=total)


def _counted(names: object) -> dict[str, int]:
    return dict(Counter(names).most_common())  # type: ignore[call-overload]


def _age(facts: PersonFacts, today: date) -> int | None:
    born = facts.birth_date
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _kind_of_number(callee: Callee) -> str:
    if callee.is_guardian:
        return GUARDIAN
    kind = phonenumbers.number_type(phonenumbers.parse(callee.number))
    if kind == PhoneNumberType.MOBILE:
        return MOBILE
    return LANDLINE if kind in _LANDLINES else OTHER


def _first_names(judged: JudgedAudience, facts: dict[int, PersonFacts]) -> list[str]:
    shown = judged.callable[:_NAMES_SHOWN]
    return [
        f"{hidden_name(facts[person.resident_id].name)} {mask(judged.callees[person.resident_id].number)}"
        for person in shown
        if person.resident_id in facts
    ]


def _check(name: str, rows: Sequence[MatchedRow]) -> ListCheck:
    people = [row.resident_id for row in rows if row.resident_id is not None]
    problems = [(row.place, row.problem) for row in rows if row.resident_id is None]
    return ListCheck(name, len(rows), len(people), len(people) - len(set(people)), problems)
