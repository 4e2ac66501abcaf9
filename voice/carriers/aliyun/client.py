"""The SDK, with the limits that its own requests lack: one try, never longer than we wait, and errors as values of ours.

Each of its requests reads all certificates anew, tens of milliseconds in which a loop stands still, so that they run in threads of
their own. A new connection each time has its good side: an old one that died would leave a call of unknown fate.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import aiohttp
from alibabacloud_dyvmsapi20170525 import models
from alibabacloud_dyvmsapi20170525.client import Client
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.runtime import RuntimeOptions

_CONNECT_MILLISECONDS = 5000
_AT_ONCE = 16
#: Never sent: no connection was made. Anything later may have been received.
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
#: What an intelligent outbound call is called where calls are asked about.
_SMART_CALLS = 11030000180001

_Answer = TypeVar("_Answer")


class NotSentError(Exception):
    """The request never left: no connection was made."""


class RefusedError(Exception):
    """The answer was an error.

    Attributes:
        code: Alibaba Cloud's.
        status: of HTTP.
    """

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code, self.status = code, status


class NoAnswerError(Exception):
    """There was no answer in time, or none that can be read: the request may have been carried out."""


class VoiceClient:
    """Alibaba Cloud's voice API.

    Args:
        endpoint: `https://host`, or `http://host:port` for a server of the tests.
        seconds: the longest a request may take, all in all.
    """

    def __init__(self, key_id: str, key_secret: str, endpoint: str, seconds: float) -> None:
        protocol, _, host = endpoint.rstrip("/").partition("://")
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="aliyun")
        # Without retry options the SDK tries once; a second try would be a second call.
        self._client = Client(
            Config(access_key_id=key_id, access_key_secret=key_secret, endpoint=host, protocol=protocol.upper())
        )
        self._runtime = RuntimeOptions(
            connect_timeout=_CONNECT_MILLISECONDS, read_timeout=round(seconds * 1000), autoretry=False, max_attempts=1
        )

    async def smart_call(self, **parameters: Any) -> str:
        """Ask once for a call; return its id.

        Raises:
            NotSentError, RefusedError, NoAnswerError: it was not placed; it was not; nobody knows.
        """
        request = models.SmartCallRequest(**parameters)
        body = (await self._ask(lambda: self._client.smart_call_with_options_async(request, self._runtime))).body
        if body is None or (body.code == "OK" and not body.call_id):
            raise NoAnswerError("unreadable")
        if body.code != "OK":
            raise RefusedError(body.code or "unreadable", 200)
        return str(body.call_id)

    async def call_detail(self, call_id: str, since: int) -> str:
        """What became of a call, as the JSON text that the API gives; empty where it knows nothing (yet).

        Args:
            since: Unix milliseconds; the call began in the 24 hours after it.

        Raises:
            NotSentError, RefusedError, NoAnswerError: it cannot be asked now.
        """
        request = models.QueryCallDetailByCallIdRequest(call_id=call_id, prod_id=_SMART_CALLS, query_date=since)
        answer = await self._ask(
            lambda: self._client.query_call_detail_by_call_id_with_options_async(request, self._runtime)
        )
        if answer.body is None or answer.body.code is None:
            raise NoAnswerError("unreadable")
        if answer.body.code != "OK":
            raise RefusedError(answer.body.code, 200)
        return str(answer.body.data or "")

    def close(self) -> None:
        """Take no more requests; those under way end by themselves."""
        self._threads.shutdown(wait=False)

    async def _ask(self, request: Callable[[], Awaitable[_Answer]]) -> _Answer:
        async def in_time() -> _Answer:
            async with asyncio.timeout(self._seconds):
                return await request()

        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, _run, in_time)
        except Exception as error:
            raise _as_ours(error) from error


def _run(work: Callable[[], Coroutine[Any, Any, _Answer]]) -> _Answer:
    return asyncio.run(work())


def _as_ours(error: BaseException) -> Exception:
    """The SDK wraps what happened on the wire several times over."""
    seen: BaseException | None = error
    for _ in range(10):
        if seen is None:
            break
        if isinstance(seen, _NOT_SENT):
            return NotSentError(type(seen).__name__)
        status = getattr(seen, "status_code", None)
        if isinstance(status, int):
            return RefusedError(str(getattr(seen, "code", "") or status), status)
        seen = getattr(seen, "inner_exception", None) or seen.__cause__ or seen.__context__
    return NoAnswerError(type(error).__name__)
