"""`actions`, `train`: the assistant's own process, and its model."""

import click
import structlog
from aiohttp import web

from community.errors import SettingError
from community.settings import load_settings
from shouwang.commands.output import json_option, print_json
from shouwang.logs import set_up_logs
from shouwang.wiring import open_office


@click.command("actions", help="启动动作服务，供 Rasa 调用；只听本机，凭 SHOUWANG_ACTIONS_TOKEN 进门。")
@click.option("--port", type=click.IntRange(1, 65535), default=5055, show_default=True, help="端口。")
def actions_command(port: int) -> None:
    """Serve the actions until told to stop."""
    from actions.server import create_action_app
    from actions.services import Services
    from shouwang.language_model import build_model_side

    settings = load_settings()
    set_up_logs(settings.log_level)
    if not settings.actions_token:
        raise SettingError("SHOUWANG_ACTIONS_TOKEN 没有设置：写一串随机字符，并让 Rasa 用同一串。")
    with open_office(settings) as office:
        side = build_model_side(office)
        services = Services(
            database=office.database,
            clock=office.clock,
            rules=office.rules,
            phrase=side.phrase if side else None,
            propose=side.propose if side else None,
        )
        app = create_action_app(services, settings.actions_token)
        if side is not None:
            app.on_cleanup.append(side.close)
        structlog.get_logger(__name__).info("actions_listening", port=port)
        web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


@click.command("train", help="训练助手的模型；材料没变就不训练。")
@click.option("--force", is_flag=True, help="材料没变也重新训练。")
@json_option
def train_command(*, force: bool, as_json: bool) -> None:
    """Train the model if its inputs changed."""
    from shouwang.training import MODEL, train_if_changed

    trained = train_if_changed(force=force)
    if as_json:
        print_json({"model": str(MODEL), "trained": trained})
    else:
        click.echo(f"模型已训练好：{MODEL}" if trained else f"材料没有变，模型不用重新训练：{MODEL}")


COMMANDS = (actions_command, train_command)
