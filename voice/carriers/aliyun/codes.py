"""How a call ended, from the codes of Alibaba Cloud's receipts.

https://help.aliyun.com/document_detail/55085.html (result), /112804.html (while the call runs),
https://help.aliyun.com/zh/vms/developer-reference/smart-status-code (why nobody answered).
"""

from community.model.calls.call import AttemptStatus, Outcome

#: Told while the call runs. 200100, the end, is left out: why it ended comes with the record of the call.
RUNNING: dict[str, AttemptStatus] = {
    "200101": AttemptStatus.PLACED,
    "200201": AttemptStatus.RINGING,
    "200102": AttemptStatus.IN_PROGRESS,
    "200103": AttemptStatus.IN_PROGRESS,
}
_RESULTS: dict[str, Outcome] = {
    "200000": Outcome.ANSWERED,
    "200001": Outcome.ANSWERED,
    "200002": Outcome.BUSY,
    "200003": Outcome.NO_ANSWER,
    "200004": Outcome.NOT_IN_SERVICE,
    # 无法接通（拒绝）: the page names refusal, a busy network, a phone that is off and no answer as causes alike.
    "200005": Outcome.NO_ANSWER,
    "200007": Outcome.NO_ANSWER,
    "200008": Outcome.ANSWERED,
    "200010": Outcome.SWITCHED_OFF,
    "200011": Outcome.NOT_IN_SERVICE,
    "200103": Outcome.ANSWERED,
    "200111": Outcome.REJECTED,
    "200112": Outcome.BUSY,
    "200113": Outcome.NO_ANSWER,
    "200116": Outcome.NOT_IN_SERVICE,
    "200120": Outcome.NO_ANSWER,
    "482": Outcome.NOT_IN_SERVICE,
}
_SMART: dict[str, Outcome] = {
    "ANSWERED": Outcome.ANSWERED,
    "CANCEL": Outcome.NO_ANSWER,
    "CALL_REJECTED": Outcome.REJECTED,
    # 呼叫转移、接听助理、移动秘书: nobody of the household has heard us.
    "CALL_FORWARDING": Outcome.VOICEMAIL,
    "INTELLIGENT_ANSWER": Outcome.VOICEMAIL,
    "INCOMING_CALL_BARRED": Outcome.REJECTED,
    "INVALID_NUMBER": Outcome.NOT_IN_SERVICE,
    "SUSPEND": Outcome.NOT_IN_SERVICE,
    "NO_ANSWER": Outcome.NO_ANSWER,
    "NO_USER_RESPONDING": Outcome.NO_ANSWER,
    "UNAVAILABLE": Outcome.NO_ANSWER,
    "NETWORK_BUSY": Outcome.CARRIER_ERROR,
    "OPERATOR_BLOCK": Outcome.CARRIER_ERROR,
    "POWERED_OFF": Outcome.SWITCHED_OFF,
    "USER_BUSY": Outcome.BUSY,
}


def outcome_of(status_code: str, smart_status_code: str = "") -> Outcome:
    """How a call ended.

    Args:
        status_code: the operator's result; anything unknown is a fault of the line.
        smart_status_code: the more exact reason, where that is switched on; empty or OTHER says nothing.
    """
    return _SMART.get(smart_status_code) or _RESULTS.get(status_code, Outcome.CARRIER_ERROR)
