"""Write a campaign down as a draft; from then on editing the file changes nothing of it."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import InvalidInput
from community.model.actor import Actor
from community.model.permissions import Permission
from community.model.questionnaires.questionnaire import Questionnaire
from community.model.rulebook import Rulebook
from community.store import audit
from community.store.audiences import people_meant
from community.store.campaigns import insert_campaign
from community.store.people_lists import insert_listed
from community.usecases.authorise import authorise_actor
from community.usecases.load_questionnaire import load_questionnaire
from community.usecases.match_people import NO_LISTS, GivenLists, check_audience, match_lists, people_of_lists


def create_campaign(
    conn: Connection, source: str, *, rules: Rulebook, actor: Actor, now: datetime, lists: GivenLists = NO_LISTS
) -> int:
    """Load a questionnaire and keep it as a draft, with whom its lists mean at this moment.

    Args:
        source: the YAML that staff wrote.
        lists: the lists of people that came with it, by name; a single one that the questionnaire does not speak of
            is its audience.

    Returns:
        The campaign's id.

    Raises:
        InvalidInput: the questionnaire is wrong, a list is missing, or nobody on the roster is meant by its audience.
        Refused: the person may not create campaigns.
    """
    authorise_actor(conn, actor, Permission.CREATE_CAMPAIGNS)
    questionnaire = with_lists(load_questionnaire(source, quiet=rules.quiet_hours), lists)
    check_audience(conn, questionnaire.audience)
    matched = match_lists(conn, questionnaire.audience, lists)
    today = now.astimezone(rules.timezone).date()
    meant = people_meant(conn, questionnaire.audience, now=now, today=today, lists=people_of_lists(matched))
    if next(meant, None) is None:
        raise InvalidInput(
            "名册里没有人符合 audience 的条件：请核对标签、网格、年龄、名单，或先导入居民名册", code="empty_audience"
        )
    campaign_id = insert_campaign(conn, questionnaire, source=source, created_by=actor.name, now=now)
    for name, rows in matched.items():
        insert_listed(conn, campaign_id, name, rows)
    detail = {
        "name": questionnaire.name,
        "legal_ground": questionnaire.legal_ground,
        "legal_note": questionnaire.legal_note,
    }
    audit.append(conn, at=now, actor=actor, action="campaign.created", subject=f"campaign:{campaign_id}", detail=detail)
    return campaign_id


def with_lists(questionnaire: Questionnaire, lists: GivenLists) -> Questionnaire:
    """The questionnaire with a single list given beside it as its audience, where it speaks of none itself."""
    extra = sorted(set(lists) - questionnaire.audience.lists)
    if len(extra) != 1 or questionnaire.audience.list is not None:
        return questionnaire
    audience = questionnaire.audience.model_copy(update={"list": extra[0]})
    return questionnaire.model_copy(update={"audience": audience})
