"""What `shouwang doctor` looks at: one small check each, which says what is wrong and who must do what."""

import asyncio
import shutil
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import aiohttp

from bot.language_model.asking import prompt
from bot.language_model.client import Said
from community.errors import CommunityError
from community.model.staff import ROLE_NAMES
from community.store.retention import overdue_texts
from community.store.staff import all_staff
from shouwang.carriers import build_carrier
from shouwang.language_model import build_model, is_private
from shouwang.wiring import Office
from voice.carriers.addresses import KnowsAddresses, wrong_addresses

_LEAST_FREE = 1_000_000_000
_TIMEOUT = aiohttp.ClientTimeout(total=5)


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check; `fix` is empty when all is well, and a reminder where nothing is wrong."""

    name: str
    ok: bool
    detail: str
    fix: str = ""


async def examine(office: Office) -> list[Check]:
    """Run every check and return the results in order; none raises."""
    return [await check(office) for check in _CHECKS]


async def _database(office: Office) -> Check:
    kind = "SQLite" if office.database.is_sqlite else "PostgreSQL"
    return Check("数据库", ok=True, detail=f"{kind}，表结构是最新的")


async def _disk(office: Office) -> Check:
    free = shutil.disk_usage(office.settings.data_dir).free
    detail = f"剩余 {free / 1e9:.1f} GB"
    if free < _LEAST_FREE:
        return Check("磁盘", ok=False, detail=detail, fix="请管理员清理磁盘，至少留出 1 GB")
    return Check("磁盘", ok=True, detail=detail)


async def _calendar(office: Office) -> Check:
    soon = (office.clock.now() + timedelta(days=60)).astimezone(office.rules.timezone).year
    if office.rules.calendar.knows(soon):
        return Check("节假日", ok=True, detail=f"{soon} 年的放假和调休已知道")
    return Check(
        "节假日",
        ok=False,
        detail=f"还不知道 {soon} 年的放假和调休，暂按周一到周五算",
        fix="国务院公布后，请管理员升级 chinesecalendar，或把日期写进 community.yml",
    )


async def _ladders(office: Office) -> Check:
    staff = await office.database.read(all_staff)
    present = {member.role for member in staff if member.is_active}
    needed = {step.role for ladder in office.rules.ladders.values() for step in ladder}
    missing = "、".join(ROLE_NAMES[role] for role in ROLE_NAMES if role in needed - present)
    if missing:
        return Check(
            "升级链", ok=False, detail=f"没有人担任：{missing}", fix="请管理员用 staff add 添加，否则工单会跳过这一级"
        )
    return Check("升级链", ok=True, detail="每一级都有人")


async def _carrier(office: Office) -> Check:
    name = office.settings.carrier
    try:
        carrier = build_carrier(office)
    except CommunityError as error:
        return Check("线路", ok=False, detail=error.message, fix="请管理员改正 .env 里的这一项")
    try:
        if carrier.rehearsal:
            return Check("线路", ok=True, detail="模拟居民，谁的电话也不会响")
        if carrier.abilities.finds_calls:
            await carrier.find(to=carrier.from_numbers[0], since=office.clock.now())
        else:
            # No call has this id; the answer says whether the account may ask.
            await carrier.fetch("0")
    except CommunityError as error:
        return Check("线路", ok=False, detail=error.message, fix="请管理员核对运营商账号、令牌和网络")
    finally:
        await carrier.close()
    return Check("线路", ok=True, detail=f"{name} 可用，主叫号码 {len(carrier.from_numbers)} 个")


async def _addresses(office: Office) -> Check:
    """Whether calls and texts that come in are brought to us; without credentials `_carrier` says so."""
    name, base = "来电和短信的地址", office.settings.public_url
    try:
        carrier = build_carrier(office)
    except CommunityError:
        return Check(name, ok=True, detail="线路还没有设好，没有查")
    try:
        if not isinstance(carrier, KnowsAddresses):
            return Check(name, ok=True, detail="这条线路不用在号码上填")
        entered = {each.number: each for each in await carrier.entered_addresses()}
    except CommunityError as error:
        return Check(
            name, ok=True, detail=f"没有查到：{error.message}", fix="网络或线路恢复后，请管理员再运行一次 doctor"
        )
    finally:
        await carrier.close()
    ours = [entered[number] for number in carrier.from_numbers if number in entered]
    wrong = [sentence for each in ours for sentence in wrong_addresses(carrier.voice_place, each, base)]
    if wrong:
        return Check(
            name,
            ok=False,
            detail=f"{len(wrong)} 处不是本系统的地址，居民打来的电话、回的短信收不到",
            fix="；".join(wrong),
        )
    if len(ours) < len(carrier.from_numbers):
        missing = "账号里没有买这些号码：居民打不回来，也回不了短信"
        return Check(name, ok=True, detail=missing, fix="请管理员核对 TWILIO_FROM_NUMBER")
    return Check(name, ok=True, detail=f"{len(ours)} 个号码都填对了")


async def _retention(office: Office) -> Check:
    settings = office.settings
    detail = f"录音保存 {settings.recording_days} 天，短信和书面往来 {settings.text_days} 天"
    # A day for the worker's round, and one to spare.
    before = office.clock.now() - timedelta(days=settings.text_days + 2)
    if await office.database.read(lambda conn: overdue_texts(conn, before)):
        return Check(
            "保存期限", ok=False, detail=f"{detail}；有到期的短信还没删", fix="请管理员检查 worker 是否每天都在运行"
        )
    return Check("保存期限", ok=True, detail=detail)


async def _public_url(office: Office) -> Check:
    url = office.settings.public_url
    if office.settings.carrier != "simulated" and ("127.0.0.1" in url or "localhost" in url):
        return Check(
            "公网地址",
            ok=False,
            detail=f"{url} 只有本机能访问，运营商回调不到",
            fix="请管理员把 SHOUWANG_PUBLIC_URL 设成公网 https 地址",
        )
    return Check("公网地址", ok=True, detail=url)


async def _rasa(office: Office) -> Check:
    url = office.settings.rasa_url
    if not url:
        return Check("助手", ok=True, detail="由 make run 启动")
    try:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session, session.get(url) as answer:
            answer.raise_for_status()
    except (aiohttp.ClientError, TimeoutError):
        return Check(
            "助手", ok=False, detail=f"{url} 没有应答", fix="请管理员检查 Rasa 是否在运行、SHOUWANG_RASA_URL 是否正确"
        )
    return Check("助手", ok=True, detail=url)


async def _language_model(office: Office) -> Check:
    model = build_model(office.settings)
    if model is None:
        return Check("大语言模型", ok=True, detail="没有设置，用内置的规则")
    if not is_private(office.settings.llm_url):
        return Check(
            "大语言模型",
            ok=False,
            detail=f"{office.settings.llm_url} 不加密，而且不在内网",
            fix="请管理员把 SHOUWANG_LLM_URL 换成 https 地址",
        )
    try:
        said = await model.say(*prompt("check", {}))
    finally:
        await model.close()
    if isinstance(said, Said):
        return Check("大语言模型", ok=True, detail=f"{model.name} 能回答，最多等 {model.seconds:g} 秒")
    return Check(
        "大语言模型",
        ok=False,
        detail=f"{model.name} 没有答上来（{said.reason}），暂时由内置的规则答",
        fix="请管理员核对 SHOUWANG_LLM_URL、SHOUWANG_LLM_MODEL、SHOUWANG_LLM_API_KEY 和网络；不用就清空 SHOUWANG_LLM_URL",
    )


async def _port(office: Office) -> Check:
    address = (office.settings.host, office.settings.port)
    taken = await asyncio.to_thread(_answers, address)
    return Check("端口", ok=True, detail=f"{address[1]} {'上有服务在运行' if taken else '空闲'}")


def _answers(address: tuple[str, int]) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(address) == 0


_CHECKS: tuple[Callable[[Office], Awaitable[Check]], ...] = (
    _database,
    _disk,
    _calendar,
    _ladders,
    _carrier,
    _public_url,
    _addresses,
    _retention,
    _rasa,
    _language_model,
    _port,
)
