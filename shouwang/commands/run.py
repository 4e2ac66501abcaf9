"""`serve`, `run`, `setup`: the processes of the service."""

import asyncio

import click

from community.settings import load_settings
from shouwang.logs import set_up_logs

ROLES = ("all", "web", "worker")


@click.command("serve", help="启动网页、回调和后台工作（不含 Rasa）。")
@click.option("--role", type=click.Choice(ROLES), default="all", help="只启动一部分；多台机器共用 PostgreSQL 时用。")
def serve_command(role: str) -> None:
    """Run one serving process until it is told to stop."""
    from shouwang.serve import serve, stop_on_signals
    from shouwang.wiring import open_office

    settings = load_settings()
    set_up_logs(settings.log_level)

    async def main() -> None:
        stop = asyncio.Event()
        stop_on_signals(stop)
        with open_office(settings) as office:
            await serve(office, role, stop)

    asyncio.run(main())


@click.command("run", help="启动全部：网页、后台、Rasa 和动作服务。按 Ctrl-C 停止。")
def run_command() -> None:
    """Run everything on this machine until it is told to stop."""
    from shouwang.run import run_everything

    settings = load_settings()
    set_up_logs(settings.log_level)
    asyncio.run(run_everything(settings))


@click.command("setup", help="准备好运行所需的一切：页面资源、模型、数据库、示例社区。")
def setup_command() -> None:
    """Build what is missing; does nothing where nothing is missing."""
    from shouwang.first_start import build_assets, load_sample_community
    from shouwang.wiring import open_office

    settings = load_settings()
    set_up_logs("warning")
    build_assets()
    with open_office(settings) as office:
        load_sample_community(office)


COMMANDS = (serve_command, run_command, setup_command)
