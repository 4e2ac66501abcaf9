"""Twilio's refusals, as what they mean for the attempt and what staff can do about them.

Codes: https://www.twilio.com/docs/api/errors. A code that is not here is judged by its HTTP status.
"""

from community.model.calls.call import Outcome
from voice.carriers.base import Acceptance, PlaceResult
from voice.carriers.meaning import Meaning

_BAD_NUMBER = Meaning("这个号码线路方不认，请核对名册里的电话", Outcome.NOT_IN_SERVICE)
_UNREACHABLE = Meaning("线路方打不通这个号码，请核对名册或换一个电话", Outcome.NOT_IN_SERVICE)
_NO_REGION = Meaning(
    "线路账号没有开通这个地区的呼叫权限，请管理员在运营商后台开通地区权限", Outcome.CARRIER_ERROR, account=True
)
_CALLER_ID = Meaning("主叫号码没有验证或不属于这个账号，请管理员核对 TWILIO_FROM_NUMBER", account=True)
_PUBLIC_URL = Meaning("线路方不接受我们的回调地址，请管理员核对 SHOUWANG_PUBLIC_URL", account=True)
_AUTH = Meaning("线路账号或密钥不对，请管理员核对 TWILIO_ACCOUNT_SID 和 TWILIO_AUTH_TOKEN", account=True)
_NOT_FOUND = Meaning("线路方没有这个账号或资源，请管理员核对 TWILIO_ACCOUNT_SID 和 TWILIO_API_BASE_URL", account=True)
_TRIAL = Meaning("试用账号只能打已验证的号码，请管理员升级线路账号", account=True)
_UNVERIFIED = Meaning("试用账号只能打已验证的号码，请管理员升级线路账号", Outcome.CARRIER_ERROR, account=True)
_TOO_FAST = Meaning("线路方要求放慢，系统会自动放慢后再打", slow=True)
_QUEUE_FULL = Meaning("线路方排队已满，系统稍后再打", slow=True)
_BLOCKED = Meaning("线路方封锁了这个号码，请工作人员上门或换一个电话", Outcome.CARRIER_ERROR)
_SUSPENDED = Meaning("线路账号已停用或欠费，请管理员到运营商后台处理", account=True)

_CODES: dict[int, Meaning] = {
    13223: _BAD_NUMBER,
    13224: _BAD_NUMBER,
    13225: _BLOCKED,
    13227: _NO_REGION,
    20003: _AUTH,
    20005: _SUSPENDED,
    20006: _AUTH,
    20008: _AUTH,
    20101: _AUTH,
    20404: _NOT_FOUND,
    20429: _TOO_FAST,
    10001: _SUSPENDED,
    10002: _TRIAL,
    13805: _TRIAL,
    21201: _BAD_NUMBER,
    21205: _PUBLIC_URL,
    21210: _CALLER_ID,
    21211: _BAD_NUMBER,
    21212: _CALLER_ID,
    21213: _CALLER_ID,
    21214: _UNREACHABLE,
    21215: _NO_REGION,
    21216: _BLOCKED,
    21217: _BAD_NUMBER,
    21219: _UNVERIFIED,
    21220: Meaning("这通电话已经结束"),
    21609: _PUBLIC_URL,
    21606: _CALLER_ID,
    22005: _QUEUE_FULL,
    32205: _NO_REGION,
}

#: What goes wrong at our own answers while a call runs; it comes with the call's last status.
_CANNOT_REACH_US = "通话中线路方取不到我们的应答，请管理员检查网络和 SHOUWANG_PUBLIC_URL"
_CANNOT_READ_US = "通话中线路方读不懂我们的应答，请管理员升级系统或报告这个错误"
_NOT_OUR_SETTING = "线路方不接受提问的设置，请管理员升级系统或报告这个错误"
_TOLD: dict[int, str] = {
    11200: _CANNOT_REACH_US,
    11205: _CANNOT_REACH_US,
    11210: _CANNOT_REACH_US,
    11220: _CANNOT_REACH_US,
    12100: _CANNOT_READ_US,
    12200: _CANNOT_READ_US,
    12300: _CANNOT_READ_US,
    13327: _NOT_OUR_SETTING,
    13328: _NOT_OUR_SETTING,
    13331: _NOT_OUR_SETTING,
    13335: _NOT_OUR_SETTING,
    32009: "这个号码没有在线，请工作人员核对名册里的电话",
    32015: "通话超过了线路方允许的时间，请工作人员联系居民补问",
}

_STATUSES: dict[int, Meaning] = {
    401: _AUTH,
    403: Meaning("线路方拒绝了这个账号的请求，请管理员核对账号权限", account=True),
    404: _NOT_FOUND,
    402: _SUSPENDED,
    429: _TOO_FAST,
}
_OTHER_REFUSAL = Meaning("线路方拒绝了这通电话，请管理员按错误码查明原因", Outcome.CARRIER_ERROR)
_WRONG_SERVER = Meaning("线路地址不对，请管理员核对 TWILIO_API_BASE_URL", account=True)
_UNKNOWN_TEXT = "线路方没有答复清楚，这通电话是否打出还不知道，系统核对之前不会重打"


def refusal(status: int, code: int | None) -> PlaceResult:
    """What an error answer to a POST of a call means.

    Args:
        status: the HTTP status.
        code: Twilio's own error code, where it gave one.
    """
    if status >= 500:
        return unknown(str(code or status))
    meaning = _CODES.get(code or 0) or _STATUSES.get(status) or (_WRONG_SERVER if status < 400 else _OTHER_REFUSAL)
    return meaning.refused(str(code or status))


def told_of(code: str | None) -> str | None:
    """What staff are told of an error that came with a call's status; None for none.

    Args:
        code: Twilio's own error code, digits.
    """
    if code is None:
        return None
    known = _TOLD.get(int(code)) or (_CODES[int(code)].text if int(code) in _CODES else None)
    return known or f"线路方报告了错误 {code}，请管理员按错误码查明原因"


def unknown(code: str) -> PlaceResult:
    """Nobody knows whether the call was placed."""
    return PlaceResult(placement=Acceptance.UNKNOWN, error_code=code, error_text=_UNKNOWN_TEXT)


def not_connected() -> PlaceResult:
    """The request never left: no connection was made."""
    return PlaceResult(
        placement=Acceptance.REFUSED,
        error_code="connect",
        error_text="连不上线路方，请管理员检查网络和 TWILIO_API_BASE_URL",
    )
