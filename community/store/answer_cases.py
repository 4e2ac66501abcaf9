"""The cases that look after an answer, and their place beside the target."""

from sqlalchemy import Connection, or_, select, update

from community.model.cases.case import Case
from community.store.campaigns import targets
from community.store.cases import case_by_id, cases


def source_key(target_id: int, question_id: str) -> str:
    """The key of the case that an answer opens."""
    return f"answer:{target_id}:{question_id}"


def newest_case_about(conn: Connection, target_id: int, question_id: str) -> Case | None:
    """The case that an answer opened last, whether in the call or by a correction; None when it has opened none."""
    key = source_key(target_id, question_id)
    about = or_(cases.c.source_key == key, cases.c.source_key.startswith(f"{key}:", autoescape=True))
    found = conn.execute(select(cases.c.id).where(about).order_by(cases.c.id.desc()).limit(1)).scalar_one_or_none()
    return None if found is None else case_by_id(conn, found)


def link_case(conn: Connection, target_id: int, case_id: int) -> None:
    """Put a case beside a target that has none."""
    without = (targets.c.id == target_id, targets.c.case_id.is_(None))
    conn.execute(update(targets).where(*without).values(case_id=case_id))
