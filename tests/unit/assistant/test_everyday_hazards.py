"""An everyday hazard that only sounds like danger is asked about; what a rule saw, and what is surely danger, raises the alarm."""

from dataclasses import replace

from community.model.hazards.emergency import Emergency
from community.model.hazards.everyday import weighed

HEARD = Emergency(("120",), "medical", "medical", decided_by="opinion", sureness=0.75)
LAMP, LIFT = {"lighting": 0.9, "other": 0.1}, {"elevator": 0.9, "other": 0.1}


def test_a_lamp_that_does_not_burn_is_asked_about() -> None:
    found = weighed(HEARD, LAMP, asked=True)
    assert found is not None
    assert found.suspected


def test_nobody_is_asked_who_did_not_speak_to_the_bot() -> None:
    assert weighed(HEARD, LAMP, asked=False) is None


def test_a_hazard_that_hurts_sooner_needs_less_to_raise_the_alarm() -> None:
    assert weighed(HEARD, LIFT, asked=True) == HEARD


def test_what_is_surely_danger_raises_the_alarm_whatever_it_sounds_like() -> None:
    sure = replace(HEARD, sureness=0.95)
    assert weighed(sure, LAMP, asked=True) == sure


def test_what_a_rule_saw_is_never_doubted_for_it() -> None:
    ruled = replace(HEARD, decided_by="rule", sureness=1.0)
    assert weighed(ruled, LAMP, asked=True) == ruled


def test_an_unsure_guess_changes_nothing() -> None:
    assert weighed(HEARD, {"lighting": 0.4, "other": 0.3}, asked=True) == HEARD
