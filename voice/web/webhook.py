"""A carrier's request, bounded in size and rebuilt with the public address, before anybody believes it."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from voice.carriers.base import CarrierRequest

LARGEST_BODY = 64 * 1024
#: Of a step, which may carry long speech: nine bytes a character in a form. The carrier's reader keeps its beginning.
LARGEST_SPEECH = 384 * 1024
_MOST_FIELDS = 200
_FORM = "application/x-www-form-urlencoded"


async def read_webhook(
    request: web.Request, public_url: str, *, path: str | None = None, largest: int = LARGEST_BODY
) -> CarrierRequest:
    """Take a request in.

    Args:
        public_url: where carriers reach us; the Host header and X-Forwarded-* are not believed.
        path: what the carrier is told of the address; by default what stands below the attempt.
        largest: bytes of a body.

    Raises:
        web.HTTPRequestEntityTooLarge, web.HTTPBadRequest: too large, or no form.
    """
    body = await _bounded_body(request, largest)
    return CarrierRequest(
        method=request.method,
        url=f"{public_url.rstrip('/')}{request.raw_path}",
        path=request.match_info["tail"] if path is None else path,
        headers=request.headers,
        form=_form(body) if request.content_type == _FORM else {},
        body=body,
    )


async def _bounded_body(request: web.Request, largest: int) -> bytes:
    if (request.content_length or 0) > largest:
        raise web.HTTPRequestEntityTooLarge(largest, request.content_length or 0)
    body = b""
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > largest:
            raise web.HTTPRequestEntityTooLarge(largest, len(body))
    return body


def _form(body: bytes) -> Mapping[str, str]:
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise web.HTTPBadRequest(text="not a form") from error
    return dict(fields)
