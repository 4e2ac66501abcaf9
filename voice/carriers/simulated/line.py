"""The simulated network's side of HTTP: signed forms to our own server and its answers, and the pages that residents open."""

import aiohttp

from voice.carriers.twilio.signature import sign

_STATUS_TRIES = 3


class Line:
    """Posts one call's webhooks.

    Args:
        token: signs them.
        public_url: the address that the URLs bear and the signature covers.
        server_url: where the server really listens.
    """

    def __init__(self, session: aiohttp.ClientSession, token: str, public_url: str, server_url: str) -> None:
        self._session = session
        self._token = token
        self._public_url = public_url.rstrip("/")
        self._server_url = server_url

    async def ask(self, url: str, form: dict[str, str]) -> str:
        """Post a form and return the answer's text.

        Raises:
            aiohttp.ClientError, TimeoutError: there was none.
        """
        headers = sign(self._token, url, form)
        target = self._server_url + url.removeprefix(self._public_url)
        async with self._session.post(target, data=form, headers=headers) as response:
            response.raise_for_status()
            return await response.text()

    async def open(self, url: str, form: dict[str, str] | None = None) -> str:
        """Open a page as a resident does, or send its form, and return what it says.

        Raises:
            aiohttp.ClientError, TimeoutError: it did not open.
        """
        target = self._server_url + url.removeprefix(self._public_url)
        method = "GET" if form is None else "POST"
        async with self._session.request(method, target, data=form) as response:
            response.raise_for_status()
            return await response.text()

    async def tell(self, url: str, form: dict[str, str]) -> None:
        """Post a status; repeated a few times when the server does not take it, then given up."""
        for _ in range(_STATUS_TRIES):
            try:
                await self.ask(url, form)
            except (aiohttp.ClientError, TimeoutError):
                continue
            return
