"""The real service as a process of its own, which tests start, kill and start again."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import aiohttp

_READY_SECONDS = 60.0
_LOOK = 0.1


class ServiceProcess:
    """`shouwang serve` with the settings given."""

    def __init__(self, environ: Mapping[str, str], log_file: Path) -> None:
        self.environ = environ
        self._log_file = log_file
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it answers."""
        with self._log_file.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "shouwang", "serve", env={**os.environ, **self.environ}, stdout=log, stderr=log
            )
        async with aiohttp.ClientSession() as session:
            await until(lambda: self._answers(session), seconds=_READY_SECONDS)

    async def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
        return await self._process.wait()

    async def _answers(self, session: aiohttp.ClientSession) -> bool:
        assert self._process is not None
        assert self._process.returncode is None, self._log_file.read_text()[-2000:]
        try:
            async with session.get(f"{self.environ['SHOUWANG_PUBLIC_URL']}/healthz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False


async def until(condition: Callable[[], object], *, seconds: float = 60.0) -> None:
    """Look again and again until it holds; for what happens in another process.

    Raises:
        TimeoutError: it did not within that time.
    """
    async with asyncio.timeout(seconds):
        while True:
            holds = condition()
            if await holds if asyncio.iscoroutine(holds) else holds:
                return
            await asyncio.sleep(_LOOK)
