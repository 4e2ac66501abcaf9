"""What residents and their families write about our calls: 不要再打电话, and 不要给我爸打电话了, each asked about once."""

from sqlalchemy import Connection

from community.files.answer_knowledge import load_answer_opinion
from community.model.address import Address
from community.model.calls.retry import OPTED_OUT_REASON
from community.model.calls.text_message import TextKind
from community.model.cases.case import Case, CaseKind, NewCase
from community.model.meaning import Label, Reading, understand
from community.model.meaning.call.asides import wants_opt_out
from community.model.meaning.call.for_another import wants_no_calls_for_another
from community.model.meaning.speech import plain
from community.model.questionnaires.questionnaire import Question, QuestionKind
from community.store.cases import case_by_source_key
from community.store.inbound import possible_callers
from community.store.targets import exclude_waiting, person_of
from community.store.texts import TextMessage
from community.texts.say import say
from community.usecases.arrived_text import ArrivedText
from community.usecases.hand_over_text import hand_over_text
from community.usecases.invite_by_text import addressed
from community.usecases.note_case import note_case
from community.usecases.open_case import open_case
from community.usecases.opt_out import opt_out

_NO_CALLS = Question(id="no_calls", kind=QuestionKind.YES_NO, say="以后都别打了吗？")


def answer_about_calls(arrived: ArrivedText) -> bool:
    """Take the answer to whether we are never to call again, them or somebody else; False where neither was asked."""
    asked = next((text for text in arrived.history if text.direction == "out"), None)
    if asked is None:
        return False
    if asked.kind is TextKind.NO_CALLS and asked.resident_id is not None:
        return _about_themselves(arrived, asked.resident_id)
    return asked.kind is TextKind.FOR_ANOTHER and _about_another(arrived, asked)


def hear_about_calls(arrived: ArrivedText) -> bool:
    """Take the wish that we call no more, from somebody who is asked nothing; False where none is said."""
    said = plain(arrived.body)
    if wants_no_calls_for_another(said):
        _ask_for_another(arrived)
    elif arrived.residents and wants_opt_out(said):
        _ask_about_calls(arrived)
    else:
        return False
    return True


def _about_themselves(arrived: ArrivedText, resident_id: int) -> bool:
    if wants_no_calls_for_another(plain(arrived.body)):
        _ask_for_another(arrived)
        return True
    reading = _read(arrived)
    if reading.label == Label.NO:
        arrived.answer(say("sms", "calls_kept"), TextKind.REPLY)
        return True
    if reading.label != Label.YES and not wants_opt_out(plain(arrived.body)):
        return False
    person = person_of(arrived.conn, resident_id)
    if person.sample or not arrived.line.rehearsal:
        opt_out(arrived.conn, person.resident_id, reason="短信要求不要再打电话", actor=arrived.actor, now=arrived.now)
        exclude_waiting(arrived.conn, resident_id=person.resident_id, reason=OPTED_OUT_REASON, now=arrived.now)
    who = addressed(arrived.conn, person.resident_id)
    arrived.answer(say("sms", "no_calls", addressed=who, phone=arrived.rules.phone), TextKind.REPLY)
    return True


def _ask_about_calls(arrived: ArrivedText) -> None:
    written_to = [text.resident_id for text in arrived.history if text.direction == "out" and text.resident_id]
    own = [resident_id for resident_id, _ in arrived.residents]
    whose = next((resident for resident in written_to if resident in own), own[0] if len(own) == 1 else None)
    if whose is None:
        hand_over_text(arrived, "no_calls_case")
        arrived.answer(say("sms", "no_calls_whose", phone=arrived.rules.phone), TextKind.REPLY)
        return
    who = addressed(arrived.conn, whose)
    arrived.answer(say("sms", "no_calls_ask", addressed=who), TextKind.NO_CALLS, resident_id=whose)


def _read(arrived: ArrivedText) -> Reading:
    digits = plain(arrived.body) if plain(arrived.body) in {"1", "2"} else ""
    words = "" if digits else arrived.body
    return understand(_NO_CALLS, words, digits, None, arrived.today, opinion=load_answer_opinion())


def _ask_for_another(arrived: ArrivedText) -> None:
    """Let staff see who it is; a number that we know is asked whether we understood, any other whom it is about."""
    people = possible_callers(arrived.conn, arrived.received.number)
    known = people[0] if len(people) == 1 else None
    new = NewCase(
        kind=CaseKind.LIST_CHECK,
        source_key=f"{arrived.key}:for_another",
        summary=say("writing", "for_another_case") if known else say("sms", "for_another_case"),
        description=arrived.with_number(f"原话：{arrived.body}"),
        address=known.address if known else Address(),
        grid=(known.grid or None) if known else None,
        resident_id=known.resident_id if known else None,
        rehearsal=arrived.line.rehearsal,
    )
    open_case(arrived.conn, new, rules=arrived.rules, actor=arrived.actor, now=arrived.now)
    # Nobody's name is told: whoever writes may be anybody.
    ask = say("sms", "for_another_ask") if known else say("sms", "for_another_who", phone=arrived.rules.phone)
    arrived.answer(ask, TextKind.FOR_ANOTHER, resident_id=known.resident_id if known else None)


def _about_another(arrived: ArrivedText, asked: TextMessage) -> bool:
    reading = _read(arrived)
    case = _case_asked_about(arrived.conn, arrived, asked)
    agreed = reading.label == Label.YES or wants_no_calls_for_another(plain(arrived.body))
    denied = reading.label == Label.NO and not agreed
    if not (denied or agreed) and asked.resident_id is not None:
        return False
    if case is not None and case.status.is_open:
        note_case(arrived.conn, case.id, arrived.body, actor=arrived.actor, now=arrived.now, source_key=arrived.key)
    told = "calls_kept" if denied else "for_another"
    arrived.answer(say("sms", told, phone=arrived.rules.phone), TextKind.REPLY)
    return True


def _case_asked_about(conn: Connection, arrived: ArrivedText, asked: TextMessage) -> Case | None:
    before = next((text for text in arrived.history if text.id == asked.reply_to), None)
    if before is None:
        return None
    return case_by_source_key(conn, f"text:{arrived.line.name}:{before.carrier_id}:for_another")
