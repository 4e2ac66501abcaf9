"""How far it is: status by number or of one's own cases, and 催办."""

from datetime import datetime

from rasa_sdk import Tracker
from sqlalchemy import Connection

from actions.base import CommunityAction, Events
from actions.sentences import sentence
from actions.turn import Turn
from community.model.cases.case import CASE_KIND_NAMES, CASE_STATUS_NAMES, Case, CaseStatus
from community.model.hazards.report_draft import Draft
from community.usecases.case_status import StatusFound, case_status
from community.usecases.note_case import note_case


class CaseStatusAction(CommunityAction):
    """查进度."""

    action_name = "action_case_status"

    async def act(self, turn: Turn, tracker: Tracker) -> Events:  # noqa: ARG002 - nothing is remembered
        """Say how the cases stand, to the person alone."""
        found = await self.read(lambda conn: case_status(conn, turn.text, conversation_id=turn.conversation_id))
        lines = [self._line(case) for case in found.mine]
        lines += [
            sentence("status_foreign", number=number, phone=self.services.rules.phone) for number in found.foreign
        ]
        lines += [sentence("status_unknown", number=number) for number in found.unknown]
        case = found.mine[0].number if found.mine else None
        turn.say("\n".join(lines) or sentence("status_none"), private=bool(lines) and turn.in_group, case=case)
        return []

    def _line(self, case: Case) -> str:
        what = _subject(self, case)
        if case.status is CaseStatus.CLOSED:
            return sentence("status_closed_line", number=case.number, what=what, result=case.result or "")
        since = _day(case.opened_at.astimezone(self.services.rules.timezone))
        status = CASE_STATUS_NAMES[case.status]
        return sentence("status_line", number=case.number, what=what, status=status, since=since)


class Urge(CommunityAction):
    """催办: whoever has the case sees that the resident waits."""

    action_name = "action_urge"

    async def act(self, turn: Turn, tracker: Tracker) -> Events:
        """Note it on the case meant, or on the newest open one; while a report is being told, only its place is wanting."""

        def urge(conn: Connection) -> Case | None:
            found: StatusFound = case_status(conn, turn.text, conversation_id=turn.conversation_id)
            case = next((one for one in found.mine if one.status.is_open), None)
            if case is None:
                return None
            now = self.services.clock.now()
            return note_case(conn, case.id, turn.text, actor=turn.actor, now=now, source_key=turn.key("urge"))

        case = await self.write(urge)
        if case is None and Draft.from_json(tracker.get_slot("draft")).has_detail:
            turn.say(sentence("urge_draft"))
        elif case is None:
            turn.say(sentence("urge_none"), asks="detail")
        else:
            status = CASE_STATUS_NAMES[case.status]
            said = sentence("urged", number=case.number, status=status)
            turn.say(said, private=turn.in_group, case=case.number)
        return []


def _subject(action: CommunityAction, case: Case) -> str:
    hazard = action.services.rules.hazards.get(case.category or "")
    return hazard.name if hazard else CASE_KIND_NAMES[case.kind]


def _day(moment: datetime) -> str:
    return f"{moment.month}月{moment.day}日"
