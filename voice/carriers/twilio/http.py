"""The SDK's way to the network, with the time limits that its own clients lack.

The SDK's asynchronous client ignores its timeout and, told to retry, repeats a POST that placed a call; this one has limits
for connecting and for the whole request, never repeats, never follows a redirect, and logs no phone numbers.
"""

import base64
import logging
from typing import Any

import aiohttp
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

_CONNECT_SECONDS = 5.0
_DOWNLOAD_SECONDS = 60.0


class BoundedHttpClient(AsyncHttpClient):  # type: ignore[misc]  # the SDK ships no types
    """Carries the SDK's requests over one aiohttp session.

    Args:
        seconds: the longest a request may take, all in all.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(logging.getLogger("twilio.silent"), is_async=True)
        self._limits = aiohttp.ClientTimeout(total=seconds, sock_connect=_CONNECT_SECONDS)
        self._session: aiohttp.ClientSession | None = None

    async def request(  # noqa: PLR0917 - the SDK's signature
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the SDK's signature; the session's limits hold
        allow_redirects: bool = False,  # noqa: ARG002, FBT001, FBT002 - never followed
    ) -> Response:
        """Send one request, once.

        Raises:
            aiohttp.ClientError, TimeoutError: what happened on the wire.
        """
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._limits)
        sent = dict(headers or {})
        if auth is not None:
            sent["Authorization"] = _basic(auth)
        async with self._session.request(
            method.upper(), url, params=params, data=data, headers=sent, allow_redirects=False
        ) as response:
            return Response(response.status, await response.text(), response.headers)

    async def download(self, url: str, auth: tuple[str, str], *, most: int) -> tuple[int, str, bytes]:
        """Get a file, without following a redirect.

        Args:
            most: bytes to read; one more means that there is more.

        Returns:
            The status, the media type, and the body of a 200.

        Raises:
            aiohttp.ClientError, TimeoutError: what happened on the wire.
        """
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._limits)
        limits = aiohttp.ClientTimeout(total=_DOWNLOAD_SECONDS, sock_connect=_CONNECT_SECONDS)
        headers = {"Authorization": _basic(auth), "Accept": "audio/*"}
        async with self._session.get(url, headers=headers, allow_redirects=False, timeout=limits) as response:
            if response.status != 200:
                return response.status, response.content_type, b""
            if (response.content_length or 0) > most:
                return response.status, response.content_type, bytes(most + 1)
            body = bytearray()
            async for chunk in response.content.iter_chunked(65536):
                body += chunk
                if len(body) > most:
                    break
            return response.status, response.content_type, bytes(body)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _basic(auth: tuple[str, str]) -> str:
    return "Basic " + base64.b64encode(f"{auth[0]}:{auth[1]}".encode()).decode()
