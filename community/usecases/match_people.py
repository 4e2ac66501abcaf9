"""Match the lists that a questionnaire speaks of with the roster, and check that it speaks of things there are."""

import difflib
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection

from community.errors import InvalidInput, NotFound
from community.model.questionnaires.audience import Audience, EarlierCampaign, Selection
from community.model.questionnaires.questionnaire_check import why_never
from community.model.residents.people_list import PersonRow
from community.model.residents.people_match import MatchedRow, match_rows
from community.store.audiences import Lists, names_on_roster
from community.store.campaigns import campaign_by_id
from community.store.people_lists import find_people

#: Rows of lists by the list's name, as they were read.
GivenLists = Mapping[str, Sequence[PersonRow]]
#: The same, with whom each row means.
MatchedLists = Mapping[str, Sequence[MatchedRow]]

NO_LISTS: GivenLists = {}


def match_lists(conn: Connection, audience: Audience, given: GivenLists) -> MatchedLists:
    """Say whom each row of the lists means that an audience needs.

    Raises:
        InvalidInput: one that it needs was not given, or one was given that it does not speak of.
    """
    if missing := sorted(audience.lists - set(given)):
        raise InvalidInput(
            f"问卷里写了名单“{missing[0]}”，但没有找到这个文件：请把它和问卷放在一起，或者用 --list 给出",
            code="no_list",
        )
    if unused := sorted(set(given) - audience.lists):
        raise InvalidInput(f"问卷里没有用到名单“{unused[0]}”：请在 audience 里写 list: {unused[0]}", code="no_list")
    return {name: match_rows(rows, find_people(conn, rows)) for name, rows in given.items()}


def people_of_lists(lists: MatchedLists) -> Lists:
    """Whom lists name, without the rows that mean nobody."""
    return {name: {row.resident_id for row in rows if row.resident_id is not None} for name, rows in lists.items()}


def check_audience(conn: Connection, audience: Audience) -> None:
    """Refuse an audience that speaks of a campaign, a question or an answer that there is not.

    Raises:
        InvalidInput: each mistake, with its place.
    """
    problems = [problem for where, each in _selections(audience) for problem in _earlier_problems(conn, where, each)]
    if problems:
        raise InvalidInput("\n".join(problems), code="audience")


def unknown_names(conn: Connection, audience: Audience) -> list[str]:
    """What the audience speaks of and the roster does not know: typing errors, mostly; one sentence each."""
    roster = names_on_roster(conn)
    known = {
        "tags": ("标签", roster.tags),
        "grids": ("网格", roster.grids),
        "communities": ("小区", roster.communities),
    }
    said = []
    for where, selection in _selections(audience):
        for key, (kind, names) in known.items():
            for name in getattr(selection, key):
                if name not in names:
                    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
                    like = f"，是不是“{close[0]}”？" if close else "，请核对"
                    said.append(f"{where} 里的{kind}“{name}”在名册里没有{like}")
    return said


def _selections(audience: Audience) -> Iterator[tuple[str, Selection]]:
    yield "audience", audience
    for index, exclusion in enumerate(audience.exclude, start=1):
        yield f"audience.exclude[{index}]", exclusion


def _earlier_problems(conn: Connection, where: str, selection: Selection) -> Iterator[str]:
    earlier: EarlierCampaign | None = selection.campaign
    if earlier is None:
        return
    try:
        questionnaire = campaign_by_id(conn, earlier.id).questionnaire
    except NotFound:
        yield f"{where}.campaign：没有 {earlier.id} 号任务，请用 campaign list 查看编号"
        return
    for question_id, labels in earlier.answers.items():
        asked = next((question for question in questionnaire.questions if question.id == question_id), None)
        if asked is None:
            known = "、".join(question.id for question in questionnaire.questions)
            yield f"{where}.campaign.answers：{earlier.id} 号任务没有题 {question_id}；有：{known}"
            continue
        for label in labels:
            if reason := why_never(asked, label):
                yield f"{where}.campaign.answers.{question_id}：{reason}"
