"""The group robots that the settings name; the variable's name, not the host, chooses the format."""

from bot.robots.dingtalk import DingtalkRobot
from bot.robots.feishu import FeishuRobot
from bot.robots.webhook import RobotWebhook
from bot.robots.wecom import WecomRobot
from community.clock import Clock
from community.settings import Settings


def configured_robots(settings: Settings, clock: Clock) -> dict[str, RobotWebhook]:
    """Robots by the destination that the outbox knows them by."""
    robots: dict[str, RobotWebhook] = {}
    if settings.notify_wecom_url:
        robots["wecom"] = WecomRobot(settings.notify_wecom_url, clock)
    if settings.notify_dingtalk_url:
        robots["dingtalk"] = DingtalkRobot(settings.notify_dingtalk_url, settings.notify_dingtalk_secret, clock)
    if settings.notify_feishu_url:
        robots["feishu"] = FeishuRobot(settings.notify_feishu_url, settings.notify_feishu_secret, clock)
    return robots
