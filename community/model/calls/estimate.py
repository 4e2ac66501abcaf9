"""What a campaign will come to: calls, minutes, texts, cases; reckoned from its questionnaire and from how calls went so far."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from community.model.calls.call import Outcome
from community.model.calls.text_rules import NOT_REACHED
from community.model.hours import CallingHours
from community.model.questionnaires.questionnaire import Questionnaire, Recording

#: How calls end where the community has no experience of its own yet; they add up to 1.
USUAL_OUTCOMES: Mapping[Outcome, float] = {
    Outcome.ANSWERED: 0.62,
    Outcome.NO_ANSWER: 0.22,
    Outcome.BUSY: 0.05,
    Outcome.REJECTED: 0.05,
    Outcome.SWITCHED_OFF: 0.03,
    Outcome.NOT_IN_SERVICE: 0.02,
    Outcome.VOICEMAIL: 0.01,
}
#: Of those who pick up, so many do not finish and are called again; so many of the others need a person.
UNFINISHED, NEEDING_A_PERSON = 0.08, 0.12
#: Of those who get a text, so many answer by text, and so many by the link or by ringing us.
ANSWERING_BY_TEXT, ANSWERING_OTHERWISE = 0.2, 0.15
#: So many characters are spoken in a second, and so long an answer takes.
_CHARACTERS_A_SECOND, _ANSWER_SECONDS = 4.0, 5.0
#: Who calls and why, thanks and goodbye; the question about recording; ringing until somebody picks up or nobody does.
_FRAME_SECONDS, _CONSENT_SECONDS, _RINGING_SECONDS = 18.0, 9.0, 25.0
_MOST_TRIES = 12
_STEP, _LONGEST = timedelta(minutes=5), timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Experience:
    """How calls of this community went.

    Attributes:
        outcomes: share of each outcome.
        calls: how many calls that rests on; 0 for the usual figures.
    """

    outcomes: Mapping[Outcome, float]
    calls: int = 0


USUAL = Experience(outcomes=USUAL_OUTCOMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPlan:
    """The texts that go to whoever a call does not reach; each length in parts, as carriers bill them.

    Attributes:
        people: those called whose number takes texts.
        invitation: the first one; reminder: the second one, 0 for none.
        conversation: all that is asked of somebody who answers by text, the thanks included.
    """

    people: int
    invitation: int
    reminder: int
    conversation: int


NO_TEXTS = TextPlan(people=0, invitation=0, reminder=0, conversation=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What calling a number of people comes to.

    Attributes:
        calls: attempts in all; minutes: billed, each begun one whole; texts: in parts, as carriers bill them.
        reached: people who will speak with us.
        unreached: people whom no call will reach: a case each.
        cases: for staff, the unreached included.
        working: how long calls take at the pace, hours aside.
        waiting: the longest wait between tries that is likely.
        experience: how many earlier calls the shares rest on; 0 for the usual figures.
    """

    calls: int
    minutes: int
    texts: int
    reached: int
    unreached: int
    cases: int
    working: timedelta
    waiting: timedelta
    experience: int


def minutes_a_call(questionnaire: Questionnaire) -> float:
    """What a call that is answered is billed as, in minutes; at least 1."""
    return float(math.ceil(_talk_seconds(questionnaire) / 60))


