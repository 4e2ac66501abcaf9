"""Plays the campaigns that staff asked to rehearse: one at a time, each in a process of its own beside the service."""

import asyncio
import contextlib
import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from community.model.calls.rehearsal import Rehearsal
from community.store import kept_rehearsals as store
from community.store.kept_rehearsals import KeptRehearsal
from shouwang.supervise import leashed
from shouwang.wiring import Office

log = structlog.get_logger(__name__)

_LEASE = timedelta(minutes=1)
#: Seconds between two words that a play goes on.
_HOLD = 20.0
#: Seconds after which a play is cut off; the machine has other things to do.
_LONGEST = 600.0
#: Calls and chats go before: the play gets what they leave of the machine.
_NICENESS = 15
_LOST = "排练中断了：服务重启过。请再排一次。"
_TOO_LONG = f"排练超过 {_LONGEST / 60:.0f} 分钟还没有完：请缩小对象范围，或者请管理员在服务器上运行 shouwang campaign rehearse。"
_BROKEN = "排练出了错，已记入日志：请再排一次；一再出现请告诉管理员。"


@dataclass(slots=True)
class _Play:
    """What is being played.

    Attributes:
        began, held: seconds of the monotonic clock when it began, and when it was last said to go on.
    """

    rehearsal: KeptRehearsal
    process: asyncio.subprocess.Process
    output: "asyncio.Task[bytes]"
    began: float
    held: float


class Rehearser:
    """One worker that lets campaigns be rehearsed; several of them share the line of those that wait.

    Args:
        program: what is run with the campaign's id and `--json` behind it; the command line's own rehearsal by default.
    """

    def __init__(self, office: Office, worker_id: str, *, program: Sequence[str] = ()) -> None:
        self._office = office
        self._owner = worker_id
        # The copy of the roster lies beside the database, where nobody else may look, and goes with the play.
        self._folder = office.settings.data_dir / "rehearsal"
        self._program = program or (sys.executable, "-m", "shouwang", "campaign", "rehearse")
        self._play: _Play | None = None

    async def tick(self) -> None:
        """Begin the next rehearsal, or see how far the one is that is being played."""
        if self._play is None:
            await self._begin()
        elif self._play.output.done():
            await self._settle(self._play)
        elif self._office.clock.monotonic() - self._play.began > _LONGEST:
            await self._end(self._play, problem=_TOO_LONG)
        elif self._office.clock.monotonic() - self._play.held > _HOLD:
            await self._hold(self._play)

    async def close(self) -> None:
        """Stop what is being played; it begins again when the service is back."""
        play, self._play = self._play, None
        if play is None:
            return
        await self._stop(play)
        await self._office.database.write(lambda conn: store.give_back(conn, play.rehearsal.id, owner=self._owner))

    async def _begin(self) -> None:
        database, now = self._office.database, self._office.clock.now()
        if not await database.read(store.has_rehearsal_work):
            return
        taken = await database.write(
            lambda conn: store.take_next(conn, owner=self._owner, now=now, lease=_LEASE, lost=_LOST)
        )
        if taken is not None:
            self._play = await self._start(taken)

    async def _start(self, rehearsal: KeptRehearsal) -> _Play:
        log_file = self._office.settings.data_dir / "logs" / "rehearsal.log"
        shutil.rmtree(self._folder, ignore_errors=True)
        for folder in (self._folder, log_file.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with log_file.open("wb") as errors:
            process = await asyncio.create_subprocess_exec(
                *leashed([*self._program, str(rehearsal.campaign_id), "--json"]),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                env={**os.environ, "TMPDIR": str(self._folder)},
                start_new_session=True,
            )
        with contextlib.suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
        began = self._office.clock.monotonic()
        return _Play(rehearsal, process, asyncio.create_task(_output(process)), began, began)

    async def _hold(self, play: _Play) -> None:
        until = self._office.clock.now() + _LEASE
        play.held = self._office.clock.monotonic()
        if not await self._office.database.write(
            lambda conn: store.hold(conn, play.rehearsal.id, owner=self._owner, until=until)
        ):
            # We slept past the lease, and it was given up.
            self._play = None
            await self._stop(play)

    async def _settle(self, play: _Play) -> None:
        output = await play.output
        report, problem = _read(output, play.process.returncode or 0)
        if report is None:
            log.warning("rehearsal_failed", campaign=play.rehearsal.campaign_id, exit_code=play.process.returncode)
        await self._end(play, report=report, problem=problem)

    async def _end(self, play: _Play, *, report: Rehearsal | None = None, problem: str) -> None:
        now = self._office.clock.now()
        await self._stop(play)
        await self._office.database.write(
            lambda conn: store.settle(
                conn, play.rehearsal.id, owner=self._owner, report=report, problem=problem, now=now
            )
        )
        self._play = None

    async def _stop(self, play: _Play) -> None:
        if play.process.returncode is None:
            play.process.kill()
        await play.output
        shutil.rmtree(self._folder, ignore_errors=True)


def _read(output: bytes, exit_code: int) -> tuple[Rehearsal | None, str]:
    """What the command line printed: the report, or in one sentence why there is none."""
    try:
        document = json.loads(output.splitlines()[-1])
    except (ValueError, IndexError):
        return None, _BROKEN
    if exit_code == 0 and (report := Rehearsal.from_json(document)) is not None:
        return report, ""
    error = document.get("error") if isinstance(document, dict) else None
    return None, f"{error['message']}。" if isinstance(error, dict) and "message" in error else _BROKEN


async def _output(process: asyncio.subprocess.Process) -> bytes:
    output, _ = await process.communicate()
    return output
