"""The group robots that the settings name; the variable's name, not the host, chooses the format."""

from yarl import URL

from bot.robots.dingtalk import DingtalkRobot
from bot.robots.feishu import FeishuRobot
from bot.robots.webhook import RobotWebhook
from bot.robots.wecom import WecomRobot
from community.clock import Clock
from community.errors import SettingError
from community.settings import Settings


def configured_robots(settings: Settings, clock: Clock) -> dict[str, RobotWebhook]:
    """Robots by the destination that the outbox knows them by.

    Raises:
        SettingError: an address is none; the sentence names the variable and does not show the address.
    """
    robots: dict[str, RobotWebhook] = {}
    if settings.notify_wecom_url:
        robots["wecom"] = WecomRobot(_address("WECOM", settings.notify_wecom_url), clock)
    if settings.notify_dingtalk_url:
        address = _address("DINGTALK", settings.notify_dingtalk_url)
        robots["dingtalk"] = DingtalkRobot(address, settings.notify_dingtalk_secret, clock)
    if settings.notify_feishu_url:
        address = _address("FEISHU", settings.notify_feishu_url)
        robots["feishu"] = FeishuRobot(address, settings.notify_feishu_secret, clock)
    return robots


def _address(name: str, url: str) -> URL:
    try:
        return URL(url)
    except ValueError:
        raise SettingError(
            f"SHOUWANG_NOTIFY_{name}_URL 不是网址：请从工作群机器人的设置里重新复制，以 https:// 开头"
        ) from None
