"""Hazard reports: the form takes in what is told, and what is complete becomes a case."""

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from sqlalchemy import Connection

from actions.base import CommunityAction, Events
from actions.sentences import sentence
from actions.turn import Turn
from community.model.address_text import extract_location
from community.model.hazards.report_draft import Draft, hear
from community.usecases.raise_emergency import places_of
from community.usecases.report_hazard import ReportedHazard, report_hazard

#: Slots of one report, emptied when it is over.
_SLOTS = ("draft", "detail", "location", "hazard_name", "asked")
#: What the form takes in; any other intent interrupts it…
_TOLD = frozenset({"report_hazard", "inform_location", "correct", "same_here", "affirm", "deny", "nlu_fallback"})
#: …but these do not when the message names a place: 你们没登记吗，锦绣苑7栋.
_ASIDE = frozenset({"complain", "urge", "chitchat", "greet", "thank", "goodbye", "out_of_scope", "ask_privacy"})


class ValidateHazardForm(CommunityAction):
    """Takes one message into the report; an empty list hands the turn back to Rasa's rules."""

    action_name = "validate_hazard_form"

    async def act(self, turn: Turn, tracker: Tracker) -> Events:
        """Set what is known after this message."""
        rules = self.services.rules
        if turn.intent not in _TOLD and not (
            turn.intent in _ASIDE and extract_location(turn.text, places_of(rules)) is not None
        ):
            return []
        draft = hear(
            Draft.from_json(tracker.get_slot("draft")),
            turn.text,
            message=turn.message,
            intent=turn.intent,
            places=places_of(rules),
            guesses=turn.guesses,
        )
        category = draft.reports[0].category if draft.has_detail else ""
        hazard = rules.hazards.get(category)
        return [
            SlotSet("draft", draft.to_json()),
            SlotSet("detail", category or None),
            SlotSet("location", (draft.location_text or "known") if draft.has_location else None),
            SlotSet("hazard_name", hazard.name if hazard else None),
            SlotSet("asked", "again" if draft.asked else None),
        ]


class OpenReport(CommunityAction):
    """Opens a case for each hazard of a complete report."""

    action_name = "action_open_report"

    async def act(self, turn: Turn, tracker: Tracker) -> Events:
        """Open, and say the numbers."""
        reports = Draft.from_json(tracker.get_slot("draft")).complete()

        def open_all(conn: Connection) -> list[ReportedHazard]:
            now = self.services.clock.now()
            return [
                report_hazard(
                    conn,
                    report,
                    source_key=turn.key(place),
                    conversation_id=turn.conversation_id,
                    reporter_name=turn.person,
                    rules=self.services.rules,
                    now=now,
                )
                for place, report in enumerate(reports)
            ]

        for place, reported in enumerate(await self.write(open_all)):
            _tell(turn, reported, first=place == 0)
        return forget_report()


def forget_report() -> Events:
    """The events that empty the report's slots."""
    return [SlotSet(slot, None) for slot in _SLOTS]


def _tell(turn: Turn, reported: ReportedHazard, *, first: bool) -> None:
    if reported.repeats:
        turn.say(sentence("already_open", number=reported.number), private=turn.in_group, case=reported.number)
        return
    promise = sentence(f"promise_{reported.priority}")
    if turn.in_group:
        turn.say(sentence("opened_in_group", number=reported.number, promise=promise), case=reported.number)
        return
    words = {"number": reported.number, "what": reported.category_name, "where": reported.place or "未说明"}
    said = sentence("opened", promise=promise, **words) if first else sentence("opened_more", **words)
    turn.say(said, case=reported.number)
