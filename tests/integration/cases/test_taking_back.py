"""A resident takes a report back: one report for one message, however often the turn is made."""

from datetime import timedelta

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.change import Cancel
from actions.services import Services
from community.clock import MovableClock
from community.model.cases.case import CaseStatus
from community.store.cases import case_by_id
from community.store.database import Database
from tests.harness.neighbourhood import report, sample_rules

WANG = "feishu:app:chat:wang"


def takes_back(message: int) -> Tracker:
    said = {"text": "算了不报了", "intent": {"name": "cancel"}, "metadata": {"message": message}}
    return Tracker(WANG, {}, said, [], False, None, {}, "")


async def make_turn(services: Services, message: int) -> str | None:
    said = CollectingDispatcher()
    await Cancel(services).run(said, takes_back(message), {})
    case: str | None = said.messages[0]["custom"].get("case")
    return case


async def test_a_replayed_turn_takes_no_second_report_back(database: Database, clock: MovableClock) -> None:
    services = Services(database=database, clock=clock, rules=sample_rules())
    with database.begin() as conn:
        lamp, lift = (
            report(conn, services.rules, clock.now() + timedelta(seconds=place), category=what, conversation_id=WANG)
            for place, what in enumerate(("lighting", "elevator"))
        )
    assert await make_turn(services, 7) == lift.number
    assert await make_turn(services, 7) == lift.number
    with database.reading() as conn:
        assert case_by_id(conn, lift.id).status is CaseStatus.CLOSED
        assert case_by_id(conn, lamp.id).status.is_open
    assert await make_turn(services, 8) == lamp.number, "saying it again is another matter"
