"""The door of the Rasa process: takes turns from our own server only, and says so when a turn fails.

Rasa's own `rest` channel asks nobody for a token and answers 200 with an empty list when a turn raised.
"""

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse


class TokenRestChannel(InputChannel):
    """`POST /webhooks/rest/webhook?token=…` {sender, message, metadata} → the list of what the bot says.

    401 without the token, 500 when the turn failed: what had been said until then is not given out.
    """

    def __init__(self, token: str) -> None:
        self._token = token

    @classmethod
    def name(cls) -> str:
        """The channel's part of the URL."""
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "TokenRestChannel":
        """Build the channel from credentials.yml; a missing token lets nobody in."""
        return cls(str((credentials or {}).get("token") or ""))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes."""
        routes = Blueprint("community_rest", "community_rest")

        @routes.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not self._token or not hmac.compare_digest(str(request.args.get("token", "")), self._token):
                return response.json({"error": {"code": "unauthorized"}}, status=401)
            body = request.json or {}
            output = CollectingOutputChannel()
            await on_new_message(
                UserMessage(
                    body.get("message") or "",
                    output,
                    body.get("sender"),
                    input_channel=self.name(),
                    metadata=body.get("metadata"),
                )
            )
            return response.json(output.messages)

        return routes
