"""The errors staff and residents may read: a code for machines, one Chinese sentence that says who must do what.

CommunityError
├── InvalidInput      what was given cannot be used; the giver corrects it
├── NotFound          there is no such thing
├── Refused           a rule forbids it
├── Conflict          somebody else changed it first
├── SettingError      an environment variable is missing or wrong; the administrator corrects it
└── Unavailable       something outside does not answer; try later
"""


class CommunityError(Exception):
    """Base of every error that carries a sentence for people.

    Args:
        message: one Chinese sentence, free of names, phones and addresses in clear.
        code: a stable snake_case word for the API and for tests.
    """

    default_code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code


class InvalidInput(CommunityError):
    """What was given cannot be used as it is."""

    default_code = "invalid_input"


class NotFound(CommunityError):
    """There is no such thing."""

    default_code = "not_found"


class Refused(CommunityError):
    """A rule forbids it."""

    default_code = "refused"


class Conflict(CommunityError):
    """Somebody or something else changed it first."""

    default_code = "conflict"


class SettingError(CommunityError):
    """An environment variable is missing or wrong."""

    default_code = "setting"


class Unavailable(CommunityError):
    """Something outside does not answer now."""

    default_code = "unavailable"
