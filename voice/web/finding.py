"""Find the call that a webhook is about, and what it asks: by its address, and by the carrier's id where it was handed on."""

import secrets
from dataclasses import replace
from typing import TypeVar

import structlog
from aiohttp import web
from sqlalchemy import Connection

from community.model.questionnaires.questionnaire import Questionnaire, Recording
from community.store import calls, dialling
from community.store.calls import RunningCall
from community.store.dialling import Attempt
from community.store.inbound import attempt_of_call
from voice.carriers.base import CallEvent, Carrier
from voice.script.inbound import DESK
from voice.script.steps import CallUrls, Language

log = structlog.get_logger()

C = TypeVar("C", RunningCall, Attempt)


class CallFinder:
    """Finds calls; remembers the questionnaires of campaigns."""

    def __init__(self) -> None:
        self._questionnaires: dict[int, Questionnaire] = {}

    def attempt(self, conn: Connection, carrier: Carrier, urls: CallUrls, event: CallEvent) -> Attempt:
        """The attempt that an event is about, held until the transaction ends.

        Raises:
            HTTPNotFound: there is none, or the address is not its own.
        """
        attempt = _ours(dialling.find_attempt(conn, urls.attempt_id, lock=True), carrier, urls)
        heir_id = _heir_id(conn, attempt, event)
        heir = dialling.find_attempt(conn, heir_id, lock=True) if heir_id is not None else None
        return heir if heir is not None and heir.target_id == attempt.target_id else attempt

    def call(
        self, conn: Connection, carrier: Carrier, urls: CallUrls, event: CallEvent, *, lock: bool = False
    ) -> RunningCall:
        """The call that an event is about, in a language that the carrier speaks.

        Args:
            lock: nobody else may change it until the transaction ends.

        Raises:
            HTTPNotFound: there is none, or the address is not its own.
        """
        call = _ours(calls.running_call(conn, urls.attempt_id, lock=lock), carrier, urls)
        heir_id = _heir_id(conn, call, event)
        heir = calls.running_call(conn, heir_id, lock=lock) if heir_id is not None else None
        return spoken_to(heir if heir is not None and heir.target_id == call.target_id else call, carrier)

    def questionnaire(self, conn: Connection, campaign_id: int | None, carrier: Carrier) -> Questionnaire:
        """What a campaign asks by a carrier; for None, what whoever rings us hears."""
        if campaign_id is None:
            return DESK
        # A campaign keeps the questionnaire that it was created with, so it is read once.
        known = self._questionnaires.get(campaign_id)
        if known is None:
            known = Questionnaire.model_validate(calls.definition_of(conn, campaign_id))
            if not carrier.abilities.records:
                # Nobody is asked to agree to what does not happen.
                known = known.model_copy(update={"recording": Recording.NEVER})
            self._questionnaires[campaign_id] = known
        return known


def spoken_to(call: RunningCall, carrier: Carrier) -> RunningCall:
    """The call in a language that the carrier speaks."""
    return call if call.language in carrier.abilities.languages else replace(call, language=Language.MANDARIN)


def refuse_another_call(conn: Connection, call: RunningCall, event: CallEvent) -> None:
    """Answer nobody but the call that this attempt placed: words of one resident never reach another.

    Raises:
        HTTPNotFound: it is another call.
    """
    if not calls.may_be_call(conn, call, event.carrier_id):
        log.warning("webhook_refused", carrier=call.carrier, reason="another_call", attempt_id=call.attempt_id)
        raise web.HTTPNotFound(text="no such call")


def _ours(call: C | None, carrier: Carrier, urls: CallUrls) -> C:
    """The call that an address means; nobody's where its token is not the call's."""
    if (
        call is None
        or call.carrier != carrier.name
        or not secrets.compare_digest(call.token.encode(), urls.token.encode())
    ):
        log.warning("webhook_refused", carrier=carrier.name, reason="unknown_call")
        raise web.HTTPNotFound(text="no such call")
    return call


def _heir_id(conn: Connection, call: RunningCall | Attempt, event: CallEvent) -> str | None:
    """The attempt that took a given-up call over: its addresses still bear the one that placed it."""
    if event.carrier_id is None or call.carrier_id is not None or call.target_id is None:
        return None
    return attempt_of_call(conn, call.carrier, event.carrier_id)
