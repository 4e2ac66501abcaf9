"""After a report: correcting it, completing its place, taking it back."""

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from sqlalchemy import Connection

from actions.base import CommunityAction, Events
from actions.report import forget_report
from actions.sentences import sentence
from actions.turn import Turn
from community.model.address_text import extract_location
from community.model.cases.case import Case, CaseStatus
from community.model.hazards.hazard_report import corrected_category
from community.model.hazards.report_draft import Draft
from community.store.cases import case_of_event
from community.usecases.cancel_case import cancel_case
from community.usecases.change_report import change_report, latest_report
from community.usecases.note_case import note_case
from community.usecases.raise_emergency import places_of

#: Nobody has set out yet: taking it back ends it.
_NOT_BEGUN = frozenset({CaseStatus.REPORTED, CaseStatus.ACCEPTED, CaseStatus.DISPATCHED, CaseStatus.REOPENED})


class Correct(CommunityAction):
    """不对，是5号楼."""

    action_name = "action_correct"

    async def act(self, turn: Turn, tracker: Tracker) -> Events:  # noqa: ARG002 - the case knows
        """Change the newest report of this conversation."""
        place = extract_location(turn.text, places_of(self.services.rules))
        category = corrected_category(turn.text)

        def change(conn: Connection) -> Case | None:
            now = self.services.clock.now()
            case = latest_report(conn, turn.conversation_id, now=now)
            if case is None or (place is None and category is None):
                return None
            rules, key = self.services.rules, turn.key("correct")
            return change_report(
                conn, case, text=turn.text, source_key=key, rules=rules, now=now, place=place, category=category
            )

        case = await self.write(change)
        if case is None:
            turn.say(sentence("nothing_to_change"), asks="detail")
        else:
            _tell_changed(turn, self.services.rules.hazards[case.category or "other"].name, case)
        return []


class Locate(CommunityAction):
    """A place alone: it completes the report that lacks one, or begins a new one."""

    action_name = "action_locate"

    async def act(self, turn: Turn, tracker: Tracker) -> Events:  # noqa: ARG002 - the case knows
        """Add the place, or ask what happened there."""
        place = extract_location(turn.text, places_of(self.services.rules))

        def locate(conn: Connection) -> Case | None:
            now = self.services.clock.now()
            case = latest_report(conn, turn.conversation_id, now=now)
            if case is None or place is None or case.address.contradicts(place.address):
                return None
            rules, key = self.services.rules, turn.key("locate")
            return change_report(
                conn, case, text=turn.text, source_key=key, rules=rules, now=now, place=place, complete=True
            )

        case = await self.write(locate)
        if case is not None:
            private = turn.in_group
            said = sentence("located", number=case.number, where=case.location_text)
            turn.say(said, private=private, case=case.number)
            return []
        turn.say(sentence("where_what"), asks="detail")
        if place is None:
            return []
        draft = Draft(address=place.address, location_text=place.text, messages=(turn.message,))
        return [SlotSet("draft", draft.to_json())]


class Cancel(CommunityAction):
    """算了不报了."""

    action_name = "action_cancel"

    async def act(self, turn: Turn, tracker: Tracker) -> Events:
        """Drop what was being told, or take back the newest report."""
        if Draft.from_json(tracker.get_slot("draft")).has_detail:
            turn.say(sentence("cancelled_draft"))
            return forget_report()
        case = await self.write(lambda conn: self._take_back(conn, turn))
        if case is None:
            turn.say(sentence("nothing_to_cancel"))
        else:
            name = "cancelled_case" if case.status is CaseStatus.CLOSED else "cannot_cancel"
            turn.say(sentence(name, number=case.number), private=turn.in_group, case=case.number)
        return forget_report()

    def _take_back(self, conn: Connection, turn: Turn) -> Case | None:
        now, key = self.services.clock.now(), turn.key("cancel")
        if (taken_back := case_of_event(conn, key)) is not None:
            return taken_back
        case = latest_report(conn, turn.conversation_id, now=now)
        if case is None:
            return None
        if case.status not in _NOT_BEGUN:
            return note_case(conn, case.id, turn.text, actor=turn.actor, now=now, source_key=key)
        rules = self.services.rules
        return cancel_case(conn, case.id, rules=rules, actor=turn.actor, now=now, reason=turn.text, source_key=key)


class SameHere(CommunityAction):
    """我家也是: a neighbour has the same trouble; their report needs its own words."""

    action_name = "action_same_here"

    async def act(self, turn: Turn, tracker: Tracker) -> Events:  # noqa: ARG002 - nothing is remembered
        """Ask what and where."""
        turn.say(sentence("same_here"), asks="detail")
        return []


def _tell_changed(turn: Turn, what: str, case: Case) -> None:
    said = sentence("changed", number=case.number, what=what, where=case.location_text or "未说明")
    turn.say(said, private=turn.in_group, case=case.number)
