"""Write a campaign down as a draft; from then on editing the file changes nothing of it."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import InvalidInput
from community.model.actor import Actor
from community.model.permissions import Permission
from community.model.rulebook import Rulebook
from community.store import audit
from community.store.campaigns import insert_campaign
from community.store.targets import audience
from community.usecases.authorise_actor import authorise_actor
from community.usecases.load_questionnaire import load_questionnaire


def create_campaign(conn: Connection, source: str, *, rules: Rulebook, actor: Actor, now: datetime) -> int:
    """Load a questionnaire and keep it as a draft.

    Args:
        source: the YAML that staff wrote.

    Returns:
        The campaign's id.

    Raises:
        InvalidInput: the questionnaire is wrong, or nobody on the roster is meant by its audience.
        Refused: the person may not create campaigns.
    """
    authorise_actor(conn, actor, Permission.CREATE_CAMPAIGNS)
    questionnaire = load_questionnaire(source, quiet=rules.quiet_hours)
    today = now.astimezone(rules.timezone).date()
    if next(audience(conn, questionnaire.audience, today), None) is None:
        raise InvalidInput(
            "名册里没有人符合 audience 的条件：请核对标签、网格、年龄，或先导入居民名册", code="empty_audience"
        )
    campaign_id = insert_campaign(conn, questionnaire, source=source, created_by=actor.name, now=now)
    detail = {"name": questionnaire.name, "legal_ground": questionnaire.legal_ground}
    audit.append(conn, at=now, actor=actor, action="campaign.created", subject=f"campaign:{campaign_id}", detail=detail)
    return campaign_id
