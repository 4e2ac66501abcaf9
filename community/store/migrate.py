"""Brings a database to the tables this version needs; every command does it first."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from community.errors import Refused
from community.store.database import Database

_SCRIPTS = Path(__file__).parent / "migrations"
_UPGRADE_LOCK = 20_260_715


def upgrade(database: Database) -> bool:
    """Create or upgrade the tables; two processes that start together do it one after the other.

    Returns:
        Whether anything had to be done.

    Raises:
        Refused: the database was made by a newer version of this program, or by another one.
    """
    config = alembic_config()
    scripts = ScriptDirectory.from_config(config)
    head = scripts.get_current_head()
    with database.reading() as conn:
        if _revision(conn) == head:
            return False
    with _unit_of_work(database) as conn:
        if not database.is_sqlite:
            conn.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
        current = _revision(conn)
        if current is None and inspect(conn).get_table_names():
            raise Refused("这个数据库里已经有别的表，但不是守望建立的：请管理员换一个空数据库。")
        if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
            raise Refused("数据库是更新版本的守望建立的：请把程序也更新到那个版本，或换一个数据库。")
        config.attributes["connection"] = conn
        command.upgrade(config, "head")
    return True


@contextmanager
def _unit_of_work(database: Database) -> Iterator[Connection]:
    """One transaction; SQLite, which rebuilds a table to change a column, looks at what points to it at the end."""
    if not database.is_sqlite:
        with database.begin() as conn:
            yield conn
        return
    with database.engine.connect() as conn:
        driver = conn.connection.cursor()
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with conn.begin():
                yield conn
                if conn.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise Refused("升级数据库时发现有记录对不上，数据没有改动：请管理员先备份，再联系维护人员。")
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def alembic_config() -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    return config


def _revision(conn: Connection) -> str | None:
    return MigrationContext.configure(conn).get_current_revision()
