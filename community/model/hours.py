"""When somebody may be called, and what counts as working time; all judged in the community's own time zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import chinese_calendar

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Hours of a day from `start` up to, not including, `end`; may cross midnight; two equal ends are the whole day."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> "Span":
        """Read `08:30-11:30`, `00:00-24:00`; raises ValueError otherwise."""
        start, _, end = text.strip().partition("-")
        return cls(time.fromisoformat(start), time(0) if end == "24:00" else time.fromisoformat(end))

    def __contains__(self, moment: time) -> bool:
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


def parse_spans(text: str) -> tuple[Span, ...]:
    """Read `09:00-11:00,15:00-17:00`; empty or `none` is no span."""
    return () if text.strip() in {"", "none"} else tuple(Span.parse(part) for part in text.split(","))


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours in which nobody is ever called."""

    spans: tuple[Span, ...] = (Span(time(21), time(8)), Span(time(12), time(14)))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Workdays of the mainland with 调休 and holidays, and the community's own exceptions.

    Attributes:
        overrides: {day: is it a workday}; wins over the library.
        working: working hours of a workday.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    working: tuple[Span, ...] = (Span(time(9), time(12)), Span(time(14), time(17, 30)))

    def knows(self, year: int) -> bool:
        """Whether the State Council's notice for that year is known, by library or override."""
        try:
            chinese_calendar.is_workday(date(year, 6, 1))
        except NotImplementedError:
            return any(day.year == year for day in self.overrides)
        return True

    def is_workday(self, day: date) -> bool:
        """Whether people work on that day; a year not yet known counts Monday to Friday."""
        if day in self.overrides:
            return self.overrides[day]
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return day.weekday() < 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingHours:
    """Everything that decides when one person may be called in one campaign."""

    zone: tzinfo
    campaign: tuple[Span, ...]
    quiet: QuietHours
    preferred: tuple[Span, ...] = ()
    workdays_only: bool = False
    calendar: Calendar = field(default_factory=Calendar)

    def may_call(self, now: datetime) -> bool:
        """Whether a phone may ring at that moment."""
        local = now.astimezone(self.zone)
        moment = local.time()
        return (
            any(moment in span for span in self.campaign)
            and not any(moment in span for span in self.quiet.spans)
            and (not self.preferred or any(moment in span for span in self.preferred))
            and (not self.workdays_only or self.calendar.is_workday(local.date()))
        )

    def next_opening(self, now: datetime, *, within: timedelta = timedelta(days=30)) -> datetime | None:
        """The first moment from `now` on at which a phone may ring; None when there is none within that time."""
        if self.may_call(now):
            return now
        edges = self._edges()
        local = now.astimezone(self.zone)
        day = local.date()
        while day <= (local + within).date():
            for edge in edges:
                moment = datetime.combine(day, edge, self.zone).astimezone(UTC)
                if moment > now and self.may_call(moment):
                    return moment
            day += _DAY
        return None

    def _edges(self) -> list[time]:
        starts = {span.start for span in (*self.campaign, *self.preferred)}
        return sorted(starts | {span.end for span in self.quiet.spans} | {time(0)})


def add_working_time(start: datetime, wait: timedelta, calendar: Calendar, zone: tzinfo) -> datetime:
    """The moment at which `wait` of working time has passed since `start`."""
    moment = start.astimezone(zone)
    left = wait
    for _ in range(400):
        for opening, closing in _working_spans(moment.date(), calendar, zone):
            begin = max(moment, opening)
            if begin >= closing:
                continue
            if left <= closing - begin:
                return (begin + left).astimezone(UTC)
            left -= closing - begin
        moment = datetime.combine(moment.date() + _DAY, time(0), zone)
    raise ValueError("no working time within 400 days: the calendar's working hours are empty")


def _working_spans(day: date, calendar: Calendar, zone: tzinfo) -> Sequence[tuple[datetime, datetime]]:
    if not calendar.is_workday(day):
        return ()
    return [(datetime.combine(day, s.start, zone), datetime.combine(day, s.end, zone)) for s in calendar.working]
