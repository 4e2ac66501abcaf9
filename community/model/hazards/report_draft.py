"""A hazard report that is being told in several messages: what is known of it, and what is still missing."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from community.model.address import Address
from community.model.address_text import FoundLocation, Places, extract_location
from community.model.hazards.hazard_report import (
    UNSPECIFIED,
    HazardReport,
    corrected_category,
    is_danger,
    read_reports,
    word_scores,
)
from community.model.hazards.proposal import Proposal, hints_at_place, is_unsure, says_so
from community.model.text import normalise

#: After this many vague answers the report is taken without a place rather than lost.
_ASKED_ENOUGH = 3
#: From this score on the words name the category by themselves.
_PLAIN_WORDS = 4.0
#: 还是报吧, 都系要报: said after a report was dropped.
_TAKEN_UP = re.compile(
    r"(?:还是|还得|仍然|都是|都系|又想|重新|还要|要不还)(?:得|要|是|给|帮我|帮忙|麻烦你们?)*(?:上?报|说|反映|登记|记)|继续报|接着报"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a resident has told so far.

    Attributes:
        reports: the hazards named; empty while only a place is known.
        address, location_text: the place that holds for every report without one of its own.
        messages: ids of the messages that went into it; the same message twice changes nothing.
        asked: how many answers to 在哪儿 named no place.
        proposal: what a language model made of it, until the resident says whether that is so.
    """

    reports: tuple[HazardReport, ...] = ()
    address: Address = field(default_factory=Address)
    location_text: str = ""
    messages: tuple[str, ...] = ()
    asked: int = 0
    proposal: Proposal | None = None

    @property
    def has_detail(self) -> bool:
        """Whether it is known what happened."""
        return bool(self.reports)

    @property
    def has_location(self) -> bool:
        """Whether somebody could go there, or has been asked often enough."""
        named = bool(self.location_text) or (bool(self.reports) and all(r.has_location for r in self.reports))
        return named or self.asked >= _ASKED_ENOUGH

    def complete(self) -> list[HazardReport]:
        """The reports, each with its place."""
        return [
            report if report.has_location else replace(report, address=self.address, location_text=self.location_text)
            for report in self.reports
        ]

    def to_json(self) -> dict[str, Any]:
        """As a conversation keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any] | None) -> "Draft":
        """Read what `to_json` wrote; nothing is an empty draft."""
        if not document:
            return cls()
        reports = tuple(
            HazardReport(**{**report, "address": Address(**report["address"])}) for report in document["reports"]
        )
        return cls(
            reports=reports,
            address=Address(**document["address"]),
            location_text=document["location_text"],
            messages=tuple(document["messages"]),
            asked=document["asked"],
            proposal=Proposal(**proposal) if (proposal := document.get("proposal")) else None,
        )

    def proposing(self, found: Proposal) -> "Draft":
        """With what is to be confirmed: only what is not known already."""
        category = "" if self.has_detail and self.reports[0].category == found.category else found.category
        place = "" if self.has_location else found.place
        new = replace(found, category=category, place=place)
        return self if new.is_empty else replace(self, proposal=new)

    def wants_proposal(self, text: str, guesses: Mapping[str, float]) -> bool:
        """Whether the resident is to be asked anyway, and a proposal may spare them the typing."""
        if self.has_location and self.has_detail:
            return False
        unsure = not self.has_detail or (len(self.messages) == 1 and is_unsure(text, guesses))
        return unsure or hints_at_place(text)


def hear(
    draft: Draft, text: str, *, message: str, intent: str, places: Places, guesses: Mapping[str, float] | None = None
) -> Draft:
    """Take one more message into a report.

    A message that names a hazard adds or replaces what happened; one that names a place adds where; a correction
    replaces the place.
    """
    if message in draft.messages:
        return draft
    draft = replace(draft, messages=(*draft.messages, message))
    found = extract_location(text, places)
    if draft.proposal is not None:
        proposal, draft = draft.proposal, replace(draft, proposal=None)
        if found is None and (intent == "affirm" or says_so(text)):
            return _confirmed(draft, proposal, places)
    if not draft.has_detail:
        return _first(draft, text, intent=intent, found=found, places=places, guesses=guesses)
    if intent == "correct":
        draft = _recategorised(draft, text)
    if found is not None:
        return _placed(draft, found, correction=intent == "correct", text=text)
    return replace(retold(_understood_better(draft, text), text), asked=draft.asked + 1)


def _confirmed(draft: Draft, proposal: Proposal, places: Places) -> Draft:
    """Take in what the resident has said yes to."""
    reports = draft.reports
    if proposal.category and reports:
        reports = (replace(reports[0], category=proposal.category), *reports[1:])
    elif proposal.category:
        reports = (HazardReport(category=proposal.category, danger=False, text=proposal.text),)
    if not proposal.place:
        return replace(draft, reports=reports)
    found = extract_location(proposal.place, places)
    address = found.address if found else Address()
    return replace(draft, reports=reports, address=address, location_text=proposal.place)


def _first(
    draft: Draft,
    text: str,
    *,
    intent: str,
    found: FoundLocation | None,
    places: Places,
    guesses: Mapping[str, float] | None,
) -> Draft:
    if found is not None and not draft.location_text:
        draft = replace(draft, address=found.address, location_text=found.text)
    if intent == "inform_location" and found is not None:
        return draft
    reports = read_reports(text, places=places, guesses=guesses)
    if reports[0].category == UNSPECIFIED:
        return draft
    return replace(draft, reports=tuple(reports))


def _placed(draft: Draft, found: FoundLocation, *, correction: bool, text: str) -> Draft:
    reports, known = draft.reports, draft.address
    if correction:
        known = next((report.address for report in reports if report.has_location), known)
        reports = tuple(replace(report, address=Address(), location_text="") for report in reports)
    address, where = corrected_place(known, found) if correction else (found.address, found.text)
    draft = replace(draft, reports=reports, address=address, location_text=where)
    return retold(draft, text)


def take_up(dropped: Draft, draft: Draft, text: str) -> Draft:
    """Go on with a report that had been dropped: 还是报吧; a place that is told now is the better one.

    Args:
        draft: what the message itself told, no hazard.
    """
    taken = replace(dropped, messages=draft.messages, asked=0)
    if draft.location_text:
        reports = tuple(replace(report, address=Address(), location_text="") for report in taken.reports)
        taken = replace(taken, reports=reports, address=draft.address, location_text=draft.location_text)
    return retold(taken, text)


def is_taken_up(text: str) -> bool:
    """Whether somebody wants to report after all what they had dropped."""
    return _TAKEN_UP.search(normalise(text)) is not None


def corrected_place(known: Address, found: FoundLocation) -> tuple[Address, str]:
    """A place that is corrected: what stands above it stays as it was, and what is shown says so."""
    address = known.corrected_by(found.address)
    kept = address != found.address and bool(address.building) and not found.address.building
    return address, f"{replace(address, unit='', room='')}{found.text}" if kept else found.text


def _recategorised(draft: Draft, text: str) -> Draft:
    """不是漏水，是下水道堵了: the first report is of what is said now."""
    category = corrected_category(text)
    if category is None:
        return draft
    first, *others = draft.reports
    return replace(draft, reports=(replace(first, category=category), *others))


def _understood_better(draft: Draft, text: str) -> Draft:
    """有个东西坏了, then 楼下那个化粪池冒了: plain words count for more than a guess at the first ones."""
    guessed = max(word_scores(draft.reports[0].text).values(), default=0.0) < _PLAIN_WORDS
    return _recategorised(draft, text) if guessed and len(draft.reports) == 1 else draft


def retold(draft: Draft, text: str) -> Draft:
    """Keep what was said later in the story of the first report."""
    if len(normalise(text)) < 2:
        return draft
    first, *others = draft.reports
    story = f"{first.text}\n{text}"
    danger = first.danger or is_danger(text, first.category)
    return replace(draft, reports=(replace(first, text=story, danger=danger), *others))
