"""The text messages of a serving process: its webhooks and its loop, where the carrier carries texts at all."""

from dataclasses import dataclass

from aiohttp import web

from community.model.calls.line import Line
from shouwang.links import link_maker
from shouwang.loops import Loop
from shouwang.wiring import Office
from voice.carriers.base import Carrier
from voice.carriers.texting import texting_of
from voice.engine.texter import Texter
from voice.web.text_routes import text_routes


@dataclass(frozen=True, slots=True)
class TextSide:
    """What one process serves and does for texts; nothing where the carrier carries none."""

    routes: tuple[web.RouteDef, ...] = ()
    loops: tuple[Loop, ...] = ()


def build_text_side(office: Office, carrier: Carrier, worker_id: str) -> TextSide:
    """Put the text messages of one process together."""
    texting = texting_of(carrier)
    if texting is None:
        return TextSide()
    settings = office.settings
    line = Line(
        name=carrier.name,
        rehearsal=carrier.rehearsal,
        from_numbers=carrier.from_numbers,
        mainland_allowed_because=settings.mainland_calls_allowed_because,
        regions=office.rules.line.regions,
    )
    routes = text_routes(
        database=office.database,
        carrier=carrier,
        texting=texting,
        line=line,
        clock=office.clock,
        rules=office.rules,
        public_url=settings.public_url,
    )
    texter = Texter(
        office.database,
        texting,
        office.clock,
        office.rules,
        line=line,
        public_url=settings.public_url,
        worker_id=worker_id,
        make_link=link_maker(office),
    )
    return TextSide(tuple(routes), (Loop("texts", texter.tick, 1.0),))
