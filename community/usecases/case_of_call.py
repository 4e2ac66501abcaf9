"""The case that a call gives rise to: whom it is about, where they live, which call it was."""

from community.model.cases.case import CaseKind, NewCase
from community.store.calls import RunningCall


def case_of_call(call: RunningCall, kind: CaseKind, *, source_key: str, summary: str, description: str) -> NewCase:
    """A new case about the resident of a call.

    Args:
        source_key: the same for what must open no second case.
    """
    return NewCase(
        kind=kind,
        source_key=source_key,
        summary=summary,
        description=description,
        address=call.address,
        grid=call.grid or None,
        resident_id=call.resident_id,
        campaign_id=call.campaign_id,
        target_id=call.target_id,
        attempt_id=call.attempt_id,
        rehearsal=call.rehearsal,
    )
