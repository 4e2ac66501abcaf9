"""What staff may do with a case: each verb reads the fields it needs and calls its use case; pages and API share it."""

from collections.abc import Mapping
from datetime import date

from community.errors import InvalidInput
from community.usecases.acknowledge_case import acknowledge_case
from community.usecases.cancel_case import cancel_case
from community.usecases.change_case import change_case
from community.usecases.close_case import close_case
from community.usecases.hand_over_case import hand_over_case
from community.usecases.note_case import note_case
from community.usecases.reopen_case import reopen_case
from community.usecases.return_case import return_case
from community.usecases.suspend_case import suspend_case
from console.errands import Errand, Verb
from console.forms import Fields


def _acknowledge(errand: Errand) -> object:
    return acknowledge_case(errand.conn, errand.id, rules=errand.rules, actor=errand.actor, now=errand.now)


def _close(errand: Errand) -> object:
    return close_case(errand.conn, errand.id, errand.fields.text("result"), actor=errand.actor, now=errand.now)


def _hand_over(errand: Errand) -> object:
    to_login, reason = errand.fields.text("to"), errand.fields.text("reason")
    return hand_over_case(
        errand.conn, errand.id, to_login, reason, rules=errand.rules, actor=errand.actor, now=errand.now
    )


def _note(errand: Errand) -> object:
    return note_case(errand.conn, errand.id, errand.fields.text("text"), actor=errand.actor, now=errand.now)


def _give_back(errand: Errand) -> object:
    reason = errand.fields.text("reason")
    return return_case(errand.conn, errand.id, reason, rules=errand.rules, actor=errand.actor, now=errand.now)


def _suspend(errand: Errand) -> object:
    try:
        until = date.fromisoformat(errand.fields.text("until"))
    except ValueError:
        raise InvalidInput("挂账日期没有填对：请选一个日期，例如 2026-07-20。") from None
    reason = errand.fields.text("reason")
    return suspend_case(errand.conn, errand.id, until, reason, rules=errand.rules, actor=errand.actor, now=errand.now)


def _reopen(errand: Errand) -> object:
    reason = errand.fields.text("reason")
    return reopen_case(errand.conn, errand.id, reason, rules=errand.rules, actor=errand.actor, now=errand.now)


def _cancel(errand: Errand) -> object:
    reason = errand.fields.text("reason")
    return cancel_case(errand.conn, errand.id, rules=errand.rules, actor=errand.actor, now=errand.now, reason=reason)


def _correct(errand: Errand) -> object:
    fields = errand.fields
    return change_case(
        errand.conn,
        errand.id,
        rules=errand.rules,
        actor=errand.actor,
        now=errand.now,
        location_text=fields.text("location_text") if "location_text" in fields else None,
        category=fields.text("category") or None,
        danger=_yes_or_no(fields, "danger"),
        summary=fields.text("summary") or None,
        reason=fields.text("reason"),
    )


def _yes_or_no(fields: Fields, name: str) -> bool | None:
    """What was ticked; None when nothing was said about it, so that a correction of the place calms no emergency."""
    answers: dict[str, bool | None] = {"yes": True, "no": False, "": None}
    said = fields.text(name)
    if said not in answers:
        raise InvalidInput(f"{name} 只能是 yes 或 no：请重新选择。")
    return answers[said]


CASE_CHANGES: Mapping[str, Verb] = {
    "acknowledge": (_acknowledge, "acknowledged"),
    "close": (_close, "closed"),
    "hand-over": (_hand_over, "handed_over"),
    "note": (_note, "noted"),
    "return": (_give_back, "returned"),
    "suspend": (_suspend, "suspended"),
    "reopen": (_reopen, "reopened"),
    "cancel": (_cancel, "cancelled"),
    "correct": (_correct, "corrected"),
}
