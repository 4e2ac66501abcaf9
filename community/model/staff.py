"""Staff: people with a role, who are told of cases and act on them."""

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
