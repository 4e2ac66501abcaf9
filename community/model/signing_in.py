"""Rules about passwords and sign-ins: what a new password must be, and how long wrong ones lock an account."""

from datetime import timedelta

from community.errors import InvalidInput

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 128
#: A working day; nobody stays signed in over night on a shared computer.
SESSION_LASTS = timedelta(hours=12)

_FREE_TRIES = 5
_FIRST_LOCK, _LONGEST_LOCK = timedelta(minutes=1), timedelta(hours=1)
_TOO_COMMON = (
    "password",
    "12345678",
    "qwerty",
    "abc123",
    "admin",
    "shouwang",
    "shequ",
    "88888888",
    "11111111",
    "iloveyou",
)


def lock_after(failures: int) -> timedelta:
    """How long an account is locked after that many wrong passwords in a row: nothing at first, then doubling."""
    if failures < _FREE_TRIES:
        return timedelta(0)
    return min(_FIRST_LOCK * (1 << min(failures - _FREE_TRIES, 10)), _LONGEST_LOCK)


def check_new_password(login: str, password: str) -> None:
    """Refuse passwords that are guessed first.

    Raises:
        InvalidInput: with what is wrong.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InvalidInput(f"密码要有 {SHORTEST_PASSWORD} 到 {LONGEST_PASSWORD} 个字符：请换一个")
    lowered = password.lower()
    if login.lower() in lowered or any(word in lowered for word in _TOO_COMMON):
        raise InvalidInput("密码里不能有账号或常见密码：请换一个别人猜不到的")
    if len(set(password)) < 5:
        raise InvalidInput("密码太简单：请多用几种不同的字符")
