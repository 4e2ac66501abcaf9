"""Numbers as Alibaba Cloud writes them: mainland China's, without a country code."""

import phonenumbers

_COUNTRY_CODE = 86


def national(number: str) -> str | None:
    """A mainland number as it is dialled inside the mainland (`0571…`, `138…`); None for any other.

    Args:
        number: E.164.
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    if parsed.country_code != _COUNTRY_CODE:
        return None
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return phonenumbers.normalize_digits_only(written)


def international(number: str) -> str:
    """A mainland number as Alibaba Cloud tells it, in E.164."""
    return f"+{_COUNTRY_CODE}{number.removeprefix('+').removeprefix(str(_COUNTRY_CODE)).removeprefix('0')}"
