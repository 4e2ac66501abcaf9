"""Alibaba Cloud's refusals, as what they mean for the attempt and what staff can do about them.

Codes: https://help.aliyun.com/zh/vms/developer-reference/api-error-code. `isv.` is a refusal of what we asked, so nobody was
rung; `isp.` is a fault on their side, after which nobody knows.
"""

from community.model.calls.call import Outcome
from voice.carriers.base import Acceptance, PlaceResult
from voice.carriers.meaning import Meaning

_KEY = Meaning("阿里云密钥不对或已停用，请管理员核对 ALIYUN_ACCESS_KEY_ID 和 ALIYUN_ACCESS_KEY_SECRET", account=True)
_PERMISSION = Meaning("这个密钥没有语音服务的权限，请管理员在阿里云 RAM 里给它授权", account=True)
_MONEY = Meaning("阿里云账户欠费或余额不足，请管理员充值", account=True)
_NOT_OPENED = Meaning("阿里云还没有开通语音服务或智能语音交互，请管理员在控制台开通", account=True)
_ACCOUNT = Meaning("阿里云账户不存在或异常，请管理员登录阿里云查看", account=True)
_SHOW_NUMBER = Meaning("主叫号码不对或不属于这个账户，请管理员核对 ALIYUN_CALLED_SHOW_NUMBER", account=True)
_PERIOD = Meaning("阿里云现在不让外呼（限制时段），系统过一会儿再打", account=True)
_PARAMETERS = Meaning("阿里云不接受这个请求的参数，请管理员查看日志里的错误码", account=True)
_SPEED = Meaning("阿里云要求放慢，系统会自动放慢后再打", slow=True)
_TOO_OFTEN = Meaning(
    "阿里云限制了打给这个号码的次数（每分钟1次、每小时5次、每天20次），过后再打", Outcome.CARRIER_ERROR
)
_BAD_NUMBER = Meaning("这个号码阿里云不认，请核对名册里的电话", Outcome.NOT_IN_SERVICE)
_PROTECTED = Meaning("防骚扰拦截了这个号码，请上门或换一个电话；常有的话请管理员换主叫号码", Outcome.CARRIER_ERROR)
_NOT_STARTED = Meaning("阿里云没能发起呼叫，请管理员在语音服务控制台查看原因", Outcome.CARRIER_ERROR)
_WORDS = Meaning("阿里云认为话里有不许说的词，请管理员核对外呼话术报备", account=True)

_CODES: dict[str, Meaning] = {
    "InvalidAccessKeyId": _KEY,
    "InvalidAccessKeyId.NotFound": _KEY,
    "InvalidAccessKeyId.Inactive": _KEY,
    "SignatureDoesNotMatch": _KEY,
    "IncompleteSignature": _KEY,
    "Forbidden.RAM": _PERMISSION,
    "NoPermission": _PERMISSION,
    "isp.RAM_PERMISSION_DENY": _PERMISSION,
    "isv.OUT_OF_SERVICE": _MONEY,
    "isv.AMOUNT_NOT_ENOUGH": _MONEY,
    "isv.PRODUCT_UN_SUBSCRIPT": _NOT_OPENED,
    "isv.PRODUCT_UNSUBSCRIBE": _NOT_OPENED,
    "isv.ACCOUNT_NOT_EXISTS": _ACCOUNT,
    "isv.ACCOUNT_ABNORMAL": _ACCOUNT,
    "isv.BILLID_NOT_EXIST": _SHOW_NUMBER,
    "isv.DISPLAY_NUMBER_ILLEGAL": _SHOW_NUMBER,
    "isv.MOBILE_NUMBER_ILLEGAL": _BAD_NUMBER,
    "isv.BUSINESS_LIMIT_CONTROL": _TOO_OFTEN,
    "isv.VOICE_ROBOT_NOT_PERIOD": _PERIOD,
    "isv.VOICE_CALL_PERIOD_ERROR": _PERIOD,
    "isv.COMPLAINT_REJECT": _PROTECTED,
    "isv.VOICE_CALL_FAIL": _NOT_STARTED,
    "isv.BLACK_KEY_CONTROL_LIMIT": _WORDS,
    "isv.TEMPLATE_PARAMS_ILLEGAL": _WORDS,
    "isv.TEMPLATE_ILLEGAL": _WORDS,
    "isv.TTS_TEMPLATE_ILLEGAL": _WORDS,
    "isv.VOICE_FILE_ILLEGAL": _WORDS,
    "isv.INVALID_PARAMETERS": _PARAMETERS,
    "Throttling": _SPEED,
    "Throttling.User": _SPEED,
    "Throttling.Api": _SPEED,
}
_OTHER_REFUSAL = Meaning("阿里云拒绝了这通电话，请管理员按错误码查明原因", Outcome.CARRIER_ERROR)
_UNKNOWN_TEXT = "阿里云没有答复清楚，这通电话是否打出还不知道，系统核对之前不会重打"
_MAINLAND_ONLY = "阿里云线路只能打大陆号码，请核对名册或换一个电话"


def refusal(code: str, status: int = 200) -> PlaceResult:
    """What an answer other than OK to a request for a call means.

    Args:
        code: Alibaba Cloud's error code.
        status: the HTTP status.
    """
    meaning = _CODES.get(code)
    if meaning is None and (status >= 500 or not _is_refusal(code, status)):
        return unknown(code or str(status))
    meaning = meaning or _OTHER_REFUSAL
    return meaning.refused(_short(code))


def is_about_the_account(code: str) -> str | None:
    """What staff must do, where nothing can be asked before they did; None for any other code."""
    meaning = _CODES.get(code)
    return meaning.text if meaning is not None and meaning.account else None


def unknown(code: str) -> PlaceResult:
    """Nobody knows whether the call was placed."""
    return PlaceResult(placement=Acceptance.UNKNOWN, error_code=_short(code), error_text=_UNKNOWN_TEXT)


def not_connected() -> PlaceResult:
    """The request never left: no connection was made."""
    return PlaceResult(
        placement=Acceptance.REFUSED,
        error_code="connect",
        error_text="连不上阿里云，请管理员检查网络和 ALIYUN_API_ENDPOINT",
    )


def not_mainland() -> PlaceResult:
    """The number is not one of mainland China's."""
    return PlaceResult(
        placement=Acceptance.REFUSED,
        outcome=Outcome.CARRIER_ERROR,
        error_code="not_mainland",
        error_text=_MAINLAND_ONLY,
    )


def _is_refusal(code: str, status: int) -> bool:
    return code.startswith("isv.") or 400 <= status < 500


def _short(code: str) -> str:
    """Without the prefix, so that the telling part fits in what is kept of it."""
    return code.removeprefix("isv.").removeprefix("isp.")[:20]
