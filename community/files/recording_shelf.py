"""Where recordings of calls lie: files in the data directory that nobody but the service reads."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from community.errors import NotFound

_FOLDER = "recordings"
#: File endings by media type, and what a browser is told.
_ENDINGS = {"audio/wav": ".wav", "audio/mpeg": ".mp3", "audio/ogg": ".ogg"}
_MEDIA_TYPES = {ending: media_type for media_type, ending in _ENDINGS.items()}


@dataclass(frozen=True, slots=True)
class RecordingShelf:
    """The files of recordings.

    Attributes:
        data_dir: `SHOUWANG_DATA_DIR`.
    """

    data_dir: Path

    def keep(self, name: str, sound: bytes, media_type: str, made_at: datetime) -> str:
        """Write a recording, whole or not at all; the same name again replaces it.

        Args:
            name: letters, digits, `-` and `_` only; without an ending.
            made_at: decides the folder, in its own time zone.

        Returns:
            Where it lies below the data directory.

        Raises:
            OSError: it cannot be written, for want of room for instance.
        """
        file = f"{_FOLDER}/{made_at:%Y/%m}/{name}{_ENDINGS.get(media_type, '.wav')}"
        path = self.data_dir / file
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = path.with_suffix(".part")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            target.write(sound)
            target.flush()
            os.fsync(target.fileno())
        half.chmod(0o600)
        half.replace(path)
        return file

    def find(self, file: str) -> tuple[Path, str]:
        """The path of a recording and its media type.

        Raises:
            NotFound: there is no such file.
        """
        root = (self.data_dir / _FOLDER).resolve()
        path = (self.data_dir / file).resolve()
        if not file or not path.is_relative_to(root) or not path.is_file():
            raise NotFound("这段录音已经不在了：可能已过保存期限，或者还没有取回来。")
        return path, _MEDIA_TYPES.get(path.suffix, "application/octet-stream")

    def remove(self, file: str) -> None:
        """Delete a recording; it may be gone already."""
        try:
            path, _ = self.find(file)
        except NotFound:
            return
        path.unlink(missing_ok=True)


def media_type_of(sound: bytes, told: str) -> str | None:
    """What kind of sound some bytes are; None when they are none.

    Args:
        told: the media type that came with them.
    """
    if sound[:4] == b"RIFF":
        return "audio/wav"
    if sound[:4] == b"OggS":
        return "audio/ogg"
    if sound[:3] == b"ID3" or (len(sound) > 1 and sound[0] == 0xFF and sound[1] & 0xE0 == 0xE0):
        return "audio/mpeg"
    kind = told.partition(";")[0].strip().lower()
    named = {
        "audio/x-wav": "audio/wav",
        "audio/wave": "audio/wav",
        "audio/vnd.wave": "audio/wav",
        "audio/mp3": "audio/mpeg",
    }
    kind = named.get(kind, kind)
    return kind if sound and kind in _ENDINGS else None
