"""One process that serves: the web side, the worker's loops, or both."""

import asyncio
import errno
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from aiohttp import web

from community.errors import Unavailable
from shouwang.loops import Loop, run_loop
from shouwang.service import build_service
from shouwang.wiring import Office

log = structlog.get_logger(__name__)

#: A request in flight may end; a browser that merely keeps its line open does not hold us up.
_REQUESTS_END_SECONDS = 5.0
_SHUTDOWN_SECONDS = 20.0


async def serve(
    office: Office, role: str, stop: asyncio.Event, *, on_listening: Callable[[], None] = lambda: None
) -> None:
    """Serve until `stop` is set; then take no new work, save what is in flight, and end.

    Raises:
        Unavailable: the port is taken.
    """
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(build_service(office, role))
        if role in {"all", "web"}:
            await stack.enter_async_context(_listening(service.app, office))
        loops = service.clock_loops
        if role in {"all", "worker"}:
            loops += (*service.loops, Loop("engine", lambda: service.engine.run(stop), 1.0))
        if loops:
            await stack.enter_async_context(_looping(loops, stop))
        on_listening()
        await stop.wait()


def stop_on_signals(stop: asyncio.Event) -> None:
    """Let Ctrl-C and SIGTERM set `stop`."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)


@asynccontextmanager
async def _listening(app: web.Application, office: Office) -> AsyncIterator[None]:
    host, port = office.settings.host, office.settings.port
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_REQUESTS_END_SECONDS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port, backlog=1024).start()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Unavailable(
                    f"端口 {port} 已被占用：请停掉占用它的程序，或换一个端口，例如 SHOUWANG_PORT={port + 1}"
                ) from error
            raise Unavailable(f"不能在 {host}:{port} 上服务：请管理员检查 SHOUWANG_HOST 和 SHOUWANG_PORT") from error
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _looping(loops: Sequence[Loop], stop: asyncio.Event) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(run_loop(loop, stop), name=loop.name) for loop in loops]
    try:
        yield
    finally:
        stop.set()
        _, late = await asyncio.wait(tasks, timeout=_SHUTDOWN_SECONDS)
        for task in late:
            log.warning("loop_cut_off", loop=task.get_name())
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
