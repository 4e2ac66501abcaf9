"""Links and one-time codes by which residents answer in writing, made with the community's key and address."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from community.errors import Refused
from community.files.secret_key import load_secret_key
from community.model.actor import Actor
from community.usecases.answer_link import make_link
from community.usecases.send_chat_code import code_of_text
from shouwang.wiring import Office

_ACTOR = Actor.system("texter")


def link_maker(office: Office, key: bytes | None = None) -> Callable[[Connection, int, datetime], str] | None:
    """What makes the link that goes along with a text; None where residents could not open it.

    The link is empty where there is nothing to be answered any more.

    Args:
        key: another than the community's own.
    """
    public_url = office.settings.public_url
    if not office.settings.has_public_address:
        return None
    used = key or load_secret_key(office.settings)

    def make(conn: Connection, target_id: int, now: datetime) -> str:
        try:
            return make_link(conn, target_id, key=used, public_url=public_url, actor=_ACTOR, now=now).url
        except Refused:
            return ""

    return make


def code_maker(office: Office) -> Callable[[Connection, str], str]:
    """What makes the one-time code that a text bears, by the text's key."""
    key = load_secret_key(office.settings)
    return lambda conn, text_key: code_of_text(conn, text_key, key=key)
