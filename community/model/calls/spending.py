"""What calls may cost: ceilings of a campaign and of a day, in calls and in minutes, and the price of both and of texts."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What the administrator set.

    Attributes:
        price_per_minute, price_per_call, price_per_text: in yuan; None where it was not said.
        calls_per_day, minutes_per_day: ceilings over all campaigns; 0 for none.
    """

    price_per_minute: float | None = None
    price_per_call: float | None = None
    price_per_text: float | None = None
    calls_per_day: int = 0
    minutes_per_day: int = 0

    @property
    def has_day_ceiling(self) -> bool:
        """Whether a day may cost so much and no more."""
        return bool(self.calls_per_day or self.minutes_per_day)

    def cost(self, calls: float, minutes: float, texts: float = 0) -> float | None:
        """What calls, minutes and texts cost, in yuan; None where no price is known.

        Args:
            texts: parts of text messages, as carriers bill them.
        """
        if self.price_per_minute is None and self.price_per_call is None and self.price_per_text is None:
            return None
        spoken = calls * (self.price_per_call or 0.0) + minutes * (self.price_per_minute or 0.0)
        return spoken + texts * (self.price_per_text or 0.0)


NO_CEILINGS = Spending()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What was used up.

    Attributes:
        calls: placed, or perhaps placed, those that are not over included.
        minutes: of the calls that are over, each begun minute whole, as carriers bill it.
        live: of the calls, those that are not over.
    """

    calls: int
    minutes: int
    live: int

    def is_at(self, *, calls: int | None, minutes: int | None) -> bool:
        """Whether a ceiling is reached; a missing one, or 0, never is."""
        return bool((calls and self.calls >= calls) or (minutes and self.minutes >= minutes))


def calls_left(spent: Spent, *, calls: int | None, minutes: int | None, minutes_a_call: float) -> int | None:
    """How many more calls may begin below the ceilings; None where there is none.

    Each call that is not over is taken to use up `minutes_a_call`, or what those before it took on average, so that
    calls begun together do not overshoot; one that lasts longer is not cut off.

    Args:
        calls, minutes: the ceilings; None or 0 for none.
    """
    left = []
    if calls:
        left.append(calls - spent.calls)
    if minutes:
        free = minutes - spent.minutes
        # The last minutes are used for one more call, if nobody is talking.
        over = spent.calls - spent.live
        each = max(minutes_a_call, spent.minutes / over if over else 0.0)
        by_time = math.floor(free / each) - spent.live
        left.append(1 if by_time <= 0 < free and not spent.live else by_time)
    return max(0, min(left)) if left else None
