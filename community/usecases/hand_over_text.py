"""Hand what a resident writes by text over to staff, who answer it."""

from community.model.address import Address
from community.model.cases.case import CaseKind, NewCase
from community.texts.say import say
from community.usecases.arrived_text import ArrivedText
from community.usecases.note_case import note_case
from community.usecases.open_case import open_case


def hand_over_text(arrived: ArrivedText, summary: str) -> None:
    """Open a case for staff; what the same number writes on the same day goes onto one.

    Args:
        summary: its summary, a key of community/texts/sms.yml.
    """
    teller = arrived.teller()
    new = NewCase(
        kind=CaseKind.QUESTION,
        source_key=f"{arrived.conversation}:{arrived.today}:{summary}",
        summary=say("sms", summary),
        description=arrived.with_number(arrived.body),
        address=teller.home or Address(),
        grid=teller.grid or None,
        resident_id=teller.resident_id,
        rehearsal=teller.rehearsal,
    )
    opened = open_case(arrived.conn, new, rules=arrived.rules, actor=arrived.actor, now=arrived.now)
    if not opened.created:
        note_case(
            arrived.conn,
            opened.id,
            arrived.body,
            actor=arrived.actor,
            now=arrived.now,
            source_key=f"{arrived.key}:note",
        )
