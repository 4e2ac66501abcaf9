"""The composition root: what each process needs, put together in one place."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import OperationalError

from community.clock import Clock, SystemClock
from community.errors import SettingError, Unavailable
from community.files.community_folder import load_rulebook
from community.model.rulebook import Rulebook
from community.settings import Settings, load_settings
from community.store.database import Database
from community.store.database_clock import DatabaseClock
from community.store.migrate import upgrade


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What every command works with."""

    settings: Settings
    database: Database
    clock: Clock
    rules: Rulebook


def _make_data_dir(path: Path) -> None:
    try:
        # Names and numbers lie in it: nobody else on the machine may look.
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(
            f"SHOUWANG_DATA_DIR={path} 用不了（{error.strerror}）：请换一个能写的目录，例如 SHOUWANG_DATA_DIR=data"
        ) from error


def _clock_of(database: Database) -> Clock:
    """This machine's clock; where several machines may share the database, the database's."""
    if database.is_sqlite:
        return SystemClock()
    clock = DatabaseClock(SystemClock())
    with database.reading() as conn:
        clock.set(conn)
    return clock


@contextmanager
def open_office(settings: Settings | None = None, *, clock: Clock | None = None) -> Iterator[Office]:
    """Open the database, created or upgraded as needed, and the community's rules.

    Raises:
        SettingError: a setting is wrong.
        Unavailable: the database cannot be reached.
    """
    settings = settings or load_settings()
    rules = load_rulebook(settings)
    _make_data_dir(settings.data_dir)
    database = Database(settings.database_url)
    try:
        try:
            upgrade(database)
        except OperationalError as error:
            raise Unavailable(
                "连不上数据库：请管理员检查 SHOUWANG_DATABASE_URL 和数据库是否已启动，或者 SHOUWANG_DATA_DIR 是否可写。"
            ) from error
        yield Office(settings=settings, database=database, clock=clock or _clock_of(database), rules=rules)
    finally:
        database.close()
