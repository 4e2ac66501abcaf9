"""Passwords: how they are kept (Argon2id), compared and given out once."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: OWASP's floor for Argon2id: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
#: Without 0/o, 1/l/i: they are read out and typed in by hand.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
#: Hash of nothing that anybody knows: an unknown login takes as long as a wrong password.
_NOBODY = _HASHER.hash(secrets.token_urlsafe())


def hash_password(password: str) -> str:
    """Argon2id hash with its own salt."""
    return _HASHER.hash(password)


def password_matches(password: str, password_hash: str | None) -> bool:
    """Whether a password belongs to a hash; takes as long when there is no hash."""
    try:
        return _HASHER.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def one_time_password() -> str:
    """A password to give out once: three groups of five, 74 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(3))


def new_token() -> str:
    """A random token for a cookie or a form."""
    return secrets.token_urlsafe(32)
