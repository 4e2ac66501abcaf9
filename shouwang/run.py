"""Everything on one machine: the service, Rasa and its action server, started, kept alive and stopped together."""

import asyncio
import secrets
import sys
from dataclasses import replace
from pathlib import Path

import click

from community.settings import Settings
from shouwang.first_start import first_password, launch_sample_campaign
from shouwang.serve import serve, stop_on_signals
from shouwang.supervise import Child, free_port, keep_alive
from shouwang.wiring import Office, open_office

_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONUNBUFFERED": "1",
}


async def run_everything(settings: Settings) -> None:
    """Run the service and, unless `SHOUWANG_RASA_URL` names another one, Rasa and its actions, until told to stop."""
    stop = asyncio.Event()
    stop_on_signals(stop)
    settings, children = _with_children(settings)
    with open_office(settings) as office:
        password = first_password(office)
        launch_sample_campaign(office)
        serving = asyncio.create_task(serve(office, "all", stop, on_listening=lambda: _greet(office, password)))
        serving.add_done_callback(lambda _: stop.set())
        watching = [asyncio.create_task(keep_alive(child, stop)) for child in children]
        try:
            await serving
        finally:
            stop.set()
            await asyncio.gather(*watching)
    click.echo("已停止。")


def _with_children(settings: Settings) -> tuple[Settings, list[Child]]:
    if settings.rasa_url:
        return settings, []
    settings = replace(
        settings,
        rasa_url=f"http://127.0.0.1:{free_port()}",
        rasa_token=settings.rasa_token or secrets.token_urlsafe(24),
        actions_token=settings.actions_token or secrets.token_urlsafe(24),
    )
    actions_port = free_port()
    return settings, [_actions(settings, actions_port), rasa_child(settings, actions_port)]


def _actions(settings: Settings, port: int) -> Child:
    return Child(
        name="actions",
        argv=[sys.executable, "-m", "shouwang", "actions", "--port", str(port)],
        env={**_QUIET, "SHOUWANG_ACTIONS_TOKEN": settings.actions_token},
        log_file=settings.data_dir / "logs" / "actions.log",
    )


def rasa_child(settings: Settings, actions_port: int) -> Child:
    """Rasa with the trained model, on the port of `rasa_url`; its conversations and its log lie in the data directory."""
    return Child(
        name="rasa",
        argv=[sys.executable, "-m", "bot.components.serve"],
        env={
            **_QUIET,
            "SHOUWANG_MODEL": str(Path("models/shouwang.tar.gz").absolute()),
            "SHOUWANG_RASA_PORT": settings.rasa_url.rsplit(":", 1)[1],
            "SHOUWANG_RASA_TOKEN": settings.rasa_token,
            "SHOUWANG_ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook",
            "SHOUWANG_ACTIONS_TOKEN": settings.actions_token,
            "SHOUWANG_TRACKER_URL": f"sqlite:///{settings.data_dir / 'tracker.db'}",
        },
        log_file=settings.data_dir / "logs" / "rasa.log",
    )


def _greet(office: Office, password: str | None) -> None:
    url = f"http://{office.settings.host}:{office.settings.port}"
    click.echo(
        f"\n守望已启动，按 Ctrl-C 停止。\n  控制台：{url}/console/\n  聊天页：{url}/chat（助手还要半分钟左右准备好）"
    )
    if password:
        click.echo(f"  管理员账号 admin，一次性密码 {password}（第一次登录后要改）")
    if office.settings.carrier == "simulated":
        click.echo("  线路：模拟居民，谁的电话也不会响；产生的一切都标着“演练”。")
    click.echo("")
