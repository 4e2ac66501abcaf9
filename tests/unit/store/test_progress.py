"""A campaign's figures and result lines, on both databases."""

from datetime import datetime

import pytest
from sqlalchemy import Connection

from community.files.community_folder import load_rulebook
from community.model.actor import Actor
from community.model.calls.call import Outcome
from community.model.calls.campaign import TargetStatus
from community.settings import load_settings
from community.store import progress, result_lines
from community.store.answers import Answer, save_answer
from community.store.database import Database
from community.usecases.correct_answer import correct_answer
from tests.harness.community_day import Day, add_day

RULES = load_rulebook(load_settings({}))


@pytest.fixture
def day(database: Database, now: datetime) -> Day:
    with database.begin() as conn:
        return add_day(conn, RULES, now)


def figures(conn: Connection, day: Day) -> dict[tuple[str, str, object], int]:
    found = progress.campaign_figures(conn, day.campaign)
    return {(one.question_id, one.label, one.value): one.count for one in found.answers}


def test_targets_and_calls_are_counted(database: Database, day: Day) -> None:
    with database.reading() as conn:
        line = progress.campaign_line(conn, day.campaign)
        found = progress.campaign_figures(conn, day.campaign)
    assert line is not None
    assert (line.total, line.resolved) == (8, 1)
    assert (found.dialled, found.reached, found.calls, found.live_calls) == (1, 1, 1, 0)
    assert found.outcomes == {Outcome.ANSWERED: 1}


def test_a_corrected_answer_is_counted_as_what_was_meant(database: Database, day: Day, now: datetime) -> None:
    with database.begin() as conn:
        assert figures(conn, day)["well", "yes", None] == 1
        correct_answer(conn, day.targets[0], "well", "no", "", rules=RULES, actor=Actor.staff("wangli"), now=now)
        counted = figures(conn, day)
    assert counted["well", "no", None] == 1
    assert ("well", "yes", None) not in counted


def test_options_are_counted_one_by_one_and_numbers_together(database: Database, day: Day, now: datetime) -> None:
    with database.begin() as conn:
        for place, (question, value) in enumerate([("q", "红"), ("q", "红"), ("q", "蓝"), ("n", 36.8), ("n", 39)]):
            answer = Answer(
                target_id=day.targets[place],
                question_id=question,
                attempt_id=None,
                heard="",
                digits="",
                label="value",
                value=value,
                confidence=1.0,
                decided_by="keys",
                rehearsal=True,
                at=now,
            )
            save_answer(conn, answer)
        counted = figures(conn, day)
    assert counted["q", "value", "红"] == 2
    assert counted["q", "value", "蓝"] == 1
    assert counted["n", "value", None] == 2


def test_result_lines_are_filtered_by_status_answer_and_name(database: Database, day: Day) -> None:
    with database.reading() as conn:
        by_status = result_lines.ResultFilter(status=TargetStatus.WAITING)
        assert result_lines.count_results(conn, day.campaign, by_status) == 7
        by_answer = result_lines.ResultFilter(question_id="help", label="none")
        assert [line.name for line in result_lines.list_results(conn, day.campaign, by_answer)] == ["张桂兰"]
        odd = result_lines.ResultFilter(name="%")
        assert result_lines.count_results(conn, day.campaign, odd) == 0


def test_a_transcript_keeps_the_order_in_which_it_was_said(database: Database, day: Day) -> None:
    with database.reading() as conn:
        calls = progress.calls_of_target(conn, day.targets[0])
    assert [said.speaker for said in calls[0].utterances] == [
        "service",
        "service",
        "resident",
        "service",
        "resident",
        "service",
    ]
