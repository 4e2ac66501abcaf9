"""企业微信 group robot: POST qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…; the key is the secret, 20 a minute.

https://developer.work.weixin.qq.com/document/path/91770
"""

from datetime import timedelta
from typing import Any

from yarl import URL

from bot.outbox import Delivery, DeliveryResult
from bot.robots.webhook import RobotWebhook, shorten_bytes

_MOST_BYTES = 2048
_TOO_FAST = frozenset({45009, 45033})
_WRONG_ADDRESS = frozenset({93000, 93004, 93008, 93017})


class WecomRobot(RobotWebhook):
    """A robot of an internal 企业微信 group."""

    platform = "企业微信"

    def address(self, url: URL) -> URL:
        """The address as it was given: the key in it is all there is."""
        return url

    def body(self, text: str, *, mention_all: bool) -> dict[str, Any]:
        """A text message of at most 2048 bytes; an emergency mentions everybody."""
        content: dict[str, Any] = {"content": shorten_bytes(text, _MOST_BYTES)}
        if mention_all:
            content["mentioned_list"] = ["@all"]
        return {"msgtype": "text", "text": content}

    def explain(self, code: int) -> Delivery:
        """Every code but 0 says that nothing was posted."""
        if code in _TOO_FAST:
            return self._refused(f"发得太快（{code}），稍后再发", retry_after=timedelta(minutes=1))
        if code in _WRONG_ADDRESS:
            return self._refused(f"地址无效（{code}），请在群里重新复制机器人地址")
        if code == -1:
            return Delivery(result=DeliveryResult.UNKNOWN, error="企业微信系统繁忙（-1）")
        return self._refused(f"不接受（{code}），请按错误码查企业微信文档")
