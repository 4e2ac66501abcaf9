"""Take what a resident writes by text message: danger first, then 退订, then the answer to the question that is open.

Everything a message does commits together with the message itself, the answer to it included: the same message again does
nothing, and an answer is neither lost nor sent twice.
"""

import re
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from community.model.calls.line import Line
from community.model.calls.text_message import TextKind, TextProblem, TextStatus
from community.model.calls.text_rules import only_polite, wants_no_texts, wants_texts_again
from community.model.hazards.wish import Understood
from community.model.meaning.speech import plain
from community.model.residents.check_in import says_no_danger
from community.model.rulebook import Rulebook
from community.store import audit
from community.store import texts as store
from community.texts.say import say
from community.usecases.answer_by_text import Answered, answer_by_text, go_on_by_text, open_targets
from community.usecases.arrived_text import ArrivedText, ReceivedText
from community.usecases.hand_over_text import hand_over_text
from community.usecases.recognise_emergency import recognise_emergency
from community.usecases.text_about_calls import answer_about_calls, hear_about_calls
from community.usecases.text_in_danger import answer_danger, cries_for_help, danger_in

_E164 = re.compile(r"\+[1-9]\d{5,14}")


def receive_text(
    conn: Connection,
    received: ReceivedText,
    *,
    line: Line,
    rules: Rulebook,
    now: datetime,
    understood: Understood | None = None,
) -> bool:
    """Take one message; return False when it was taken before.

    Args:
        line: by which it came, and by which the answer goes.
        understood: what the assistant makes of it as a report; None where it was not there to ask.
    """
    store.hold_number(conn, received.number)
    # One that was fetched late stands where it was written: what came after it has overtaken it.
    written_at = min(received.written_at or now, now)
    text_id = store.insert_text(
        conn,
        key=f"in:{line.name}:{received.carrier_id}",
        direction="in",
        kind=TextKind.INCOMING,
        number=received.number,
        own_number=received.own_number,
        carrier=line.name,
        carrier_id=received.carrier_id,
        body=received.body,
        status=TextStatus.RECEIVED,
        rehearsal=line.rehearsal,
        now=written_at,
    )
    if text_id is None:
        return False
    arrived = ArrivedText(
        conn=conn, id=text_id, received=received, line=line, rules=rules, now=now, understood=understood
    )
    if _E164.fullmatch(received.number):
        overtaken = arrived.overtaken_by and not cries_for_help(arrived.body)
        (_take_overtaken if overtaken else _take)(arrived)
    audit.append(conn, at=now, actor=arrived.actor, action="text.received", subject=f"text:{text_id}", detail={})
    return True


def _take(arrived: ArrivedText) -> None:
    """Do what the message asks for, and answer it."""
    danger = danger_in(arrived)
    if answer_danger(arrived, danger) or _no_danger(arrived) or _about_texts(arrived) or answer_about_calls(arrived):
        return
    answered = answer_by_text(
        arrived.conn,
        arrived.body,
        arrived.history,
        line=arrived.line,
        rules=arrived.rules,
        actor=arrived.actor,
        now=arrived.now,
        understood=arrived.understood,
    )
    if answered is not None and answered.kind is TextKind.EMERGENCY:
        # Their conversation heard the danger and raised it: they are told whom to call, not asked whether it is one.
        arrived.answer(answered.say, answered.kind, answered)
        return
    if danger is not None and arrived.asked(TextKind.DANGER_ASK) is None:
        _ask_about_danger(arrived, answered)
    elif answered is None:
        _nothing_open(arrived)
    elif arrived.received.pictures and not arrived.body.strip():
        arrived.answer(say("sms", "picture", phone=arrived.rules.phone), TextKind.REPLY, answered)
    else:
        arrived.answer(answered.say, answered.kind, answered)


