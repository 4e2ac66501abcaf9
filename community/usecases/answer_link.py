"""The link by which one target answers in writing: made, handed out by staff, and found again by its token.

The token is the whole credential: it is random, leads to one target only, and is stored as a keyed hash, so that who
reads the database can open no link.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from community.errors import Refused
from community.model.actor import Actor
from community.model.calls.campaign import CampaignStatus, TargetStatus
from community.model.permissions import Permission
from community.store import audit
from community.store import invitations as store
from community.store.campaigns import Campaign, campaign_by_id
from community.store.invitations import Invitation
from community.store.targets import Target, person_of, target_by_id
from community.usecases.authorise import authorise_if_staff
from community.usecases.written_conversation import VALID_FOR

CHANNEL = "link"
#: 144 bits, 24 characters: nobody guesses one, and it still fits into a text message.
_TOKEN_BYTES = 18
_LONGEST_TOKEN = 64


@dataclass(frozen=True, slots=True)
class AnswerLink:
    """A link as it is handed out; it cannot be shown again later."""

    url: str
    target_id: int
    expires_at: datetime


def make_link(
    conn: Connection, target_id: int, *, key: bytes, public_url: str, actor: Actor, now: datetime
) -> AnswerLink:
    """Make a link for a target; those made before stay good, and all lead to the same conversation.

    Args:
        key: the community's secret key.
        public_url: what residents reach us by, without a slash at the end.

    Raises:
        Refused: there is nothing to be answered, or nobody who may be asked.
    """
    target = target_by_id(conn, target_id, lock=True)
    campaign = campaign_by_id(conn, target.campaign_id)
    expires_at = _valid_until(conn, campaign, target, now)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    before = store.newest_invitation(conn, target_id, CHANNEL)
    store.add_invitation(
        conn,
        target_id=target_id,
        channel=CHANNEL,
        created_by=str(actor),
        now=now,
        expires_at=expires_at,
        token_hash=_hash(key, token),
        state=before.state if before else None,
    )
    subject, detail = f"target:{target_id}", {"until": expires_at.isoformat()}
    audit.append(conn, at=now, actor=actor, action="target.invited", subject=subject, detail=detail)
    return AnswerLink(f"{public_url.rstrip('/')}/answer/{token}", target_id, expires_at)


def invite_by_link(
    conn: Connection, target_id: int, *, key: bytes, public_url: str, actor: Actor, now: datetime
) -> AnswerLink:
    """Make a link for a member of staff to hand out.

    Raises:
        NotFound: no such account.
        Refused: the person may not, or there is nothing to be answered.
    """
    authorise_if_staff(conn, actor, Permission.WORK_ON_CASES)
    return make_link(conn, target_id, key=key, public_url=public_url, actor=actor, now=now)


def find_link(conn: Connection, token: str, *, key: bytes, now: datetime) -> Invitation | None:
    """The invitation that a token opens; None for one that never was, or whose time is over."""
    if not 0 < len(token) <= _LONGEST_TOKEN:
        return None
    found = store.invitation_by_hash(conn, _hash(key, token))
    return found if found is not None and now < found.expires_at else None


def _hash(key: bytes, token: str) -> str:
    return hmac.digest(key, b"answer-link:" + token.encode("utf-8", "replace"), "sha256").hex()


def _valid_until(conn: Connection, campaign: Campaign, target: Target, now: datetime) -> datetime:
    if campaign.status in {CampaignStatus.DRAFT, CampaignStatus.APPROVED}:
        raise Refused("任务还没有启动：请先启动任务，再发链接")
    if campaign.status is CampaignStatus.CANCELLED:
        raise Refused("任务已取消：不用再请居民回答")
    if target.status is TargetStatus.COMPLETED or target.written_result is not None:
        raise Refused("这位居民已经答过了：不用再发链接")
    if campaign.rehearsal and not person_of(conn, target.resident_id).sample:
        raise Refused("这是演练，名单里是真实居民：演练不给真实居民发链接")
    deadline = campaign.deadline
    if deadline is not None and deadline <= now:
        raise Refused("任务的截止时间已过：请人工联系这位居民")
    return deadline or now + VALID_FOR
