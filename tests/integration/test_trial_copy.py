"""What is tried on a copy leaves the database as it was, whichever it is."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, text

from community.model.actor import Actor
from community.model.staff import Role
from community.store.cases import cases
from community.store.database import Database
from community.store.staff import staff_by_login
from community.store.trial_copy import copy_for_trial
from community.usecases.add_staff import add_staff


def test_the_copy_holds_what_chat_reads_and_writes_go_to_the_copy_alone(
    database: Database, tmp_path: Path, now: datetime
) -> None:
    with database.begin() as conn:
        add_staff(conn, login="wang", name="王工", role=Role.ADMIN, actor=Actor.system("test"), now=now)
    copy = copy_for_trial(database, tmp_path / "copy.db")
    try:
        with copy.begin() as conn:
            assert staff_by_login(conn, "wang") is not None
            conn.execute(text("delete from staff"))
            assert conn.execute(select(func.count()).select_from(cases)).scalar_one() == 0
    finally:
        copy.close()
    with database.reading() as conn:
        assert staff_by_login(conn, "wang") is not None
