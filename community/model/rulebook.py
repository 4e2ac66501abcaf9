"""The community's own rules, loaded once from its folder and handed to every use case that needs them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from community.model.case import CaseKind, LadderStep, Priority
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
