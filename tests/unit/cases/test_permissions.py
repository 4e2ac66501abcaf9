"""Who may do what: the table must never leave a role out, and never let two dangerous things meet by accident."""

import pytest

from community.model.permissions import PERMISSION_NAMES, ROLE_PERMISSIONS, Permission, may
from community.model.staff import Role


def test_every_role_and_permission_is_in_the_tables() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert set(PERMISSION_NAMES) == set(Permission)


@pytest.mark.parametrize("role", list(Role))
def test_everybody_may_look(role: Role) -> None:
    assert may(role, Permission.VIEW)


def test_an_auditor_changes_nothing() -> None:
    assert ROLE_PERMISSIONS[Role.AUDITOR] == {Permission.VIEW, Permission.READ_AUDIT}


@pytest.mark.parametrize(
    "permission", [Permission.RUN_CAMPAIGNS, Permission.APPROVE_CAMPAIGNS, Permission.MANAGE_STAFF]
)
def test_a_grid_worker_starts_no_calls_and_makes_no_accounts(permission: Permission) -> None:
    assert not may(Role.GRID_WORKER, permission)
