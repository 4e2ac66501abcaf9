"""飞书 custom group robot: POST open.feishu.cn/open-apis/bot/v2/hook/…, signed in the body; 100 a minute, 5 a second.

https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
"""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any

from yarl import URL

from bot.outbox import Delivery
from bot.robots.webhook import RobotWebhook, shorten_bytes
from community.clock import Clock

_MOST_BYTES = 18_000
_EVERYBODY = '<at user_id="all">所有人</at> '
_TOO_FAST = frozenset({9499, 11232})


class FeishuRobot(RobotWebhook):
    """A custom robot of a 飞书 group.

    Args:
        secret: the 签名校验 secret; empty for a robot that is protected by a keyword or addresses.
    """

    platform = "飞书"
    # The platform takes 100, but drops them around full hours; 60 is far more than people read.
    per_minute: int | None = 60
    # The second is that of older answers.
    code_names = ("code", "StatusCode")

    def __init__(self, url: URL, secret: str, clock: Clock) -> None:
        super().__init__(url, clock)
        self._secret = secret

    def address(self, url: URL) -> URL:
        """The address as it was given."""
        return url

    def body(self, text: str, *, mention_all: bool) -> dict[str, Any]:
        """A text message, with `timestamp` (seconds) and `sign`; an emergency mentions everybody."""
        content = shorten_bytes(text, _MOST_BYTES)
        body: dict[str, Any] = {
            "msg_type": "text",
            "content": {"text": f"{_EVERYBODY}{content}" if mention_all else content},
        }
        if self._secret:
            timestamp = str(int(self._clock.now().timestamp()))
            digest = hmac.new(f"{timestamp}\n{self._secret}".encode(), b"", hashlib.sha256).digest()
            body |= {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()}
        return body

    def explain(self, code: int) -> Delivery:
        """Every code but 0 says that nothing was posted."""
        if code in _TOO_FAST:
            return self._refused(f"发得太快（{code}），稍后再发", retry_after=timedelta(minutes=1))
        if code in {19021, 19022, 19024}:
            return self._refused(f"安全校验没有通过（{code}），请核对签名密钥、IP 白名单或关键词")
        if code == 19001:
            return self._refused("地址无效（19001），请在群里重新复制机器人地址")
        return self._refused(f"不接受（{code}），请按错误码查飞书文档")
