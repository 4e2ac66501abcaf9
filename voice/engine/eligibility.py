"""Who may be called now, who later, and who never: every due target judged before a slot of the pace is given to it."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection

from community.model.calls.dialling import (
    NO_GOOD_PHONE_REASON,
    NO_HOURS_REASON,
    Callee,
    free_from,
    look_back,
    next_callee,
)
from community.model.calls.line import Line
from community.model.calls.retry import OPTED_OUT_REASON, Decision, Fate
from community.model.cases.case import CaseKind
from community.model.rulebook import Rulebook
from community.store import rung as rung_store
from community.store import targets as target_store
from community.store.campaigns import Campaign
from community.store.promises import Promise, promises_to
from community.store.rung import LastTry, Rung
from community.store.targets import DueTarget
from community.usecases.calling_hours import calling_hours
from voice.engine.hand_over import STUCK_FOR, hand_over_target
from voice.engine.timing import Timing

_NO_GOOD_PHONE = Decision(fate=Fate.CASE, case_kind=CaseKind.LIST_CHECK, reason=NO_GOOD_PHONE_REASON)
#: Stands for a time that never comes.
_NEVER = datetime.max.replace(tzinfo=UTC)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ready:
    """A target that may be called now, and on which number."""

    due: DueTarget
    callee: Callee
    last: LastTry


@dataclass(slots=True)
class Judged:
    """Due targets, judged."""

    ready: dict[int, deque[Ready]] = field(default_factory=dict)
    later: dict[int, datetime] = field(default_factory=dict)
    excluded: dict[int, str] = field(default_factory=dict)
    hopeless: list[tuple[Campaign, int, Decision]] = field(default_factory=list)


def judge_due(
    conn: Connection,
    campaigns: Mapping[int, Campaign],
    room: int,
    *,
    line: Line,
    rules: Rulebook,
    timing: Timing,
    now: datetime,
) -> Judged:
    """Judge whoever is due in the campaigns, the most urgent campaign's first, at most `room` of each."""
    ranked = sorted(campaigns.values(), key=lambda campaign: -campaign.priority.rank)
    due = [(campaign, each) for campaign in ranked for each in target_store.due_targets(conn, campaign.id, now, room)]
    judged = Judged()
    if not due:
        return judged
    facts = _Facts.gather(conn, [each for _, each in due], line=line, rules=rules, now=now)
    for campaign, each in due:
        try:
            _judge_one(campaign, each, facts, judged, timing)
        except Exception:
            log.exception("target_not_judged", target=each.id, campaign=campaign.id)
            judged.later[each.id] = now + STUCK_FOR
    return judged


def _judge_one(campaign: Campaign, due: DueTarget, facts: "_Facts", judged: Judged, timing: Timing) -> None:
    person = due.person
    callee = next_callee(facts.phones.get(person.resident_id, ()), person.guardian_phone, due.phone_position)
    if person.opted_out:
        judged.excluded[due.id] = OPTED_OUT_REASON
    elif callee is None:
        judged.hopeless.append((campaign, due.id, _NO_GOOD_PHONE))
    elif refusal := facts.line.refusal(callee.number, sample=person.sample):
        judged.excluded[due.id] = refusal
    elif (later := facts.not_before(campaign, due, callee, timing)) is _NEVER:
        judged.hopeless.append((campaign, due.id, _no_hours(campaign)))
    elif later is not None:
        judged.later[due.id] = later
    else:
        facts.take(due, callee)
        last = facts.tries.get(due.id, LastTry(0, None))
        judged.ready.setdefault(campaign.id, deque()).append(Ready(due, callee, last))


@dataclass(slots=True, kw_only=True)
class _Facts:
    """What is known of everybody who is due, read in a few queries for all of them."""

    phones: dict[int, list[Callee]]
    tries: dict[int, LastTry]
    busy_numbers: set[str]
    busy_people: set[int]
    rung: Rung
    promises: list[Promise]
    line: Line
    rules: Rulebook
    now: datetime

    @classmethod
    def gather(
        cls, conn: Connection, due: Sequence[DueTarget], *, line: Line, rules: Rulebook, now: datetime
    ) -> "_Facts":
        people = sorted({each.person.resident_id for each in due})
        phones = target_store.phones_of(conn, people)
        numbers = {phone.number for own in phones.values() for phone in own}
        numbers |= {each.person.guardian_phone for each in due if each.person.guardian_phone}
        busy_numbers, busy_people = rung_store.busy_people(conn, sorted(numbers), people)
        since = look_back(now, rules.timezone)
        return cls(
            phones=phones,
            tries=rung_store.last_tries(conn, [each.id for each in due]),
            busy_numbers=busy_numbers,
            busy_people=busy_people,
            rung=Rung({}, {}) if line.rehearsal else rung_store.rung_since(conn, people, numbers, since),
            promises=[] if line.rehearsal else promises_to(conn, people, numbers, since),
            line=line,
            rules=rules,
            now=now,
        )

    def not_before(self, campaign: Campaign, due: DueTarget, callee: Callee, timing: Timing) -> datetime | None:
        """Until when somebody may not be called; None when they may be called now, `_NEVER` when at no time."""
        if callee.number in self.busy_numbers or due.person.resident_id in self.busy_people:
            return self.now + timing.busy
        hours = calling_hours(campaign, due.person.preferred_hours, self.rules)
        rung = self.rung.of(due.person.resident_id, callee.number)
        opening = free_from(
            rung,
            self.now,
            caps=self.rules.caps,
            zone=self.rules.timezone,
            hours=hours,
            promised=self._promised(campaign, due, callee),
        )
        if opening is None:
            return _NEVER
        return opening if opening > self.now else None

    def _promised(self, campaign: Campaign, due: DueTarget, callee: Callee) -> tuple[list[datetime], list[datetime]]:
        """What must not be pushed back by this call: of two promises the earlier one, and nothing by a more urgent matter."""
        own = next((each.at for each in self.promises if each.target_id == due.id), None)
        others = [
            each
            for each in self.promises
            if each.target_id != due.id
            and each.priority.rank >= campaign.priority.rank
            and (own is None or each.at < own)
        ]
        person = due.person.resident_id
        return (
            [each.at for each in others if each.resident_id == person],
            [each.at for each in others if each.number == callee.number],
        )

    def take(self, due: DueTarget, callee: Callee) -> None:
        """Remember that somebody is called by this very claim."""
        self.busy_numbers.add(callee.number)
        self.busy_people.add(due.person.resident_id)


def put_aside(conn: Connection, judged: Judged, *, rules: Rulebook, now: datetime) -> None:
    """Write down who waits, who is left out, and who ends with a case."""
    target_store.defer_targets(conn, judged.later)
    target_store.exclude_targets(conn, judged.excluded, now)
    for campaign, target_id, decision in judged.hopeless:
        target = target_store.target_by_id(conn, target_id)
        if not hand_over_target(conn, campaign, target, decision, rules=rules, now=now):
            target_store.defer_targets(conn, {target_id: now + STUCK_FOR})


def _no_hours(campaign: Campaign) -> Decision:
    return Decision(fate=Fate.CASE, priority=campaign.questionnaire.unreached_priority, reason=NO_HOURS_REASON)
