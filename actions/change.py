"""After a report: correcting it, completing its place, taking it back."""

from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from sqlalchemy import Connection

from actions.base import CommunityAction, Events
from actions.report import forget_report
from actions.sentences import sentence
from actions.turn import Turn
from community.model.address import Address
from community.model.address_text import FoundLocation, extract_location
from community.model.cases.case import Case, CaseStatus
from community.model.hazards.hazard_report import OTHER, UNSPECIFIED, HazardReport, read_reports
from community.model.hazards.report_draft import Draft, is_taken_up, take_up
from community.store.cases import case_of_event
from community.usecases.cancel_case import cancel_case
from community.usecases.change_report import change_report, latest_report
from community.usecases.note_case import note_case
from community.usecases.raise_emergency import places_of
from community.usecases.same_trouble import same_trouble
from community.usecases.told_category import told_category

#: Nobody has set out yet: taking it back ends it.
_NOT_BEGUN = frozenset({CaseStatus.REPORTED, CaseStatus.ACCEPTED, CaseStatus.DISPATCHED, CaseStatus.REOPENED})


class Correct(CommunityAction):
    """不对，是5号楼."""

    action_name = "action_correct"

    async def act(self, turn: Turn, tracker: Tracker) -> Events:  # noqa: ARG002 - the case knows
        """Change the newest report of this conversation."""
        place = extract_location(turn.text, places_of(self.services.rules))
        category = told_category(turn.text)

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

    async def act(self, turn: Turn, tracker: Tracker) -> Events:
        """Add the place, or ask what happened there."""
        if Draft.from_json(tracker.get_slot("draft")).has_detail:
            return [FollowupAction("hazard_form")]
        place = extract_location(turn.text, places_of(self.services.rules))
        beside = turn.text.replace(place.text, "，") if place is not None else turn.text
        category = told_category(beside)

        def locate(conn: Connection) -> Case | None:
            now = self.services.clock.now()
            case = latest_report(conn, turn.conversation_id, now=now)
            if case is None or place is None or case.address.contradicts(place.address):
                return None
            if category not in (None, case.category):
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
        return self._begin(turn, tracker, place, category)

    def _begin(self, turn: Turn, tracker: Tracker, place: FoundLocation | None, category: str | None) -> Events:
        """Begin a report with a place, or ask what it is about."""
        if place is not None and category is not None:
            reports = read_reports(turn.text, places=places_of(self.services.rules))
            if len(reports) == 1:
                reports = [replace(reports[0], category=category)]
            draft = Draft(reports=tuple(reports), messages=(turn.message,))
            return [SlotSet("draft", draft.to_json()), FollowupAction("hazard_form")]
        told = Draft(messages=(turn.message,))
        if place is not None:
            told = replace(told, address=place.address, location_text=place.text)
        dropped = Draft.from_json(tracker.get_slot("dropped"))
        if dropped.has_detail and is_taken_up(turn.text):
            return [SlotSet("draft", take_up(dropped, told, turn.text).to_json()), FollowupAction("hazard_form")]
        if place is None:
            turn.say(sentence("where_again"), asks="detail")
            return []
        turn.say(sentence("where_what"), asks="detail")
        return [SlotSet("draft", told.to_json())]


class Cancel(CommunityAction):
    """算了不报了."""

    action_name = "action_cancel"

    async def act(self, turn: Turn, tracker: Tracker) -> Events:
        """Drop what was being told, or take back the newest report."""
        draft = Draft.from_json(tracker.get_slot("draft"))
        if draft.has_detail:
            turn.say(sentence("cancelled_draft"))
            return [*forget_report(), SlotSet("dropped", draft.to_json())]
        case = await self.write(lambda conn: self._take_back(conn, turn))
        if case is None:
            turn.say(sentence("nothing_to_cancel"))
        else:
            name = "cancelled_case" if case.status is CaseStatus.CLOSED else "cannot_cancel"
            turn.say(sentence(name, number=case.number), private=turn.in_group, case=case.number)
        dropped = _retold(case) if case is not None and case.status is CaseStatus.CLOSED else None
        return [*forget_report(), SlotSet("dropped", dropped)]

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
    """我家也是: a neighbour has the same trouble as was reported last; what is missing, mostly the place, the form asks for."""

    action_name = "action_same_here"

    async def act(self, turn: Turn, tracker: Tracker) -> Events:  # noqa: ARG002 - the case knows
        """Begin a report of the same."""
        place = extract_location(turn.text, places_of(self.services.rules))
        now = self.services.clock.now()
        case = await self.read(lambda conn: same_trouble(conn, turn.conversation_id, now=now))
        reports = read_reports(turn.text, places=places_of(self.services.rules))
        if case is not None and reports[0].category in (OTHER, UNSPECIFIED, case.category):
            draft = Draft.from_json(_retold(case, beside=turn.text))
        elif reports[0].category not in (OTHER, UNSPECIFIED):
            draft = Draft(reports=tuple(reports))
        else:
            return []
        draft = replace(draft, address=Address(), location_text="", messages=(turn.message,))
        if place is not None:
            draft = replace(draft, address=place.address, location_text=place.text)
        return [SlotSet("draft", draft.to_json())]


def _retold(case: Case, *, beside: str = "") -> dict[str, Any]:
    """What a case told, to be reported once more; beside somebody's own words, it is at another place."""
    report = HazardReport(
        category=case.category or OTHER,
        danger=case.danger and not beside,
        text=f"{beside}（同{case.number}：{case.description}）" if beside else case.description,
        address=Address() if beside else case.address,
        location_text="" if beside else case.location_text,
    )
    return Draft(reports=(report,)).to_json()


def _tell_changed(turn: Turn, what: str, case: Case) -> None:
    said = sentence("changed", number=case.number, what=what, where=case.location_text or "未说明")
    turn.say(said, private=turn.in_group, case=case.number)
