"""Is an event truly Feishu's, and what does it say: signature, decryption, verification token.

With an Encrypt Key the body is {"encrypt": base64(IV + AES-256-CBC)}, the key SHA-256 of the Encrypt Key, and
X-Lark-Signature is SHA-256 over timestamp, nonce, Encrypt Key and the raw body. The check of the address
(`url_verification`) alone comes unsigned; being encrypted, or bearing the token, vouches for it.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from community.errors import InvalidInput, Refused
from community.model.json_object import json_object

_FRESH = timedelta(minutes=10)
_BLOCK = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class FeishuKeys:
    """What the app's page 事件与回调 → 加密策略 shows.

    Attributes:
        encrypt_key: turns on encryption and signatures.
        verification_token: stands in every event; alone it is the weaker proof.
        app_id: whose events these are.
    """

    encrypt_key: str
    verification_token: str
    app_id: str


def open_event(body: bytes, headers: Mapping[str, str], keys: FeishuKeys, *, now: datetime) -> dict[str, Any]:
    """Return the event that a callback brings, once it is known to be Feishu's.

    Raises:
        Refused: not signed, wrongly signed, stale, or with another app's token.
        InvalidInput: it cannot be read.
    """
    if not keys.encrypt_key:
        event = _json_object(body)
        _check_token(event, keys, required=True)
        return event
    signed = "X-Lark-Signature" in headers
    if signed:
        _check_signature(body, headers, keys.encrypt_key, now=now)
    encrypted = _json_object(body).get("encrypt")
    if not isinstance(encrypted, str):
        raise Refused("飞书事件没有加密：请在飞书后台配置与本系统相同的 Encrypt Key。", code="not_encrypted")
    event = _json_object(decrypt(encrypted, keys.encrypt_key))
    if not signed and event.get("type") != "url_verification":
        raise Refused("飞书事件没有签名。", code="signature")
    _check_token(event, keys, required=False)
    return event


def decrypt(encrypted: str, encrypt_key: str) -> bytes:
    """Return the plain bytes of an encrypted event.

    Raises:
        InvalidInput: bad base64, length, or padding.
    """
    try:
        data = base64.b64decode(encrypted, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("飞书事件的密文不是 base64。", code="undecryptable") from error
    if len(data) < 2 * _BLOCK or len(data) % _BLOCK:
        raise InvalidInput("飞书事件的密文长度不对。", code="undecryptable")
    key = hashlib.sha256(encrypt_key.encode()).digest()
    decryptor = Cipher(algorithms.AES(key), modes.CBC(data[:_BLOCK])).decryptor()
    padded = decryptor.update(data[_BLOCK:]) + decryptor.finalize()
    unpadder = PKCS7(_BLOCK * 8).unpadder()
    try:
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError as error:
        raise InvalidInput("飞书事件解不开：请核对 Encrypt Key。", code="undecryptable") from error


def _check_signature(body: bytes, headers: Mapping[str, str], encrypt_key: str, *, now: datetime) -> None:
    timestamp = headers.get("X-Lark-Request-Timestamp", "")
    nonce = headers.get("X-Lark-Request-Nonce", "")
    signed = f"{timestamp}{nonce}{encrypt_key}".encode("utf-8", "replace") + body
    given = headers.get("X-Lark-Signature", "").encode("utf-8", "replace")
    if not hmac.compare_digest(hashlib.sha256(signed).hexdigest().encode(), given):
        raise Refused("飞书事件的签名不对：请核对 Encrypt Key。", code="signature")
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        raise Refused("飞书事件的时间戳不对。", code="stale")
    if abs(now.timestamp() - int(timestamp)) > _FRESH.total_seconds():
        raise Refused("飞书事件过时了：如果一直这样，请校准这台机器的时钟。", code="stale")


def _check_token(event: Mapping[str, Any], keys: FeishuKeys, *, required: bool) -> None:
    header = event.get("header")
    header = header if isinstance(header, dict) else {}
    given = header.get("token") if header else event.get("token")
    if keys.verification_token or required:
        same = hmac.compare_digest(str(given or "").encode("utf-8", "replace"), keys.verification_token.encode())
        if not same or not keys.verification_token:
            raise Refused("飞书事件的 Verification Token 不对：请与飞书后台核对。", code="token")
    if header.get("app_id") and header["app_id"] != keys.app_id:
        raise Refused("飞书事件是别的应用的：请核对 App ID。", code="app_id")


def _json_object(data: bytes) -> dict[str, Any]:
    return json_object(data, no_json="飞书事件不是 JSON。", no_object="飞书事件不是 JSON 对象。", code="not_json")
