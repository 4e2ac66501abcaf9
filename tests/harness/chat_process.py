"""A serving process with nothing but chat in it, to be killed: `python tests/harness/chat_process.py DATABASE_URL RASA_URL TOKEN`.

Prints the port it listens on, then serves until it is ended.
"""

import asyncio
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from aiohttp import web

from bot.chat import build_chat
from community.clock import SystemClock
from community.files.community_folder import load_rulebook
from community.settings import load_settings
from community.store.database import Database


async def serve(database_url: str, rasa_url: str, token: str) -> None:
    settings = load_settings({"SHOUWANG_RASA_TOKEN": token})
    clock = SystemClock()
    chat = build_chat(
        database=Database(database_url),
        clock=clock,
        rules=load_rulebook(settings),
        settings=settings,
        rasa_url=rasa_url,
        secret="key",
        worker_id=f"killed-{os.getpid()}",
    )
    app = web.Application()
    app.add_routes(chat.routes)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:4]))
