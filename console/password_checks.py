"""Comparing passwords: slow by intent, and asked for by strangers, so it has threads of its own and a short queue."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from community.errors import Unavailable
from community.usecases.check_password import KeptPassword, PasswordCheck, compare_password

_THREADS = 2
#: Sign-ins under way at once; at some 30 ms each nobody in the queue waits for half a second.
_AT_ONCE = 16


class PasswordChecks:
    """Compares passwords without holding up the database's threads."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="password")
        self._under_way = 0

    async def compare(self, kept: KeptPassword, password: str) -> PasswordCheck:
        """Compare a password with what is kept of an account.

        Raises:
            Unavailable: too many are signing in.
        """
        if self._under_way >= _AT_ONCE:
            raise Unavailable("登录的人太多，请稍候再试。", code="too_many_sign_ins")
        self._under_way += 1
        work = asyncio.get_running_loop().run_in_executor(self._threads, compare_password, kept, password)
        # counted by the work, not by the request: who hangs up leaves it in the queue
        work.add_done_callback(self._done)
        return await asyncio.shield(work)

    def _done(self, work: "asyncio.Future[PasswordCheck]") -> None:
        self._under_way -= 1
        if not work.cancelled():
            work.exception()
