"""What an error code of a carrier means for the attempt."""

from dataclasses import dataclass

from community.model.calls.call import Outcome
from voice.carriers.base import Acceptance, PlaceResult


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code says: one sentence for staff in Chinese, and what becomes of the attempt, as PlaceResult has it."""

    text: str
    outcome: Outcome | None = None
    account: bool = False
    slow: bool = False

    def refused(self, code: str) -> PlaceResult:
        """The carrier did not place the call, and gave this code."""
        return PlaceResult(
            placement=Acceptance.REFUSED,
            outcome=self.outcome,
            slow_down=self.slow,
            account_fault=self.account,
            error_code=code,
            error_text=self.text,
        )
