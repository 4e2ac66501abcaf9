"""A light carrier for load: speaks Twilio's API on loopback, signs webhooks, answers every question; stops by itself.

`python -m benchmarks.load_carrier PORT OUR_URL LIFE SECONDS` prints one JSON line at the end: calls over, webhooks, their times, its own CPU.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import re
import resource
import sys
import time
import uuid
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

ACCOUNT, TOKEN = "AC" + "2" * 32, "load-test-token"
_ACTION = re.compile(r'<Gather[^>]*\saction="([^"]+)"')
_SAYS = ("可以", "好", "好", "好")


class LoadCarrier:
    """Places calls that are all answered; each answer comes after `think` seconds."""

    def __init__(self, base_url: str, think: float, calls: int) -> None:
        self.base_url = base_url
        self.calls = calls
        self.think = think
        self.times: list[float] = []
        self.over = 0
        self.failed = 0
        self.most_at_once = 0
        self.live = 0
        self.placed: list[float] = []
        self.all_over = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.session: aiohttp.ClientSession | None = None

    async def create(self, request: web.Request) -> web.Response:
        """POST Calls.json."""
        form = dict((await request.post()).items())
        sid = f"CA{uuid.uuid4().hex}"
        self.placed.append(time.monotonic())
        task = asyncio.create_task(self._live(sid, form))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return web.json_response({"sid": sid, "status": "queued", "to": form["To"], "from": form["From"]}, status=201)

    async def found(self, _request: web.Request) -> web.Response:
        """GET Calls.json: nothing is ever lost here."""
        return web.json_response({"calls": [], "next_page_uri": None, "page": 0, "page_size": 50})

    async def _live(self, sid: str, form: dict[str, str]) -> None:
        self.live += 1
        self.most_at_once = max(self.most_at_once, self.live)
        common = {"CallSid": sid, "AccountSid": ACCOUNT, "To": form["To"], "From": form["From"]}
        await self._tell(form, common, "ringing", 1)
        await self._tell(form, common, "in-progress", 2)
        answer = await self._post(form["Url"], {**common, "CallStatus": "in-progress"})
        says = iter(_SAYS)
        while (action := _ACTION.search(answer)) and (words := next(says, None)):
            await asyncio.sleep(self.think)
            heard = {"CallStatus": "in-progress", "SpeechResult": words, "Confidence": "0.95"}
            answer = await self._post(action[1].replace("&amp;", "&"), {**common, **heard})
        await self._tell(form, common, "completed", 3)
        self.live -= 1
        self.over += 1
        if self.over >= self.calls:
            self.all_over.set()

    async def _tell(self, form: dict[str, str], common: dict[str, str], status: str, sequence: int) -> None:
        detail = {"CallStatus": status, "SequenceNumber": str(sequence), "CallDuration": "20"}
        await self._post(form["StatusCallback"], {**common, **detail})

    async def _post(self, url: str, fields: dict[str, str]) -> str:
        assert self.session is not None
        signed = url + "".join(name + fields[name] for name in sorted(fields))
        signature = base64.b64encode(hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        started = time.monotonic()
        try:
            async with self.session.post(url, data=urlencode(fields).encode(), headers=headers) as response:
                text = await response.text()
                self.failed += response.status >= 400
        except (aiohttp.ClientError, TimeoutError):
            self.failed += 1
            text = ""
        self.times.append(time.monotonic() - started)
        return text

    def report(self) -> dict[str, object]:
        """What was seen, times in milliseconds."""
        times = sorted(self.times) or [0.0]
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "over": self.over,
            "webhooks": len(self.times),
            "failed": self.failed,
            "most_at_once": self.most_at_once,
            "p50_ms": round(times[len(times) // 2] * 1000, 1),
            "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 1),
            "most_placed_in_a_second": _most_in_a_second(self.placed),
            "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        }


def _most_in_a_second(moments: list[float]) -> int:
    most = start = 0
    for end, moment in enumerate(moments):
        while moment - moments[start] >= 1.0:
            start += 1
        most = max(most, end - start + 1)
    return most


async def main(port: int, base_url: str, think: float, calls: int, seconds: float) -> None:
    """Serve until that many calls are over, or the time is up."""
    carrier = LoadCarrier(base_url, think, calls)
    app = web.Application()
    root = f"/2010-04-01/Accounts/{ACCOUNT}"
    app.router.add_post(f"{root}/Calls.json", carrier.create)
    app.router.add_get(f"{root}/Calls.json", carrier.found)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=256)) as session:
        carrier.session = session
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(carrier.all_over.wait(), seconds)
    await runner.cleanup()
    print(json.dumps(carrier.report()))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])))
