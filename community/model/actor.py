"""Who does something: every state change names one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that changes a state.

    Attributes:
        kind: `staff`, `resident` or `system`.
        name: a staff login, a conversation id, or the name of the part of the service.
    """

    kind: str
    name: str

    @classmethod
    def staff(cls, login: str) -> "Actor":
        """A member of staff, by login."""
        return cls("staff", login)

    @classmethod
    def resident(cls, conversation_id: str) -> "Actor":
        """A resident, by the conversation or call they speak in."""
        return cls("resident", conversation_id)

    @classmethod
    def system(cls, part: str) -> "Actor":
        """A part of the service acting by itself, such as `engine`."""
        return cls("system", part)

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"
