"""Which documents may be quoted on a given day."""

from datetime import date

from community.model.policies.policy import PolicyDocument, Standing, standings

TODAY = date(2026, 7, 15)
OLD = PolicyDocument(id=1, title="办法", document_number="青〔2022〕1号", effective_on=date(2022, 6, 1))


def new(**changed: object) -> PolicyDocument:
    values: dict[str, object] = {
        "id": 2,
        "title": "办法",
        "document_number": "青〔2026〕1号",
        "effective_on": date(2026, 2, 1),
        "supersedes": ("青〔2022〕1号",),
    }
    return PolicyDocument(**(values | changed))  # type: ignore[arg-type]


def standing(*documents: PolicyDocument, today: date = TODAY) -> dict[int, Standing]:
    return {number: value for number, (value, _) in standings(documents, today).items()}


def test_a_document_in_force_replaces_what_it_supersedes() -> None:
    assert standing(OLD, new()) == {1: Standing.SUPERSEDED, 2: Standing.IN_FORCE}
    assert standings([OLD, new()], TODAY)[1][1] == new()


def test_until_the_new_one_begins_the_old_one_holds() -> None:
    assert standing(OLD, new(), today=date(2026, 1, 31)) == {1: Standing.IN_FORCE, 2: Standing.NOT_YET}


def test_the_last_day_still_counts() -> None:
    document = new(supersedes=(), expires_on=TODAY)
    assert standing(document) == {2: Standing.IN_FORCE}
    assert standing(document, today=date(2026, 7, 16)) == {2: Standing.EXPIRED}


def test_what_was_replaced_does_not_come_back_when_its_successor_expires() -> None:
    assert standing(OLD, new(expires_on=date(2026, 6, 30))) == {1: Standing.SUPERSEDED, 2: Standing.EXPIRED}


def test_an_older_version_of_the_same_number_is_left_out() -> None:
    outdated = PolicyDocument(id=1, title="办法", document_number="青〔2026〕1号", outdated=True)
    assert standing(outdated, new()) == {2: Standing.IN_FORCE}


def test_a_replacement_named_by_title_spares_the_replacing_document_itself() -> None:
    assert standing(OLD, new(supersedes=("办法",))) == {1: Standing.SUPERSEDED, 2: Standing.IN_FORCE}


def test_a_document_without_days_is_in_force() -> None:
    assert standing(PolicyDocument(id=1, title="告示", document_number="无")) == {1: Standing.IN_FORCE}
