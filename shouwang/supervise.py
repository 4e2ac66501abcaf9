"""Keeps child processes alive: starts them, restarts one that dies, and stops them all together."""

import asyncio
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from shouwang.loops import rest

log = structlog.get_logger(__name__)

_STOP_SECONDS = 10.0
_BACK_OFF_SECONDS = (1.0, 2.0, 5.0, 15.0, 30.0)
#: Makes the child end with us even where we are killed, which leaves no orphan behind.
_LEASH = [sys.executable, "-I", "-S", str(Path(__file__).with_name("leash.py"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A process to keep alive.

    Attributes:
        log_file: where its output goes.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log_file: Path


async def keep_alive(child: Child, stop: asyncio.Event) -> None:
    """Run a child until `stop` is set; start it again, later and later, whenever it ends by itself."""
    failures = 0
    while not stop.is_set():
        process = await _start(child)
        ended, stopped = asyncio.create_task(process.wait()), asyncio.create_task(stop.wait())
        await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if stop.is_set():
            await _end(process)
            return
        log.warning("child_died", child=child.name, exit_code=process.returncode, log=child.log_file.name)
        await rest(stop, _BACK_OFF_SECONDS[min(failures, len(_BACK_OFF_SECONDS) - 1)])
        failures += 1


def leashed(argv: Sequence[str]) -> list[str]:
    """The command that runs `argv` so that it ends with this process."""
    return [*_LEASH, str(os.getpid()), *argv]


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


async def _start(child: Child) -> asyncio.subprocess.Process:
    child.log_file.parent.mkdir(parents=True, exist_ok=True)
    with child.log_file.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *leashed(child.argv),
            env={**os.environ, **child.env},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
