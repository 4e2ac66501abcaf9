"""What staff may do with a campaign: each verb reads the fields it needs and calls its use case; pages and API share it."""

from collections.abc import Mapping

from community.errors import InvalidInput
from community.usecases.approve_campaign import approve_campaign
from community.usecases.ask_for_rehearsal import ask_for_rehearsal
from community.usecases.cancel_campaign import cancel_campaign
from community.usecases.launch_campaign import launch_campaign
from community.usecases.pause_campaign import pause_campaign
from community.usecases.raise_ceiling import raise_ceiling
from community.usecases.resume_campaign import resume_campaign
from console.errands import Errand, Verb

_MOST = 10_000_000


def _approve(errand: Errand) -> None:
    seen = errand.fields.text("seen")
    approve_campaign(
        errand.conn,
        errand.id,
        rules=errand.rules,
        actor=errand.actor,
        now=errand.now,
        seen=int(seen) if seen.isdecimal() else None,
    )


def _rehearse(errand: Errand) -> None:
    ask_for_rehearsal(errand.conn, errand.id, rules=errand.rules, actor=errand.actor, now=errand.now)


def _launch(errand: Errand) -> object:
    return launch_campaign(
        errand.conn,
        errand.id,
        rules=errand.rules,
        actor=errand.actor,
        now=errand.now,
        rehearsal=errand.desk.is_simulated and errand.fields.text("rehearsal") == "yes",
        override_reason=errand.fields.text("override_reason") or None,
    )


def _pause(errand: Errand) -> None:
    reason = errand.fields.text("reason")
    pause_campaign(errand.conn, errand.id, reason=reason, actor=errand.actor, now=errand.now)


def _resume(errand: Errand) -> None:
    resume_campaign(errand.conn, errand.id, actor=errand.actor, now=errand.now)


def _cancel(errand: Errand) -> object:
    reason = errand.fields.text("reason")
    return cancel_campaign(errand.conn, errand.id, reason=reason, actor=errand.actor, now=errand.now)


def _raise(errand: Errand) -> object:
    wanted = {name: _whole_number(errand.fields.text(name)) for name in ("max_calls", "max_minutes")}
    return raise_ceiling(errand.conn, errand.id, **wanted, actor=errand.actor, now=errand.now)


def _whole_number(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text) <= _MOST:
        raise InvalidInput("上限要写成整数，例如 500。")
    return int(text)


CAMPAIGN_CHANGES: Mapping[str, Verb] = {
    "rehearse": (_rehearse, "rehearsing"),
    "approve": (_approve, "approved"),
    "launch": (_launch, "launched"),
    "pause": (_pause, "paused"),
    "resume": (_resume, "resumed"),
    "cancel": (_cancel, "stopped"),
    "raise": (_raise, "raised"),
}
