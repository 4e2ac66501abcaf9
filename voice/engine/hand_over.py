"""Hand a target over to a person, so that one that cannot be handed over holds up nobody else."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from community.model.actor import Actor
from community.model.calls.retry import Decision
from community.model.rulebook import Rulebook
from community.store.campaigns import Campaign
from community.store.targets import Target, settle_with_case
from community.usecases.open_target_case import open_target_case

log = structlog.get_logger(__name__)

#: A target that could not be judged or handed over is left alone for so long: it stands in nobody's way.
STUCK_FOR = timedelta(minutes=5)
_ENGINE = Actor.system("engine")


def hand_over_target(
    conn: Connection, campaign: Campaign, target: Target, decision: Decision, *, rules: Rulebook, now: datetime
) -> bool:
    """Open the case of a target and settle it so, both or neither; return whether that could be done.

    What fails is logged and undone by itself: the rest of the transaction stands.

    Raises:
        OperationalError: the database itself failed, and the transaction with it.
    """
    try:
        with conn.begin_nested():
            case_id = open_target_case(conn, campaign, target, decision, rules=rules, actor=_ENGINE, now=now)
            settle_with_case(conn, target, case_id, decision.reason, now)
    except OperationalError:
        raise
    except Exception:
        log.exception("target_not_handed_over", target=target.id, campaign=campaign.id)
        return False
    return True
