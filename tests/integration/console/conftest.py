"""A console with a lively day in its database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from community.clock import MovableClock
from community.store.database import Database
from tests.harness.console import Site, console_site


@pytest.fixture
async def site(sqlite: Database, clock: MovableClock, tmp_path: Path) -> AsyncIterator[Site]:
    async with console_site(sqlite, clock, tmp_path / "data") as ready:
        yield ready
