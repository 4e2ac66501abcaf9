"""The text messages of a serving process: its webhooks and its loop, where the carrier carries texts at all."""

from dataclasses import dataclass

from aiohttp import web

from community.model.calls.line import Line
from community.usecases.pass_on_wish import Understand
from shouwang.links import code_maker, link_maker
from shouwang.loops import Loop
from shouwang.wiring import Office
from voice.carriers.base import Carrier
from voice.carriers.texting import texting_of
from voice.engine.missed_texts import MissedTexts
from voice.engine.texter import Texter
from voice.web.text_routes import text_routes

#: Seconds between looks for texts whose webhook never reached us.
_LOOKS_FOR_MISSED = 180.0


@dataclass(frozen=True, slots=True)
class TextSide:
    """What one process serves and does for texts; nothing where the carrier carries none."""

    routes: tuple[web.RouteDef, ...] = ()
    loops: tuple[Loop, ...] = ()


def text_line(office: Office, carrier: Carrier) -> Line | None:
    """The line by which texts go; None where the carrier carries none."""
    if texting_of(carrier) is None:
        return None
    return Line(
        name=carrier.name,
        rehearsal=carrier.rehearsal,
        from_numbers=carrier.from_numbers,
        mainland_allowed_because=office.settings.mainland_calls_allowed_because,
        regions=office.rules.line.regions,
    )


def build_text_side(
    office: Office, carrier: Carrier, worker_id: str, *, understand: Understand | None = None
) -> TextSide:
    """Put the text messages of one process together.

    Args:
        understand: what the assistant makes of what residents write; None goes by the words alone.
    """
    texting, line = texting_of(carrier), text_line(office, carrier)
    if texting is None or line is None:
        return TextSide()
    settings = office.settings
    routes = text_routes(
        database=office.database,
        carrier=carrier,
        texting=texting,
        line=line,
        clock=office.clock,
        rules=office.rules,
        public_url=settings.public_url,
        understand=understand,
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
        make_code=code_maker(office),
    )
    missed = MissedTexts(office.database, texting, office.clock, office.rules, line=line, understand=understand)
    loops = (Loop("texts", texter.tick, 1.0), Loop("missed_texts", missed.tick, _LOOKS_FOR_MISSED))
    return TextSide(tuple(routes), loops)
