"""Staff: people with a role, who are told of cases and act on them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a member of staff does."""

    GRID_WORKER = "grid_worker"
    GRID_LEADER = "grid_leader"
    COMMUNITY_STAFF = "community_staff"
    SECRETARY = "secretary"
    STREET = "street"
    AUDITOR = "auditor"
    ADMIN = "admin"


ROLE_NAMES: dict[Role, str] = {
    Role.GRID_WORKER: "网格员",
    Role.GRID_LEADER: "网格长",
    Role.COMMUNITY_STAFF: "社工",
    Role.SECRETARY: "社区书记",
    Role.STREET: "街道",
    Role.AUDITOR: "审计",
    Role.ADMIN: "管理员",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """One member of staff.

    Attributes:
        grid: the grid they look after; empty for the whole community.
        must_change_password: the password was given out once and must be replaced first.
        locked_until: no sign-in is accepted before, after too many wrong passwords.
    """

    id: int
    login: str
    name: str
    role: Role
    grid: str
    on_duty: bool
    must_change_password: bool
    failed_sign_ins: int
    locked_until: datetime | None
    created_at: datetime
    disabled_at: datetime | None

    @property
    def is_active(self) -> bool:
        """Whether the account may be used at all."""
        return self.disabled_at is None
