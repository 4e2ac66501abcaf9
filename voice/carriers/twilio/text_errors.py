"""Twilio's refusals of text messages and its reasons for not delivering them, as what they mean for the number.

Codes: https://www.twilio.com/docs/api/errors. A code that is not here is judged by its HTTP status or its message status.
"""

from dataclasses import dataclass

from community.model.calls.text_message import TextProblem
from voice.carriers.base import Acceptance
from voice.carriers.texting import TextResult
from voice.carriers.twilio.errors import not_connected, refusal, unknown


@dataclass(frozen=True, slots=True)
class TextMeaning:
    """What a code says: one sentence for staff, and what the number is like."""

    text: str
    problem: TextProblem | None = None
    account: bool = False
    slow: bool = False


_UNSUBSCRIBED = TextMeaning("居民退订了短信，以后只打电话或上门", TextProblem.UNSUBSCRIBED)
_LANDLINE = TextMeaning("这个号码收不了短信，以后只给它打电话", TextProblem.LANDLINE)
_NO_SUCH_NUMBER = TextMeaning("这个号码不存在或已停机，请核对名册里的电话", TextProblem.NO_SUCH_NUMBER)
_UNREACHABLE = TextMeaning("手机关机或不在服务区，短信没有送到，电话照常再打", TextProblem.UNREACHABLE)
_BLOCKED = TextMeaning("短信被对方手机或运营商拦截，请打电话或上门", TextProblem.BLOCKED)
_FILTERED = TextMeaning("短信被当成垃圾短信拦下，请管理员在运营商后台核对短信签名和内容", TextProblem.FILTERED)
_SENDER = TextMeaning("发短信的号码不能发短信，请管理员核对 TWILIO_FROM_NUMBER，并在运营商后台开通短信", account=True)
_NO_REGION = TextMeaning("线路账号没有开通这个地区的短信权限，请管理员在运营商后台开通", account=True)
_QUEUE_FULL = TextMeaning("线路方短信排队已满，系统稍后再发", slow=True)
_TOO_LONG = TextMeaning("短信太长，线路方不收，请管理员缩短问卷里的 text.say 或问题", TextProblem.CARRIER_ERROR)
_UNREGISTERED = TextMeaning("短信号码没有登记，当地运营商不放行，请管理员在运营商后台完成登记", account=True)
_SERVICE = TextMeaning(
    "短信服务用不了，请管理员核对 TWILIO_MESSAGING_SERVICE_SID，并把 TWILIO_FROM_NUMBER 加进它的号码池", account=True
)
_CONGESTED = TextMeaning("对方的运营商一时太忙，短信没有送到，电话照常再打", TextProblem.UNREACHABLE)
_DAY_IS_FULL = TextMeaning("今天能发的短信已发完，请管理员在运营商后台提高额度", TextProblem.FILTERED, account=True)
_OTHER = TextMeaning("线路方没有送到这条短信，请管理员按错误码查明原因", TextProblem.CARRIER_ERROR)

_CODES: dict[int, TextMeaning] = {
    21211: _NO_SUCH_NUMBER,
    21217: _NO_SUCH_NUMBER,
    21265: _NO_SUCH_NUMBER,
    21408: _NO_REGION,
    21601: _SENDER,
    21605: _TOO_LONG,
    21606: _SENDER,
    21608: TextMeaning("试用账号只能发给已验证的号码，请管理员升级线路账号", account=True),
    21610: _UNSUBSCRIBED,
    21611: _QUEUE_FULL,
    21612: TextMeaning("这条线路发不到这个号码，以后只给它打电话", TextProblem.LANDLINE),
    21614: _LANDLINE,
    21617: _TOO_LONG,
    21701: _SERVICE,
    21703: _SERVICE,
    21704: _SERVICE,
    21705: _SERVICE,
    21711: _SERVICE,
    21712: _SERVICE,
    21659: _SENDER,
    21660: _SENDER,
    30001: _QUEUE_FULL,
    30002: TextMeaning("线路账号已停用，请管理员到运营商后台处理", TextProblem.CARRIER_ERROR, account=True),
    30003: _UNREACHABLE,
    30004: _BLOCKED,
    30005: _NO_SUCH_NUMBER,
    30006: _LANDLINE,
    30007: _FILTERED,
    30008: _OTHER,
    30017: _CONGESTED,
    30022: _DAY_IS_FULL,
    30023: _DAY_IS_FULL,
    30024: _UNREGISTERED,
    30032: _UNREGISTERED,
    30033: _UNREGISTERED,
    30034: _UNREGISTERED,
    30036: _UNREACHABLE,
}
_NOT_SENT = "连不上线路方，短信没有发出，请管理员检查网络和 TWILIO_API_BASE_URL"
_UNKNOWN = "线路方没有答复清楚，这条短信是否发出还不知道，系统核对之前不会重发"


def refused(status: int, code: int | None) -> TextResult:
    """What an error answer to a POST of a text means.

    Args:
        status: the HTTP status.
        code: Twilio's own error code, where it gave one.
    """
    if status >= 500:
        return not_known(str(code or status))
    meaning = _CODES.get(code or 0) or _general(status, code)
    return TextResult(
        sending=Acceptance.REFUSED,
        problem=meaning.problem,
        slow_down=meaning.slow,
        account_fault=meaning.account,
        error_code=str(code or status),
        error_text=meaning.text,
    )


def not_known(code: str) -> TextResult:
    """Nobody knows whether the text was sent."""
    return TextResult(sending=Acceptance.UNKNOWN, error_code=unknown(code).error_code, error_text=_UNKNOWN)


def never_left() -> TextResult:
    """The request never left: no connection was made."""
    return TextResult(sending=Acceptance.REFUSED, error_code=not_connected().error_code, error_text=_NOT_SENT)


def meaning_of(code: str) -> TextMeaning:
    """Why a text that was taken did not arrive."""
    return _CODES.get(int(code), _OTHER) if code.isascii() and code.isdigit() and len(code) <= 9 else _OTHER


def _general(status: int, code: int | None) -> TextMeaning:
    """What calls and texts are refused for alike: the account, the pace, the address of the server."""
    alike = refusal(status, code)
    if alike.account_fault or alike.slow_down:
        return TextMeaning(alike.error_text or "", account=alike.account_fault, slow=alike.slow_down)
    return _OTHER