def estimate(
    people: int,
    questionnaire: Questionnaire,
    *,
    calls_per_second: float,
    concurrent_calls: int,
    experience: Experience = USUAL,
    texts: TextPlan = NO_TEXTS,
) -> Estimate:
    """Reckon what calling so many people comes to.

    Args:
        calls_per_second, concurrent_calls: the line's; the questionnaire's own pace may be slower.
    """
    tries = _tries(questionnaire, experience)
    answered = experience.outcomes.get(Outcome.ANSWERED, 0.0)
    calls = people * sum(tries)
    picked_up = calls * answered
    unreached = people * _share_unreached(questionnaire, experience, tries)
    reached = people - unreached
    minutes = picked_up * minutes_a_call(questionnaire)
    seconds_a_call = _RINGING_SECONDS + answered * _talk_seconds(questionnaire)
    own = questionnaire.pace
    rate = min(calls_per_second, own.calls_per_second or calls_per_second)
    lines = min(concurrent_calls, own.concurrent_calls or concurrent_calls)
    rate = min(rate, lines / seconds_a_call)
    return Estimate(
        calls=round(calls),
        minutes=round(minutes),
        texts=_texts(questionnaire, experience, texts),
        reached=round(reached),
        unreached=round(unreached),
        cases=round(unreached + reached * NEEDING_A_PERSON),
        working=timedelta(seconds=round(calls / rate)) if people else timedelta(0),
        waiting=_longest_wait(questionnaire) if people else timedelta(0),
        experience=experience.calls,
    )


def finish_at(hours: CallingHours, start: datetime, *, working: timedelta, waiting: timedelta) -> datetime | None:
    """When so much work is done in the hours, and the longest wait after it is over; None where not within a month."""
    moment, left = start, working
    while left > timedelta(0):
        opening = hours.next_opening(moment)
        if opening is None or opening > start + _LONGEST:
            return None
        step = min(_STEP, left)
        moment, left = opening + step, left - step
    end = hours.next_opening(moment + waiting)
    return None if end is None or end > start + _LONGEST else end


def _talk_seconds(questionnaire: Questionnaire) -> float:
    spoken = len(questionnaire.purpose) + len(questionnaire.closing or "")
    # Each option is read with its key.
    spoken += sum(len(each.say) + sum(len(option) + 4 for option in each.options) for each in questionnaire.questions)
    consent = _CONSENT_SECONDS if questionnaire.recording is Recording.ASK else 0.0
    answers = _ANSWER_SECONDS * len(questionnaire.questions)
    return _FRAME_SECONDS + consent + spoken / _CHARACTERS_A_SECOND + answers


def _tries(questionnaire: Questionnaire, experience: Experience) -> list[float]:
    """The share of people who get a first call, a second one and so on."""
    shares = [1.0]
    while len(shares) < _MOST_TRIES:
        again = sum(
            share * (UNFINISHED if outcome is Outcome.ANSWERED else 1.0)
            for outcome, share in experience.outcomes.items()
            if questionnaire.retry_for(outcome).times >= len(shares)
        )
        if shares[-1] * again < 0.0005:
            break
        shares.append(shares[-1] * again)
    return shares


def _share_unreached(questionnaire: Questionnaire, experience: Experience, tries: list[float]) -> float:
    given_up = 0.0
    for place, share in enumerate(tries, start=1):
        is_last = place == len(tries)
        lost = sum(
            chance
            for outcome, chance in experience.outcomes.items()
            if outcome is not Outcome.ANSWERED and (is_last or questionnaire.retry_for(outcome).times < place)
        )
        given_up += share * lost
    return min(1.0, given_up)


def _texts(questionnaire: Questionnaire, experience: Experience, plan: TextPlan) -> int:
    """The first vain call brings a text; whoever sends nothing back and is missed again gets the second one."""
    missed = sum(share for outcome, share in experience.outcomes.items() if outcome in NOT_REACHED)
    invited = plan.people * missed
    again = questionnaire.text.again
    reminded = 0.0
    if again is not None and again < _longest_wait(questionnaire):
        reminded = invited * missed * (1 - ANSWERING_BY_TEXT - ANSWERING_OTHERWISE)
    conversing = invited * ANSWERING_BY_TEXT
    return round(invited * plan.invitation + reminded * plan.reminder + conversing * plan.conversation)


def _longest_wait(questionnaire: Questionnaire) -> timedelta:
    """Tries after nobody picked up: the commonest of the long roads."""
    plan = questionnaire.retry_for(Outcome.NO_ANSWER)
    return plan.after * plan.times
