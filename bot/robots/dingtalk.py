"""钉钉 custom group robot: POST oapi.dingtalk.com/robot/send?access_token=…, signed when it has a secret; 20 a minute.

https://open.dingtalk.com/document/robots/custom-robot-access
"""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any

from yarl import URL

from bot.outbox import Delivery, DeliveryResult
from bot.robots.webhook import RobotWebhook, shorten_bytes
from community.clock import Clock

_MOST_BYTES = 20_000
_TOO_FAST = frozenset({130101, 410100, 410101})


class DingtalkRobot(RobotWebhook):
    """A custom robot of a 钉钉 group.

    Args:
        secret: the 加签 secret (SEC…); empty for a robot that is protected by a keyword or addresses.
    """

    platform = "钉钉"

    def __init__(self, url: URL, secret: str, clock: Clock) -> None:
        super().__init__(url, clock)
        self._secret = secret

    def address(self, url: URL) -> URL:
        """The address with `timestamp` (milliseconds) and `sign`."""
        if not self._secret:
            return url
        timestamp = str(int(self._clock.now().timestamp() * 1000))
        digest = hmac.new(self._secret.encode(), f"{timestamp}\n{self._secret}".encode(), hashlib.sha256).digest()
        return url.update_query(timestamp=timestamp, sign=base64.b64encode(digest).decode())

    def body(self, text: str, *, mention_all: bool) -> dict[str, Any]:
        """A text message; an emergency mentions everybody."""
        content = {"content": shorten_bytes(text, _MOST_BYTES)}
        return {"msgtype": "text", "text": content, "at": {"isAtAll": mention_all}}

    def explain(self, code: int) -> Delivery:
        """Every code but 0 says that nothing was posted; too fast means ten minutes of silence."""
        if code in _TOO_FAST:
            return self._refused(f"发得太快（{code}），稍后再发", retry_after=timedelta(minutes=10))
        if code == 310000:
            return self._refused("安全校验没有通过（310000），请核对加签密钥、关键词或 IP 白名单")
        if code in {300005, 400101}:
            return self._refused(f"地址无效（{code}），请在群里重新复制机器人地址")
        if code == -1:
            return Delivery(result=DeliveryResult.UNKNOWN, error="钉钉系统繁忙（-1）")
        return self._refused(f"不接受（{code}），请按错误码查钉钉文档")
