"""Every error of Twilio's that is known to happen means something for the call, and tells staff who must do what."""

import pytest

from community.model.calls.call import Outcome
from voice.carriers.base import Acceptance, CarrierRequest
from voice.carriers.twilio import events
from voice.carriers.twilio.errors import refusal, told_of

_STAFF = ("管理员", "工作人员", "名册", "系统")


@pytest.mark.parametrize(
    ("code", "status", "outcome", "is_account"),
    [
        *((code, 400, Outcome.NOT_IN_SERVICE, False) for code in (13223, 13224, 21201, 21211, 21214, 21217)),
        *((code, 400, Outcome.CARRIER_ERROR, False) for code in (13225, 21216)),
        *((code, 400, None, True) for code in (21205, 21210, 21212, 21213, 21606, 21609, 10002, 13805)),
        *((code, 400, Outcome.CARRIER_ERROR, True) for code in (13227, 21215, 21219, 32205)),
        *((code, 401, None, True) for code in (20003, 20005, 20006, 20008)),
        (20404, 404, None, True),
    ],
)
def test_a_call_that_was_refused_was_not_placed(
    code: int, status: int, outcome: Outcome | None, is_account: bool
) -> None:
    result = refusal(status, code)
    assert result.placement is Acceptance.REFUSED
    assert result.outcome is outcome
    assert result.account_fault is is_account
    assert result.error_code == str(code)
    assert any(word in (result.error_text or "") for word in _STAFF)


@pytest.mark.parametrize(("code", "status"), [(20429, 429), (22005, 400)])
def test_too_many_calls_slow_down_and_nobody_is_at_fault(code: int, status: int) -> None:
    result = refusal(status, code)
    assert result.placement is Acceptance.REFUSED
    assert result.slow_down
    assert not result.account_fault


@pytest.mark.parametrize(("code", "status"), [(20500, 500), (20503, 503), (None, 502), (21211, 500)])
def test_what_a_server_error_did_nobody_knows(code: int | None, status: int) -> None:
    result = refusal(status, code)
    assert result.placement is Acceptance.UNKNOWN
    assert "不会重打" in (result.error_text or "")


@pytest.mark.parametrize(
    ("status", "is_account"),
    [(400, False), (401, True), (402, True), (403, True), (404, True), (409, False), (307, True)],
)
def test_a_code_that_nobody_knows_is_judged_by_its_status(status: int, is_account: bool) -> None:
    result = refusal(status, 99999)
    assert result.placement is Acceptance.REFUSED
    assert result.account_fault is is_account
    assert result.error_code == "99999"
    assert "管理员" in (result.error_text or "")


@pytest.mark.parametrize("code", [11200, 11205, 12100, 12300, 13327, 13328, 13331, 13335, 32015])
def test_an_error_of_our_answers_in_the_middle_of_a_call_is_told_to_staff(code: int) -> None:
    form = {"CallSid": "CA1", "CallStatus": "completed", "ErrorCode": str(code)}
    event = events.parse(
        CarrierRequest(method="POST", path="status", url="https://a.example/status", headers={}, form=form, body=b"")
    )
    assert event.outcome is Outcome.ANSWERED
    assert event.error_code == str(code)
    assert event.error_text == told_of(str(code))
    assert "按错误码" not in (event.error_text or "")
    assert "按错误码" in (told_of("64999") or "")
    assert told_of(None) is None
