"""Who rings us, as far as the conversation needs to know, and what follows once that is clear."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from community.model.calls.call import Direction
from community.store import calls, inbound
from community.store.calls import RunningCall
from community.usecases.receive_call import recognise_caller
from voice.script.dialogue import Dialogue, Phase
from voice.script.turn import CallerKnown, EarlierCall, Inbound, NotThisCaller, Turn

#: Whom we called longer ago does not ring back for that.
_CALLED_SINCE = timedelta(days=3)


def inbound_of(conn: Connection, call: RunningCall, dialogue: Dialogue, now: datetime) -> Inbound | None:
    """What is known of a call that came in; None for a call of ours."""
    if call.direction is Direction.OUTBOUND:
        return None
    people = tuple(str(caller["name"]) for caller in call.dialogue.get("callers", ()))
    # Once the conversation has begun anew for somebody who was asked who they are, its opening is the usual one.
    wanted, greeted = call.aim is not None, dialogue.step > 0 and dialogue.phase is Phase.PICKUP
    if wanted or call.resident_id is None:
        return Inbound(wanted=wanted, people=people, greeted=greeted)
    since = now - _CALLED_SINCE
    earlier = inbound.earlier_call(conn, call.resident_id, since, rehearsal=call.rehearsal)
    told = EarlierCall(earlier.at, earlier.purpose) if earlier is not None else None
    return Inbound(wanted=False, people=people, earlier=told, greeted=greeted)


def met(conn: Connection, call: RunningCall, turn: Turn, kept: Mapping[str, Any]) -> RunningCall | None:
    """The call with what a turn made clear about who rings; None where it made nothing clear.

    Args:
        kept: what the call's document holds beside the conversation.
    """
    callers = list(kept.get("callers", ()))
    if CallerKnown() in turn.effects and callers:
        recognise_caller(conn, call.attempt_id, callers[0], kept, number=call.number, rehearsal=call.rehearsal)
    elif NotThisCaller() in turn.effects and callers:
        inbound.say_who_calls(conn, call.attempt_id, dialogue={**call.dialogue, "callers": callers[1:]})
    else:
        return None
    return calls.running_call(conn, call.attempt_id)
