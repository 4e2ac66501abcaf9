"""What each role may do: one table, read by the console, the command line and the JSON API."""

from collections.abc import Mapping
from enum import StrEnum

from community.model.staff import Role


class Permission(StrEnum):
    """One thing that not everybody may do."""

    #: See cases, residents, campaigns and policies.
    VIEW = "view"
    #: Acknowledge, note, close, return a case.
    WORK_ON_CASES = "work_on_cases"
    #: Hand a case to somebody, reopen or suspend it, correct it.
    DISPATCH_CASES = "dispatch_cases"
    #: Import and change residents.
    IMPORT_RESIDENTS = "import_residents"
    #: Import policy documents.
    IMPORT_POLICIES = "import_policies"
    #: Answer questions that no document answers; the answer is used from then on.
    ANSWER_QUESTIONS = "answer_questions"
    #: Write a campaign.
    CREATE_CAMPAIGNS = "create_campaigns"
    #: Have a campaign played on a copy before it is approved.
    REHEARSE_CAMPAIGNS = "rehearse_campaigns"
    #: Agree to somebody else's campaign.
    APPROVE_CAMPAIGNS = "approve_campaigns"
    #: Launch, pause, resume, cancel a campaign.
    RUN_CAMPAIGNS = "run_campaigns"
    #: Launch in an emergency without the second person; it is recorded.
    OVERRIDE_APPROVAL = "override_approval"
    #: Take lists and results out of the system.
    EXPORT = "export"
    #: Add, disable and reset staff.
    MANAGE_STAFF = "manage_staff"
    #: Read the audit trail.
    READ_AUDIT = "read_audit"


PERMISSION_NAMES: dict[Permission, str] = {
    Permission.VIEW: "查看",
    Permission.WORK_ON_CASES: "办理工单",
    Permission.DISPATCH_CASES: "转派、挂账、重开工单",
    Permission.IMPORT_RESIDENTS: "导入居民名册",
    Permission.IMPORT_POLICIES: "导入政策文件",
    Permission.ANSWER_QUESTIONS: "答复居民的政策提问",
    Permission.CREATE_CAMPAIGNS: "新建外呼任务",
    Permission.REHEARSE_CAMPAIGNS: "排练外呼任务",
    Permission.APPROVE_CAMPAIGNS: "批准外呼任务",
    Permission.RUN_CAMPAIGNS: "启动和停止外呼任务",
    Permission.OVERRIDE_APPROVAL: "紧急情况下免批准启动外呼任务",
    Permission.EXPORT: "导出数据",
    Permission.MANAGE_STAFF: "管理工作人员账号",
    Permission.READ_AUDIT: "查看审计记录",
}

_FIELD = frozenset({Permission.VIEW, Permission.WORK_ON_CASES})
_LEADER = _FIELD | {Permission.DISPATCH_CASES, Permission.EXPORT}
_OFFICE = _LEADER | {
    Permission.IMPORT_RESIDENTS,
    Permission.IMPORT_POLICIES,
    Permission.ANSWER_QUESTIONS,
    Permission.CREATE_CAMPAIGNS,
    Permission.REHEARSE_CAMPAIGNS,
    Permission.APPROVE_CAMPAIGNS,
    Permission.RUN_CAMPAIGNS,
}

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.GRID_WORKER: _FIELD,
    Role.GRID_LEADER: _LEADER,
    Role.COMMUNITY_STAFF: _OFFICE,
    Role.SECRETARY: _OFFICE | {Permission.OVERRIDE_APPROVAL, Permission.MANAGE_STAFF, Permission.READ_AUDIT},
    Role.STREET: _LEADER
    | {
        Permission.REHEARSE_CAMPAIGNS,
        Permission.APPROVE_CAMPAIGNS,
        Permission.OVERRIDE_APPROVAL,
        Permission.READ_AUDIT,
    },
    Role.AUDITOR: frozenset({Permission.VIEW, Permission.READ_AUDIT}),
    Role.ADMIN: frozenset(Permission),
}


def may(role: Role, permission: Permission) -> bool:
    """Tell whether people with that role may do that."""
    return permission in ROLE_PERMISSIONS[role]
