"""The carrier's webhooks about text messages: what residents write, and what became of what we wrote."""

import secrets

import structlog
from aiohttp import web
from sqlalchemy import Connection

from community.clock import Clock
from community.errors import InvalidInput
from community.model.calls.line import Line
from community.model.rulebook import Rulebook
from community.store import texts as store
from community.store.database import Database
from community.usecases.pass_on_wish import Understand, understanding_of
from community.usecases.receive_text import receive_text
from voice.carriers.base import Carrier, CarrierRequest
from voice.carriers.texting import Texting, TextReport
from voice.engine.missed_texts import received_of
from voice.engine.text_settle import apply_report
from voice.web.webhook import read_webhook

log = structlog.get_logger()


def text_routes(
    *,
    database: Database,
    carrier: Carrier,
    texting: Texting,
    line: Line,
    clock: Clock,
    rules: Rulebook,
    public_url: str,
    understand: Understand | None = None,
) -> list[web.RouteDef]:
    """The routes `/sms/inbound`, which staff enter at the carrier, and `/sms/{carrier}/{text}/{token}/status`.

    Args:
        texting: the carrier, as one that carries texts.
        line: by which texts come and go.
        public_url: where the carrier reaches us.
        understand: what the assistant makes of what residents write; None goes by the words alone.
    """
    webhooks = _TextWebhooks(
        database=database,
        carrier=carrier,
        texting=texting,
        line=line,
        clock=clock,
        rules=rules,
        public_url=public_url,
        understand=understand,
    )
    return [
        web.post("/sms/{tail:inbound}", webhooks.receive),
        web.post(f"/sms/{carrier.name}/{{text:[0-9]{{1,18}}}}/{{token}}/{{tail:status}}", webhooks.report),
    ]


class _TextWebhooks:
    def __init__(
        self,
        *,
        database: Database,
        carrier: Carrier,
        texting: Texting,
        line: Line,
        clock: Clock,
        rules: Rulebook,
        public_url: str,
        understand: Understand | None,
    ) -> None:
        self._database = database
        self._carrier = carrier
        self._texting = texting
        self._line = line
        self._clock = clock
        self._rules = rules
        self._public_url = public_url
        self._understand = understand

    async def receive(self, request: web.Request) -> web.Response:
        """Take a text that came in; it is answered by a text of its own, never in this answer."""
        webhook = await self._believed(request)
        try:
            incoming = self._texting.parse_incoming_text(webhook)
        except InvalidInput as error:
            raise _refused(self._carrier, error) from error
        received = received_of(incoming)
        understood = await understanding_of(self._understand, received.body)
        now = self._clock.now()
        # What fails is answered with an error: the carrier then asks the address for failures, where one is entered.
        fresh = await self._database.write(
            lambda conn: receive_text(
                conn, received, line=self._line, rules=self._rules, now=now, understood=understood
            )
        )
        log.info("text_received", fresh=fresh)
        note = self._texting.take_note()
        return web.Response(body=note.body, content_type=note.content_type, charset="utf-8")

    async def report(self, request: web.Request) -> web.Response:
        """Take what became of a text of ours."""
        webhook = await self._believed(request)
        try:
            report = self._texting.parse_text_report(webhook)
        except InvalidInput as error:
            raise _refused(self._carrier, error) from error
        text_id, token = int(request.match_info["text"]), request.match_info["token"]
        if not await self._database.write(lambda conn: self._apply(conn, text_id, token, report)):
            log.warning("webhook_refused", carrier=self._carrier.name, reason="unknown_text")
            raise web.HTTPNotFound(text="no such text")
        return web.Response(status=204)

    def _apply(self, conn: Connection, text_id: int, token: str, report: TextReport) -> bool:
        ours = _is_ours(conn, text_id, token, self._carrier)
        if ours:
            apply_report(conn, text_id, report, now=self._clock.now())
        return ours

    async def _believed(self, request: web.Request) -> CarrierRequest:
        webhook = await read_webhook(request, self._public_url)
        if not self._carrier.verify(webhook):
            log.warning("webhook_refused", carrier=self._carrier.name, reason="signature")
            raise web.HTTPForbidden(text="signature")
        return webhook


def _is_ours(conn: Connection, text_id: int, token: str, carrier: Carrier) -> bool:
    text = store.find_text(conn, text_id)
    if text is None or text.carrier != carrier.name or not text.token:
        return False
    return secrets.compare_digest(text.token.encode(), token.encode())


def _refused(carrier: Carrier, error: InvalidInput) -> web.HTTPException:
    log.warning("webhook_refused", carrier=carrier.name, reason=error.code)
    return web.HTTPBadRequest(text=error.code)
