"""Somebody in danger writes a text: told whom to call before anything else, raised at the highest priority, asked where unsure."""

from dataclasses import replace
from typing import Any

from community.model.address import Address
from community.model.calls.text_message import TextKind
from community.model.cases.case import CaseKind, NewCase, Priority
from community.model.hazards.afterwards import says_yes
from community.model.hazards.distress import DISTRESS_NAMES, kind_of
from community.model.hazards.emergency import Emergency
from community.model.meaning.call.asides import is_distress
from community.model.meaning.speech import plain
from community.store.cases import case_by_id
from community.store.targets import target_by_id
from community.texts.say import say
from community.usecases.answer_by_text import open_targets, weigh_in_text
from community.usecases.arrived_text import ArrivedText
from community.usecases.note_case import note_case
from community.usecases.open_case import open_case
from community.usecases.raise_emergency import place_emergency, raise_emergency
from community.usecases.recognise_emergency import recognise_emergency
from community.usecases.stand_down_emergency import stand_down_emergency

_ADVICE = {"gas": "gas", "fire": "fire", "despair": "suicide", "police": "violence", "medical": "medical"}


def cries_for_help(body: str) -> bool:
    """Whether a text tells of danger by itself, whatever was said before."""
    found = recognise_emergency(body)
    return is_distress(plain(body)) or (found is not None and not found.suspected)


def danger_in(arrived: ArrivedText) -> Emergency | None:
    """The danger that a text tells of, or may tell of; an answer to the question that is open tells of none."""
    found = recognise_emergency(arrived.body)
    if found is None:
        return None
    return weigh_in_text(arrived.conn, found, arrived.body, arrived.history, today=arrived.today, now=arrived.now)


def answer_danger(arrived: ArrivedText, danger: Emergency | None) -> bool:
    """Tell somebody in danger whom to call, and raise it, before anything else.

    Args:
        danger: what `danger_in` found.
    """
    crying = is_distress(plain(arrived.body))
    if crying and open_targets(arrived.conn, arrived.history, now=arrived.now):
        # The conversation they are in raises it, and asks them nothing more.
        return False
    emergency, told = _emergency(arrived, danger)
    if emergency is not None:
        raised = raise_emergency(
            arrived.conn,
            emergency,
            text=told,
            conversation_id=arrived.conversation,
            message=arrived.key,
            rules=arrived.rules,
            now=arrived.now,
            teller=arrived.teller(),
        )
        arrived.answer(raised.text, TextKind.EMERGENCY)
    elif crying:
        _cry_for_help(arrived)
    else:
        return _after_danger(arrived) or _adds_to_cry(arrived)
    return True


def _emergency(arrived: ArrivedText, danger: Emergency | None) -> tuple[Emergency | None, str]:
    """The danger that this message tells of, or that it confirms, and the words that told of it."""
    if danger is not None and not danger.suspected:
        return danger, arrived.body
    asked = arrived.asked(TextKind.DANGER_ASK)
    before = next((text for text in arrived.history if asked is not None and text.id == asked.reply_to), None)
    # All our other texts are answered with 1: whoever writes it here has not answered another question.
    agreed = says_yes(arrived.body) or plain(arrived.body) == "1"
    suspected = recognise_emergency(before.body) if before is not None and agreed else None
    if before is None or suspected is None:
        return None, arrived.body
    return replace(suspected, suspected=False, decided_by="asked"), f"{before.body}\n{arrived.body}"


def _after_danger(arrived: ArrivedText) -> bool:
    """Where somebody in danger is, and that it has passed."""
    key = arrived.key
    where: dict[str, Any] = {
        "conversation_id": arrived.conversation,
        "message": key,
        "rules": arrived.rules,
        "now": arrived.now,
    }
    over = stand_down_emergency(arrived.conn, text=arrived.body, **where)
    if over is not None:
        arrived.answer(say("emergency", "over", number=over.number), TextKind.REPLY)
        return True
    just_told = arrived.asked(TextKind.EMERGENCY) is not None
    placed = place_emergency(arrived.conn, text=arrived.body, just_told=just_told, **where)
    if placed is not None:
        arrived.answer(placed.text, TextKind.EMERGENCY)
    return placed is not None


def _adds_to_cry(arrived: ArrivedText) -> bool:
    """What somebody writes who has just been told whom to call goes onto the case of their cry for help."""
    told = arrived.asked(TextKind.EMERGENCY)
    if told is None:
        return False
    target = target_by_id(arrived.conn, told.target_id) if told.target_id is not None else None
    if target is None or target.case_id is None or not case_by_id(arrived.conn, target.case_id).status.is_open:
        return False
    note_case(
        arrived.conn,
        target.case_id,
        arrived.body,
        actor=arrived.actor,
        now=arrived.now,
        source_key=arrived.key,
    )
    arrived.answer(say("sms", "added"), TextKind.EMERGENCY, resident_id=told.resident_id, target_id=told.target_id)
    return True


def _cry_for_help(arrived: ArrivedText) -> None:
    kind = kind_of(plain(arrived.body))
    teller = arrived.teller()
    new = NewCase(
        kind=CaseKind.WORRYING,
        source_key=f"{arrived.key}:distress",
        summary=say("sms", "distress_case", kind=DISTRESS_NAMES[kind]),
        description=arrived.with_number(f"原话：{arrived.body}"),
        priority=Priority.EMERGENCY,
        danger=True,
        address=teller.home or Address(),
        grid=teller.grid or None,
        resident_id=teller.resident_id,
        rehearsal=teller.rehearsal,
    )
    open_case(arrived.conn, new, rules=arrived.rules, actor=arrived.actor, now=arrived.now)
    advice = say("emergency", f"advice.{_ADVICE[kind]}", gas_phone=arrived.rules.gas_phone)
    arrived.answer(say("writing", "emergency", advice=advice), TextKind.EMERGENCY)
