"""Whether whoever acts may do something: staff by their role, the service itself always."""

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.permissions import Permission
from community.usecases.authorise import authorise


def authorise_actor(conn: Connection, actor: Actor, permission: Permission) -> None:
    """Let staff pass whose role may do that, and the service's own parts; residents never do.

    Raises:
        NotFound: there is no such account.
        Refused: the account is disabled, or its role may not do that.
    """
    if actor.kind != "system":
        authorise(conn, actor.name, permission)
