"""Twilio's recordings: where they lie, and what comes back when they are asked for.

The address is put together from the account and the recording's id; the one that a webhook names is never asked.
"""

import re
from typing import Any

from community.errors import InvalidInput, Refused, Unavailable
from community.files.recording_shelf import media_type_of
from voice.carriers.base import LARGEST_RECORDING, FoundRecording, Sound

_RECORDING_SID = re.compile(r"RE[A-Za-z0-9]{1,62}")


def url_of(base_url: str, account_sid: str, recording_sid: str) -> str:
    """Where a recording's sound lies; without an ending it is a WAV.

    Raises:
        InvalidInput: that is no recording's id.
    """
    if not _RECORDING_SID.fullmatch(recording_sid):
        raise InvalidInput("这不是录音编号", code="bad_recording_id")
    return f"{base_url.rstrip('/')}/2010-04-01/Accounts/{account_sid}/Recordings/{recording_sid}"


def found(recording: Any) -> FoundRecording:
    """A recording of the SDK's list, as ours; `RecordVerb` is what was said after the tone."""
    seconds = str(recording.duration or "")
    return FoundRecording(
        recording_id=str(recording.sid),
        status=str(recording.status),
        seconds=int(seconds) if seconds.isdigit() else None,
        is_message=str(recording.source) == "RecordVerb",
    )


def sound_of(status: int, media_type: str, body: bytes) -> Sound | None:
    """Judge an answer; None for a recording that is not there (yet).

    Raises:
        Unavailable: it may come later.
        Refused: it never will.
    """
    if status == 404:
        return None
    if 300 <= status < 400:
        raise Refused("线路方要我们到别处取录音，没有照做，请管理员核对线路方的录音设置", code="recording_redirected")
    if status != 200:
        raise Unavailable("线路方没有给出录音，系统稍后再取", code=f"http_{status}")
    if len(body) > LARGEST_RECORDING:
        raise Refused("录音太大，没有取回", code="recording_too_large")
    kind = media_type_of(body, media_type)
    if kind is None:
        raise Unavailable("线路方给的不是录音，系统稍后再取", code="not_a_sound")
    return Sound(body, kind)
