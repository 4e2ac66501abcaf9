"""Chat put together: the inbox, the channels that are set up, their routes, and how the outbox reaches each of them."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from bot.channels.feishu import FeishuApi, FeishuChannel, FeishuKeys, feishu_routes
from bot.channels.senders import ChannelSender, MailboxSender
from bot.channels.web import web_chat_routes
from bot.check_in import CheckIns
from bot.emergencies import warm_up
from bot.outbox import Sender
from bot.rasa_client import RasaClient
from bot.turns import Turns
from community.clock import Clock
from community.errors import SettingError
from community.model.calls.line import Line
from community.model.rulebook import Rulebook
from community.settings import Settings
from community.store.database import Database


@dataclass(frozen=True, slots=True)
class Chat:
    """What a serving process needs of chat.

    Attributes:
        turns: its `tick` is run by a worker; its messages are made where they come in.
        routes: the web chat and the platforms' callbacks.
        senders: for the outbox, by destination (`channel:web`, `channel:feishu`).
        rasa: asked by whoever else needs the assistant.
    """

    turns: Turns
    routes: tuple[web.RouteDef, ...]
    senders: Mapping[str, Sender]
    rasa: RasaClient
    feishu: FeishuChannel | None

    async def close(self) -> None:
        """Stop turns and release connections; what is not finished is made again elsewhere or later."""
        await self.turns.close()
        await self.rasa.close()
        if self.feishu is not None:
            await self.feishu.close()


def build_chat(
    *,
    database: Database,
    clock: Clock,
    rules: Rulebook,
    settings: Settings,
    rasa_url: str,
    secret: str,
    worker_id: str,
    text_line: Line | None = None,
) -> Chat:
    """Put chat together from the settings; Feishu takes part when its app is set.

    Args:
        database: holds the inbox.
        clock: tells the time.
        rules: the community's rules.
        settings: of the channels and of Rasa.
        rasa_url: where Rasa listens.
        secret: keys the web chat's tokens, answer links and one-time codes; the same in every process.
        worker_id: unique for this process.
        text_line: by which one-time codes are sent; None where no texts go.

    Raises:
        SettingError: Feishu is set by half.
    """
    threading.Thread(target=warm_up, args=(rules,), name="warm-up", daemon=True).start()
    rasa = RasaClient(rasa_url, settings.rasa_token, timeout=settings.rasa_timeout)
    api = _feishu_api(settings, clock)
    feishu = FeishuChannel(api) if api else None
    channels = {feishu.name: feishu} if feishu else {}
    check_ins = CheckIns(rules, secret.encode(), text_line)
    turns = Turns(database, clock, rasa, channels, rules=rules, worker_id=worker_id, check_ins=check_ins)
    patience = settings.rasa_timeout + 2
    routes = web_chat_routes(turns, database, rules=rules, secret=secret, patience=patience)
    if api is not None:
        keys = FeishuKeys(
            encrypt_key=settings.feishu_encrypt_key,
            verification_token=settings.feishu_verification_token,
            app_id=settings.feishu_app_id,
        )
        routes += feishu_routes(turns, api, keys, clock=clock)
    senders: dict[str, Sender] = {"channel:web": MailboxSender(database, clock)}
    senders.update({f"channel:{name}": ChannelSender(database, channel) for name, channel in channels.items()})
    return Chat(turns, tuple(routes), senders, rasa, feishu)


def _feishu_api(settings: Settings, clock: Clock) -> FeishuApi | None:
    if not settings.feishu_app_id:
        return None
    if not settings.feishu_app_secret:
        raise SettingError(
            "SHOUWANG_FEISHU_APP_SECRET 没有填：填了 SHOUWANG_FEISHU_APP_ID 就要填它，在飞书后台“凭证与基础信息”里。"
        )
    if not settings.feishu_encrypt_key and not settings.feishu_verification_token:
        raise SettingError(
            "SHOUWANG_FEISHU_ENCRYPT_KEY 没有填：没有它就分不清真假飞书消息，在飞书后台“事件与回调 → 加密策略”里。"
        )
    return FeishuApi(
        settings.feishu_app_id, settings.feishu_app_secret, base_url=settings.feishu_api_base_url, clock=clock
    )
