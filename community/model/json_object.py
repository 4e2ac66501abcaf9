"""Reads what somebody outside sends as a JSON object."""

import json
from typing import Any

from community.errors import InvalidInput


def json_object(data: str | bytes | bytearray, *, no_json: str, no_object: str, code: str) -> dict[str, Any]:
    """Read a JSON object.

    Args:
        no_json, no_object: what is said where it is none, in Chinese.
        code: of that error.

    Raises:
        InvalidInput: it is no JSON, is nested too deeply, or is something else than an object.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(no_json, code=code) from error
    if not isinstance(document, dict):
        raise InvalidInput(no_object, code=code)
    return document
