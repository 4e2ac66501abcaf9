"""Links by which residents answer in writing, made with the community's key and address."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection

from community.errors import Refused
from community.files.secret_key import load_secret_key
from community.model.actor import Actor
from community.usecases.answer_link import make_link
from shouwang.wiring import Office

_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}
_ACTOR = Actor.system("texter")


def link_maker(office: Office) -> Callable[[Connection, int, datetime], str] | None:
    """What makes the link that goes along with a text; None where residents could not open it.

    The link is empty where there is nothing to be answered any more.
    """
    key, public_url = load_secret_key(office.settings), office.settings.public_url
    if urlsplit(public_url).hostname in _THIS_MACHINE:
        return None

    def make(conn: Connection, target_id: int, now: datetime) -> str:
        try:
            return make_link(conn, target_id, key=key, public_url=public_url, actor=_ACTOR, now=now).url
        except Refused:
            return ""

    return make