def _ask_about_danger(arrived: ArrivedText, answered: Answered | None) -> None:
    if answered is None:
        # Whoever does not say yes, or nothing any more, is not forgotten.
        hand_over_text(arrived, "question_case" if arrived.residents else "stranger_case")
    # Nothing is asked beside it: a yes must be a yes to this.
    asked = replace(answered, question_id=None) if answered else None
    arrived.answer(say("emergency", "suspected"), TextKind.DANGER_ASK, asked)


def _no_danger(arrived: ArrivedText) -> bool:
    """没有, to whether somebody is in danger, answers no question of ours: that is asked again."""
    denied = says_no_danger(arrived.body) or plain(arrived.body) == "2"
    if arrived.asked(TextKind.DANGER_ASK) is None or not denied:
        return False
    first = say("sms", "no_danger")
    again = go_on_by_text(arrived.conn, arrived.history, first=first, now=arrived.now)
    if again is not None:
        arrived.answer(again.say, again.kind, again)
    else:
        arrived.answer(say("sms", "no_danger_over", phone=arrived.rules.phone), TextKind.REPLY)
    return True


def _take_overtaken(arrived: ArrivedText) -> None:
    """Take a text that was fetched late, when its writer had written again: it answers no question of ours any more.

    Neither does it end a danger told since, nor undo what they have wished since; what it says is left to staff.
    """
    found = recognise_emergency(arrived.body)
    if found is not None:
        arrived.answer(say("emergency", "suspected"), TextKind.DANGER_ASK)
    elif arrived.received.unsubscribed or wants_no_texts(arrived.body, asked=True):
        if not any(wants_texts_again(text.body) for text in arrived.overtaken_by):
            _about_texts(arrived)
    elif not wants_texts_again(arrived.body) and not only_polite(arrived.body):
        hand_over_text(arrived, "question_case" if arrived.residents else "stranger_case")


def _about_texts(arrived: ArrivedText) -> bool:
    """退订 and 恢复, whoever has obeyed them already."""
    told = arrived.received.unsubscribed
    people = [resident_id for resident_id, _ in arrived.residents]
    if told or wants_no_texts(arrived.body, asked=_is_asked(arrived)):
        if arrived.counts():
            store.refuse_texts(arrived.conn, arrived.received.number, TextProblem.UNSUBSCRIBED, arrived.now)
            store.opt_out_of_texts(arrived.conn, people, arrived.now)
            arrived.write_line("text.opted_out", people)
        if not told:
            arrived.answer(say("sms", "goodbye"), TextKind.GOODBYE)
        return True
    if told is False or wants_texts_again(arrived.body):
        store.allow_texts(arrived.conn, arrived.received.number, people)
        arrived.write_line("text.opted_in", people)
        if told is None:
            arrived.answer(say("sms", "back_again"), TextKind.REPLY)
        return True
    return False


def _is_asked(arrived: ArrivedText) -> bool:
    """Whether our last text asks something that is still open."""
    last = next((text for text in arrived.history if text.direction == "out"), None)
    if last is None or last.question_id is None:
        return last is not None and last.kind in {TextKind.NO_CALLS, TextKind.FOR_ANOTHER}
    return any(
        target == last.target_id for target, _, _ in open_targets(arrived.conn, arrived.history, now=arrived.now)
    )


def _nothing_open(arrived: ArrivedText) -> None:
    phone = arrived.rules.phone
    if arrived.received.pictures and not arrived.body.strip():
        arrived.answer(say("sms", "picture", phone=phone), TextKind.REPLY)
    elif hear_about_calls(arrived):
        return
    elif not only_polite(arrived.body):
        hand_over_text(arrived, "question_case" if arrived.residents else "stranger_case")
        arrived.answer(say("sms", "nothing_open", phone=phone), TextKind.REPLY)
    elif not any(text.direction == "out" for text in arrived.history):
        arrived.answer(say("sms", "greeting", community=arrived.rules.name, phone=phone), TextKind.REPLY)
