"""Say who of an audience will be called, and why the others will not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from community.model.calls.dialling import NO_GOOD_PHONE_REASON, NO_HOURS_REASON, NO_PHONE_REASON, Callee, next_callee
from community.model.calls.line import Line
from community.model.calls.retry import OPTED_OUT_REASON
from community.model.questionnaires.questionnaire import Questionnaire
from community.model.rulebook import Rulebook
from community.store.audiences import Lists, people_meant
from community.store.people_lists import listed_of
from community.store.targets import Person, phones_of, residents_with_phones
from community.usecases.calling_hours import hours_of_questionnaire
from community.usecases.match_people import people_of_lists


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedAudience:
    """An audience, person by person.

    Attributes:
        callable: those who will be called.
        excluded: those who will not, each with the reason.
        callees: the number that is called first, by resident.
    """

    callable: tuple[Person, ...]
    excluded: tuple[tuple[Person, str], ...]
    callees: Mapping[int, Callee] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Everybody whom the audience means."""
        return len(self.callable) + len(self.excluded)

    @property
    def reasons(self) -> Mapping[str, int]:
        """How many are not called, by reason, most first."""
        return dict(Counter(reason for _, reason in self.excluded).most_common())

    @property
    def real_people(self) -> int:
        """How many do not belong to the sample community."""
        return sum(1 for person in (*self.callable, *(each for each, _ in self.excluded)) if not person.sample)


def judge_audience(
    conn: Connection,
    questionnaire: Questionnaire,
    *,
    rules: Rulebook,
    now: datetime,
    line: Line | None = None,
    lists: Lists | None = None,
) -> JudgedAudience:
    """Find everybody whom a questionnaire means, and judge each.

    Args:
        line: what would be dialled with; by default the community's.
        lists: residents by the name of the list that has them.
    """
    line = line or rules.line
    today = now.astimezone(rules.timezone).date()
    people = list(people_meant(conn, questionnaire.audience, now=now, today=today, lists=lists))
    ids = [person.resident_id for person in people]
    phones, with_phones = phones_of(conn, ids), residents_with_phones(conn, ids)
    left_out = _left_out(conn, questionnaire, rules, now, lists)
    never = set() if line.rehearsal else _wishes_never_met(people, questionnaire, rules, now)
    good: list[Person] = []
    excluded: list[tuple[Person, str]] = []
    callees: dict[int, Callee] = {}
    for person in people:
        callee = next_callee(phones.get(person.resident_id, ()), person.guardian_phone, 0)
        if person.opted_out:
            excluded.append((person, OPTED_OUT_REASON))
        elif person.resident_id in left_out:
            excluded.append((person, left_out[person.resident_id]))
        elif callee is None:
            has_phones = person.resident_id in with_phones
            excluded.append((person, NO_GOOD_PHONE_REASON if has_phones else NO_PHONE_REASON))
        elif refusal := line.refusal(callee.number, sample=person.sample):
            excluded.append((person, refusal))
        elif person.preferred_hours in never:
            excluded.append((person, NO_HOURS_REASON))
        else:
            good.append(person)
            callees[person.resident_id] = callee
    return JudgedAudience(callable=tuple(good), excluded=tuple(excluded), callees=callees)


def judge_campaign(
    conn: Connection, campaign_id: int, questionnaire: Questionnaire, *, rules: Rulebook, now: datetime
) -> JudgedAudience:
    """Judge everybody whom a campaign means that was written down, with the lists kept beside it."""
    lists = people_of_lists(listed_of(conn, campaign_id)) if questionnaire.audience.lists else None
    return judge_audience(conn, questionnaire, rules=rules, now=now, lists=lists)


def _left_out(
    conn: Connection, questionnaire: Questionnaire, rules: Rulebook, now: datetime, lists: Lists | None
) -> dict[int, str]:
    """Whom the questionnaire itself leaves out, with the first reason that fits."""
    today = now.astimezone(rules.timezone).date()
    reasons: dict[int, str] = {}
    for exclusion in questionnaire.audience.exclude:
        for person in people_meant(conn, exclusion, now=now, today=today, lists=lists):
            reasons.setdefault(person.resident_id, exclusion.reason)
    return reasons


def _wishes_never_met(
    people: Sequence[Person], questionnaire: Questionnaire, rules: Rulebook, now: datetime
) -> set[str]:
    """The preferred hours, of those people have, in which this questionnaire may never be asked."""
    wishes = {person.preferred_hours for person in people}
    return {wish for wish in wishes if hours_of_questionnaire(questionnaire, wish, rules).next_opening(now) is None}
