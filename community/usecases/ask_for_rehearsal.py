"""Ask for a campaign to be rehearsed before it is approved or launched; the service plays it when its turn comes."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import Refused
from community.model.actor import Actor
from community.model.calls.campaign import CampaignStatus
from community.model.permissions import Permission
from community.model.rulebook import Rulebook
from community.store import audit
from community.store.campaigns import campaign_by_id
from community.store.kept_rehearsals import put_in_line
from community.usecases.authorise import authorise_actor
from community.usecases.judge_audience import judge_campaign

#: More people are played at the command line, where nobody else waits for the machine.
MOST_PEOPLE = 5_000


def ask_for_rehearsal(conn: Connection, campaign_id: int, *, rules: Rulebook, actor: Actor, now: datetime) -> None:
    """Put a campaign in line to be rehearsed; asked for twice it is played once.

    Raises:
        NotFound: there is no such campaign.
        Refused: it was launched already, it means too many people, or the person may not ask.
    """
    authorise_actor(conn, actor, Permission.REHEARSE_CAMPAIGNS)
    campaign = campaign_by_id(conn, campaign_id)
    if campaign.status not in {CampaignStatus.DRAFT, CampaignStatus.APPROVED}:
        raise Refused("任务启动以后不用再排练：请直接看它的进度和结果", code="launched")
    audience = judge_campaign(conn, campaign_id, campaign.questionnaire, rules=rules, now=now)
    if audience.size > MOST_PEOPLE:
        raise Refused(
            f"名单有 {audience.size} 人，这里一次最多排练 {MOST_PEOPLE} 人：请管理员在服务器上运行"
            f" shouwang campaign rehearse {campaign_id}",
            code="too_many",
        )
    called = len(audience.callable)
    if put_in_line(conn, campaign_id, called=called, asked_by=actor.name, now=now):
        subject, detail = f"campaign:{campaign_id}", {"called": called}
        audit.append(conn, at=now, actor=actor, action="campaign.rehearsal_asked", subject=subject, detail=detail)
