"""Between resident and staff: 转人工, what the assistant did not understand twice, and who may know who reported."""

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from sqlalchemy import Connection

from actions.base import CommunityAction, Events
from actions.sentences import sentence
from actions.turn import Turn
from community.model.address_text import extract_location
from community.model.cases.case import CaseKind
from community.model.hazards.hazard_report import corrected_category, read_reports
from community.model.hazards.report_draft import Draft, retold
from community.usecases.ask_staff import ask_staff
from community.usecases.change_report import latest_report
from community.usecases.note_case import note_case
from community.usecases.raise_emergency import places_of

_NOT_UNDERSTOOD = "nlu_fallback"


class AskHuman(CommunityAction):
    """转人工: a call-back case."""

    action_name = "action_ask_human"

    async def act(self, turn: Turn, tracker: Tracker) -> Events:  # noqa: ARG002 - nothing is remembered
        """Open it and say the number to ring meanwhile."""
        number = await hand_over(self, turn, CaseKind.CALLBACK)
        turn.say(sentence("human", number=number, phone=self.services.rules.phone), case=number)
        return []


class Fallback(CommunityAction):
    """Not understood: ask once; not understood again, a person reads it."""

    action_name = "action_fallback"

    async def act(self, turn: Turn, tracker: Tracker) -> Events:
        """Ask, or hand over."""
        if not _was_lost_before(tracker):
            turn.say(sentence("fallback_once"))
            return []
        number = await hand_over(self, turn, CaseKind.QUESTION)
        turn.say(sentence("fallback_case", number=number), case=number)
        return []


class KeepPrivate(CommunityAction):
    """别说是我报的: promised, and written beside the report so that whoever goes there knows."""

    action_name = "action_keep_private"

    async def act(self, turn: Turn, tracker: Tracker) -> Events:
        """Promise, and note it on what is being told or was told last."""
        turn.say(sentence("privacy"))
        draft = Draft.from_json(tracker.get_slot("draft"))
        if draft.has_detail:
            return [SlotSet("draft", retold(draft, turn.text).to_json())]
        if corrected_category(turn.text) is not None and extract_location(turn.text, places_of(self.services.rules)):
            # 别说是我报的，10栋楼上天天扔垃圾: the report itself stands in the same message.
            reports = read_reports(turn.text, places=places_of(self.services.rules), guesses=turn.guesses)
            told = Draft(reports=tuple(reports), messages=(turn.message,))
            return [SlotSet("draft", told.to_json()), FollowupAction("hazard_form")]

        def note(conn: Connection) -> None:
            now = self.services.clock.now()
            case = latest_report(conn, turn.conversation_id, now=now)
            if case is not None:
                note_case(conn, case.id, turn.text, actor=turn.actor, now=now, source_key=turn.key("privacy"))

        await self.write(note)
        return []


async def hand_over(action: CommunityAction, turn: Turn, kind: CaseKind) -> str:
    """Open a case with the resident's words and return its number."""
    now = action.services.clock.now()
    opened = await action.write(
        lambda conn: ask_staff(
            conn,
            kind,
            turn.text,
            source_key=turn.key(kind),
            conversation_id=turn.conversation_id,
            reporter_name=turn.person,
            rules=action.services.rules,
            now=now,
        )
    )
    return opened.number


def _was_lost_before(tracker: Tracker) -> bool:
    """Whether the message before this one was not understood either."""
    said = [event for event in tracker.events if event.get("event") == "user"]
    if len(said) < 2:
        return False
    intent = (said[-2].get("parse_data") or {}).get("intent") or {}
    return bool(intent.get("name") == _NOT_UNDERSTOOD)
