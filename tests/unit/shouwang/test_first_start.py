"""What somebody finds who starts for the first time."""

from community.clock import MovableClock
from community.files.community_folder import load_rulebook
from community.settings import load_settings
from community.store.database import Database
from community.store.policies import list_documents
from shouwang.first_start import load_sample_community
from shouwang.wiring import Office


def test_every_sample_document_can_be_asked_about(sqlite: Database, clock: MovableClock) -> None:
    settings = load_settings({})
    office = Office(settings=settings, database=sqlite, clock=clock, rules=load_rulebook(settings))
    assert load_sample_community(office)
    with sqlite.reading() as conn:
        found = {document.file_name for document in list_documents(conn, with_outdated=True)}
    assert found == {path.name for path in (settings.community_dir / "policies").iterdir()}
