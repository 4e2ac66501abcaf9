"""Whether a webhook truly comes from Twilio: its signature over the public URL and the form."""

from collections.abc import Sequence

from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from voice.carriers.base import CarrierRequest


class SignatureCheck:
    """Checks signatures against the account's token, and against the one before it while it is being rotated.

    Args:
        tokens: the accepted secrets; empty ones are left out.
    """

    def __init__(self, tokens: Sequence[str]) -> None:
        self._validators = [RequestValidator(token) for token in tokens if token]

    def __call__(self, request: CarrierRequest) -> bool:
        """Tell whether one of the tokens signed this request."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        signature = headers.get(SIGNATURE_HEADER.lower())
        if not signature:
            return False
        algorithm = get_signature_algorithm(headers.get(SIGNATURE_SETTINGS_HEADER.lower(), ""))
        form = dict(request.form)
        return any(v.validate(request.url, form, signature, algorithm) for v in self._validators)


def sign(token: str, url: str, form: dict[str, str]) -> dict[str, str]:
    """Headers that a carrier speaking Twilio's protocol sends with a webhook."""
    return {SIGNATURE_HEADER: RequestValidator(token).compute_signature(url, form)}
