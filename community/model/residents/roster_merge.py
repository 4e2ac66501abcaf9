"""What is known of a resident, and how a row of a list adds to it: a blank cell never erases."""

from dataclasses import dataclass, field, replace
from datetime import date

from community.model.address import Address
from community.model.phone import is_sample
from community.model.residents.resident_list import ResidentDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentFacts:
    """Everything on the roster that a list may say."""

    name: str
    sex: str = ""
    birth_date: date | None = None
    identity_hash: str | None = None
    language: str = "mandarin"
    preferred_hours: str = ""
    guardian_name: str = ""
    guardian_relation: str = ""
    guardian_phone: str = ""
    note: str = ""
    phones: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    address: Address = field(default_factory=Address)
    address_text: str = ""
    grid: str = ""
    sample: bool = False


def add_row(facts: ResidentFacts | None, draft: ResidentDraft) -> ResidentFacts:
    """Return what is known once a row has been read; the same value where it says nothing new.

    Args:
        facts: what was known; None for somebody new.
    """
    known = facts or ResidentFacts(name=draft.name)
    address, address_text = _address(known, draft)
    has_moved = not known.address.is_empty and not _agree(known.address, address)
    # The newest list's numbers are called first; older ones stay behind them.
    phones = tuple(dict.fromkeys((*draft.phones, *known.phones)))
    guardian_phone = draft.guardian_phone or known.guardian_phone
    merged = replace(
        known,
        name=draft.name,
        sex=draft.sex or known.sex,
        birth_date=_birth_date(known, draft),
        identity_hash=draft.identity_hash or known.identity_hash,
        language=draft.language or known.language,
        preferred_hours=known.preferred_hours if draft.preferred_hours is None else draft.preferred_hours,
        guardian_name=draft.guardian_name or known.guardian_name,
        guardian_relation=draft.guardian_relation
        or ("" if _is_another_guardian(known, draft) else known.guardian_relation),
        guardian_phone=guardian_phone,
        note=_note(known.note, draft.notes),
        phones=phones,
        tags=tuple(sorted({*known.tags, *draft.tags})),
        address=address,
        address_text=address_text,
        grid=draft.grid or ("" if has_moved else known.grid),
        sample=_belongs_to_sample(phones or (guardian_phone,)),
    )
    return known if facts is not None and merged == known else merged


def _belongs_to_sample(numbers: tuple[str, ...]) -> bool:
    """Whether every number that reaches the resident is one of the sample community."""
    return all(is_sample(number) for number in numbers)


def _birth_date(known: ResidentFacts, draft: ResidentDraft) -> date | None:
    if draft.birth_date is None or (known.identity_hash and not draft.identity_hash):
        return known.birth_date or draft.birth_date
    if draft.birth_is_guess and known.birth_date is not None:
        # An age agrees with a birth date a year off: 虚岁, or before this year's birthday.
        agrees = abs(draft.birth_date.year - known.birth_date.year) <= 1
        return known.birth_date if agrees else draft.birth_date
    return draft.birth_date


def _is_another_guardian(known: ResidentFacts, draft: ResidentDraft) -> bool:
    return bool(draft.guardian_name and draft.guardian_phone) and draft.guardian_name != known.guardian_name


def _note(known: str, lines: tuple[str, ...]) -> str:
    return "\n".join(dict.fromkeys([*known.splitlines(), *lines]))


def _address(known: ResidentFacts, draft: ResidentDraft) -> tuple[Address, str]:
    if draft.address.is_empty and not draft.address_text:
        return known.address, known.address_text
    if draft.address.is_empty and not known.address.is_empty:
        # A text that could not be taken apart does not replace parts that could.
        return known.address, known.address_text or draft.address_text
    if known.address.is_empty or not _agree(known.address, draft.address):
        return draft.address, draft.address_text
    return _joined(known.address, draft.address), draft.address_text or known.address_text


def _agree(one: Address, other: Address) -> bool:
    pairs = [(getattr(one, part), getattr(other, part)) for part in ("community", "building", "unit", "room")]
    return all(not a or not b or a == b for a, b in pairs)


def _joined(one: Address, other: Address) -> Address:
    return Address(
        community=one.community or other.community,
        building=one.building or other.building,
        unit=one.unit or other.unit,
        room=one.room or other.room,
    )
