"""The community's own rules, loaded once from its folder and handed to every use case that needs them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from community.model.address import Address
from community.model.calls.line import SIMULATED, Line
from community.model.calls.spending import NO_CEILINGS, Spending
from community.model.cases.case import CaseKind, LadderStep, Priority
from community.model.hazards.emergency_numbers import MAINLAND
from community.model.hours import Calendar, QuietHours


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardCategory:
    """One row of hazards.yml: a public code, its Chinese name, default priority and first step."""

    code: str
    name: str
    priority: Priority
    first_step: timedelta
    event: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCaps:
    """How often one person may be called over all campaigns."""

    per_hour: int = 1
    per_day: int = 3


#: Used where ladders.yml does not say.
ACKNOWLEDGED_FOR: Mapping[Priority, timedelta] = {
    Priority.EMERGENCY: timedelta(hours=1),
    Priority.URGENT: timedelta(hours=8),
    Priority.NORMAL: timedelta(hours=20),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """What differs from community to community.

    Attributes:
        name: how the community calls itself on the phone and in chat (青禾社区居委会).
        phone: the number residents may call back, as spoken and written.
        gas_phone: the local gas company's emergency number.
        duty_number: E.164 that 转人工 is connected to; empty for none.
        communities: names of the 小区 in it; local nicknames map to the standard name in `place_names`.
        grids: {grid: buildings as `小区-楼栋`}, to find the grid of an address.
        ladders: steps per kind and priority.
        acknowledged_for: how long an acknowledged case may rest before it climbs again.
        returns_at_most: how often one case may be returned (退单) before somebody has to be named.
        robots: group robots that are configured (`wecom`, `dingtalk`, `feishu`): every step tells each of them.
        district: city, district and street, for texts that name them.
        line: what campaigns are dialled with.
        spending: what a day of calls may cost, and the prices.
        region: whose emergency numbers residents are told: one of `emergency_numbers.REGIONS`.
    """

    name: str
    phone: str
    gas_phone: str
    duty_number: str
    timezone: ZoneInfo
    communities: tuple[str, ...]
    place_names: Mapping[str, str]
    grids: Mapping[str, tuple[str, ...]]
    hazards: Mapping[str, HazardCategory]
    ladders: Mapping[tuple[CaseKind, Priority], tuple[LadderStep, ...]]
    quiet_hours: QuietHours
    calendar: Calendar
    caps: CallCaps = CallCaps()
    acknowledged_for: Mapping[Priority, timedelta] = field(default_factory=lambda: dict(ACKNOWLEDGED_FOR))
    returns_at_most: int = 2
    robots: tuple[str, ...] = ()
    district: str = ""
    line: Line = SIMULATED
    spending: Spending = NO_CEILINGS
    region: str = MAINLAND

    def ladder_for(self, kind: CaseKind, priority: Priority, category: str | None) -> tuple[LadderStep, ...]:
        """The ladder a new case starts with; a hazard's category replaces the first wait."""
        steps = self.ladders[kind, priority]
        hazard = self.hazards.get(category or "")
        if hazard is None:
            return steps
        first_wait = min(hazard.first_step, steps[0].wait) if priority is not hazard.priority else hazard.first_step
        return (replace(steps[0], wait=first_wait), *steps[1:])

    def grid_of(self, address: Address) -> str:
        """The grid that looks after an address; empty when that cannot be told."""
        building = f"{address.community}-{address.building}"
        for wanted in (building, address.community):
            for grid, places in self.grids.items():
                if wanted and wanted in places:
                    return grid
        return ""
