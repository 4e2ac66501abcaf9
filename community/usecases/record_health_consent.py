"""Record a resident's own consent to questions about health, or that they took it back."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.permissions import Permission
from community.store import audit
from community.store.residents import write_health_consent
from community.usecases.authorise import authorise_actor


def record_health_consent(
    conn: Connection, resident_id: int, *, given: bool, how: str, actor: Actor, now: datetime
) -> None:
    """Note the resident's word; it holds for every campaign until they take it back.

    Args:
        given: True for a yes; False for a no or a withdrawal.
        how: where it was said, in Chinese: 电话, 书面, 上门.

    Raises:
        Refused: the person may not change the roster.
    """
    authorise_actor(conn, actor, Permission.IMPORT_RESIDENTS)
    write_health_consent(conn, resident_id, given=given, now=now)
    action = "resident.health_consent_given" if given else "resident.health_consent_withdrawn"
    audit.append(conn, at=now, actor=actor, action=action, subject=f"resident:{resident_id}", detail={"how": how})
