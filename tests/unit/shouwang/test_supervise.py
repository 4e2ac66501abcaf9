"""Child processes end with their parent, however it ends, and come back when they end by themselves."""

import asyncio
import sys
from pathlib import Path

import pytest

from shouwang.supervise import Child, keep_alive
from tests.harness.service_process import until

_PARENT = """
import asyncio, sys
from pathlib import Path
from shouwang.supervise import Child, keep_alive

child = Child(name="child", argv=[sys.executable, "-c", sys.argv[2]], env={}, log_file=Path(sys.argv[1]))
asyncio.run(keep_alive(child, asyncio.Event()))
"""
_CHILD = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
async def test_no_orphan_is_left_by_a_parent_that_was_killed(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", _PARENT, str(log), _CHILD)
    try:
        await until(lambda: _first_line(log))
    finally:
        parent.kill()
        await parent.wait()
    child = int(_first_line(log))
    await until(lambda: not _lives(child))
    assert not _lives(child)


async def test_a_child_that_ends_is_started_again_until_told_to_stop(tmp_path: Path) -> None:
    log, stop = tmp_path / "child.log", asyncio.Event()
    child = Child(name="child", argv=[sys.executable, "-c", "print('began')"], env={}, log_file=log)
    watching = asyncio.create_task(keep_alive(child, stop))
    await until(lambda: log.exists() and log.read_text().count("began") >= 2)
    stop.set()
    async with asyncio.timeout(20):
        await watching
    assert log.read_text().replace("began", "").strip() == "", "the child itself wrote all there is"


def _first_line(log: Path) -> str:
    return log.read_text().partition("\n")[0] if log.exists() else ""


def _lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
