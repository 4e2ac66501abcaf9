"""The community's own secret key: from the settings, or made once and kept in the data directory."""

import os
import secrets
from pathlib import Path

from community.errors import SettingError
from community.settings import Settings

_FILE = "secret.key"


def load_secret_key(settings: Settings) -> bytes:
    """Return the key that hashes of identity numbers are made with; make one on the first call.

    The file is readable by its owner only. Losing it means that people can no longer be recognised by their identity
    number; it belongs into the backup beside the database.

    Raises:
        SettingError: the file cannot be read or written.
    """
    if settings.secret_key:
        return settings.secret_key.encode()
    path = settings.data_dir / _FILE
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes().strip()
    except OSError as error:
        raise SettingError(
            f"密钥文件读写不了（{error.strerror}）：请检查 SHOUWANG_DATA_DIR 目录的权限，"
            "或者设置 SHOUWANG_SECRET_KEY，例如 SHOUWANG_SECRET_KEY=一串至少 32 位的随机字符"
        ) from error
    if len(key) < 32:
        raise SettingError("密钥文件 secret.key 是空的或不完整：请从备份里恢复它，或者设置 SHOUWANG_SECRET_KEY")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{_FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        # Whoever links first wins; the others use that key.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
