"""Kill and pause workers in the middle of campaigns, and count who was lost and who was rung twice.

    python -m benchmarks.kills [--people 3000] [--kills 300] [--pauses 0] [--naive]

On SQLite, and on PostgreSQL where SHOUWANG_TEST_POSTGRES_URL is set.
"""

import argparse
import asyncio
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from community.store.database import Database
from community.store.schema import metadata
from tests.harness.killing import KillPlan, run_kills


@contextmanager
def databases() -> Iterator[list[tuple[str, Database]]]:
    """A fresh database on each backend that is there."""
    url = os.environ.get("SHOUWANG_TEST_POSTGRES_URL", "")
    schema = f"kills_{uuid.uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory() as folder:
        opened = [("SQLite", Database(f"sqlite:///{Path(folder) / 'kills.db'}"))]
        if url:
            with create_engine(url, isolation_level="AUTOCOMMIT").connect() as conn:
                conn.execute(text(f"create schema {schema}"))
            opened.append(("PostgreSQL", Database(url, schema=schema)))
        for _, database in opened:
            metadata.create_all(database.engine)
        yield opened
        for _, database in opened:
            database.close()
        if url:
            with create_engine(url, isolation_level="AUTOCOMMIT").connect() as conn:
                conn.execute(text(f"drop schema {schema} cascade"))


def main() -> None:
    """Print one line for each backend."""
    reading = argparse.ArgumentParser()
    reading.add_argument("--people", type=int, default=3000)
    reading.add_argument("--kills", type=int, default=300)
    reading.add_argument("--pauses", type=int, default=0)
    reading.add_argument("--calls-per-second", type=float, default=20.0)
    reading.add_argument("--naive", action="store_true", help="the control: dial again blindly")
    wanted = reading.parse_args()
    plan = KillPlan(
        people=wanted.people,
        kills=wanted.kills,
        pauses=wanted.pauses,
        calls_per_second=wanted.calls_per_second,
        naive=wanted.naive,
    )
    with databases() as opened:
        for name, database in opened:
            result = asyncio.run(run_kills(database, plan))
            print(
                f"{name}: {result.people} people, {result.kills} kills, {result.pauses} pauses:"
                f" {result.rung} calls, lost {result.lost}, called twice {result.twice}"
                f"{' (control: blind redial)' if plan.naive else ''}"
            )


if __name__ == "__main__":
    main()
