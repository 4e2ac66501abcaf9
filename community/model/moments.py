"""Moments as documents for programs have them."""

from datetime import datetime


def iso_text(moment: datetime | None) -> str | None:
    """A moment in ISO 8601; None where there is none."""
    return None if moment is None else moment.isoformat()
