"""The line that campaigns are dialled with, and whom it may ring: before a launch, at a claim and before a call."""

import re
from dataclasses import dataclass

import phonenumbers

from community.model.phone import CALL_REGIONS, is_mainland, is_sample, why_not_dial

_PLAIN_MOBILE = re.compile(r"\+861(?!349|740)[3-9]\d{9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is known of the carrier a campaign is dialled with.

    Attributes:
        name: the carrier's name; its pool of numbers shares one pace.
        rehearsal: nobody is really rung.
        from_numbers: the numbers we call from.
        mainland_allowed_because: why +86 numbers may be called although the carrier is outside the mainland; empty
            forbids it.
        regions: countries whose numbers may be called, beside those we call from.
        calls_per_second, concurrent_calls: the pace of all numbers together.
        number_calls_per_second, number_concurrent_calls: limits of each of our numbers; None for none.
        carries_texts: whether text messages go by it too.
        answer_link: one as long as those that go along with a text; empty where residents could open none.
    """

    name: str
    rehearsal: bool
    from_numbers: tuple[str, ...] = ()
    mainland_allowed_because: str = ""
    regions: tuple[str, ...] = CALL_REGIONS
    calls_per_second: float = 1.0
    concurrent_calls: int = 20
    number_calls_per_second: float | None = None
    number_concurrent_calls: int | None = None
    carries_texts: bool = False
    answer_link: str = ""

    @property
    def texting_note(self) -> str:
        """What cannot be done for a questionnaire that asks for texts, in Chinese; empty where nothing is in the way."""
        if not self.carries_texts:
            return f"线路 {self.name} 不能发短信，问卷里的短信不会发"
        return "" if self.answer_link else "SHOUWANG_PUBLIC_URL 还是本机地址，短信里不会有网页链接"

    @property
    def chooses_number(self) -> bool:
        """Whether there are several numbers of ours, or limits of each."""
        return len(self.from_numbers) > 1 or bool(self.number_calls_per_second or self.number_concurrent_calls)

    def refusal(self, number: str, *, sample: bool) -> str | None:
        """Say why this line must not dial a resident's number; None when it may.

        Args:
            number: E.164.
            sample: the resident belongs to the sample community.
        """
        if self.rehearsal:
            return None
        if sample or is_sample(number):
            return "示例居民，真实线路不拨打"
        if is_mainland(number) and not self.mainland_allowed_because:
            return (
                "大陆号码不能用境外线路拨打：请管理员换线路，或确认合规后填写 SHOUWANG_MAINLAND_CALLS_ALLOWED_BECAUSE"
            )
        if _PLAIN_MOBILE.fullmatch(number):
            return None
        refusal = why_not_dial(number, phonenumbers.SUPPORTED_REGIONS)
        if refusal is None and phonenumbers.region_code_for_number(phonenumbers.parse(number)) not in self._regions():
            refusal = "是境外号码，不在允许外呼的国家和地区内：确实要打，请管理员在 SHOUWANG_CALL_COUNTRIES 里加上"
        return f"号码{refusal}" if refusal else None

    def from_number(self, resident_id: int) -> str:
        """The number a resident is called from: always the same one, so that it becomes familiar."""
        return self.from_numbers[resident_id % len(self.from_numbers)] if self.from_numbers else ""

    def _regions(self) -> tuple[str, ...]:
        own = (phonenumbers.region_code_for_number(phonenumbers.parse(number)) for number in self.from_numbers)
        return (*self.regions, *(region for region in own if region))


#: Simulated residents: nobody is rung.
SIMULATED = Line(name="simulated", rehearsal=True)
