"""Hazard reports: the form takes in what is told, and what is complete becomes a case."""

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from sqlalchemy import Connection

from actions.base import CommunityAction, Events
from actions.sentences import sentence
from actions.turn import Turn
from community.model.address_text import extract_location
from community.model.hazards.proposal import Proposal
from community.model.hazards.report_draft import Draft, hear, take_up
from community.model.rulebook import Rulebook
from community.usecases.raise_emergency import places_of
from community.usecases.recognise_emergency import recognise_emergency
from community.usecases.report_hazard import ReportedHazard, report_hazard

#: Slots of one report, emptied when it is over.
_SLOTS = ("draft", "dropped", "detail", "location", "hazard_name", "asked")
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
        before = Draft.from_json(tracker.get_slot("draft"))
        draft = hear(
            before,
            turn.text,
            message=turn.message,
            intent=turn.intent,
            places=places_of(rules),
            guesses=turn.guesses,
        )
        dropped = Draft.from_json(tracker.get_slot("dropped"))
        if turn.intent == "report_hazard" and dropped.has_detail and not draft.has_detail:
            draft = take_up(dropped, draft, turn.text)
        if turn.message not in before.messages:
            draft = await self._with_proposal(turn, draft, confirmed=before.proposal is not None)
        return _known(draft, rules)

    async def _with_proposal(self, turn: Turn, draft: Draft, *, confirmed: bool) -> Draft:
        """Let a language model, where there is one, propose what would be asked for; never where somebody may be in danger."""
        propose = self.services.propose
        if propose is None or confirmed or not draft.wants_proposal(turn.text, turn.guesses):
            return draft
        if any(report.danger for report in draft.reports) or recognise_emergency(turn.text) is not None:
            return draft
        found = await propose(turn.text, key=turn.key(""), conversation_id=turn.conversation_id, person=turn.person)
        return draft.proposing(found)


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


def _known(draft: Draft, rules: Rulebook) -> Events:
    """The slots after a message; while a proposal is open, the form asks 您是说……吗 in the place of what is missing."""
    category = draft.reports[0].category if draft.has_detail else ""
    hazard = rules.hazards.get(category)
    name = hazard.name if hazard else None
    known = (draft.location_text or "known") if draft.has_location else None
    asked = "again" if draft.asked else None
    if draft.proposal is not None:
        name = _proposed(draft.proposal, name, rules)
        category, known, asked = category or "proposed", None, "confirm"
    return [
        SlotSet("draft", draft.to_json()),
        SlotSet("detail", category or None),
        SlotSet("location", known),
        SlotSet("hazard_name", name),
        SlotSet("asked", asked),
    ]


def _proposed(proposal: Proposal, name: str | None, rules: Rulebook) -> str:
    hazard = rules.hazards.get(proposal.category)
    parts = [hazard.name if hazard else name, f"在{proposal.place.removeprefix('在')}" if proposal.place else ""]
    return "，".join(part for part in parts if part)


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
