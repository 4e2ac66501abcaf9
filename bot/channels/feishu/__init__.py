"""飞书: events in over its signed HTTP callback, answers out over its message API."""

from bot.channels.feishu.api import FeishuApi
from bot.channels.feishu.callback import FeishuKeys
from bot.channels.feishu.channel import FeishuChannel
from bot.channels.feishu.routes import feishu_routes

__all__ = ["FeishuApi", "FeishuChannel", "FeishuKeys", "feishu_routes"]
