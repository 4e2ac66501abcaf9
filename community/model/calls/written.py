"""What follows when a target answered in writing, and what a call that runs meanwhile still decides."""

from collections.abc import Mapping
from dataclasses import replace

from community.model.calls.call import CallResult
from community.model.calls.retry import OPTED_OUT_REASON, REHEARSED_REASON, Decision, Fate
from community.model.cases.case import CaseKind, Priority

_BY_RESULT: Mapping[CallResult, Decision] = {
    CallResult.COMPLETED: Decision(fate=Fate.COMPLETED),
    CallResult.OPTED_OUT: Decision(fate=Fate.EXCLUDED, reason=OPTED_OUT_REASON),
    CallResult.DISTRESS: Decision(
        fate=Fate.CASE,
        case_kind=CaseKind.WORRYING,
        priority=Priority.EMERGENCY,
        reason="书面回答时求助，请立即联系本人",
        danger=True,
    ),
    CallResult.UNCLEAR: Decision(
        fate=Fate.CASE,
        case_kind=CaseKind.WORRYING,
        priority=Priority.URGENT,
        reason="书面回答几次都没有看懂，请人工联系",
    ),
    CallResult.HUMAN: Decision(
        fate=Fate.CASE,
        case_kind=CaseKind.CALLBACK,
        priority=Priority.URGENT,
        reason="要求和工作人员通话，请回电",
    ),
    CallResult.REFUSED: Decision(
        fate=Fate.CASE,
        case_kind=CaseKind.CALLBACK,
        priority=Priority.NORMAL,
        reason="不愿书面回答，请人工了解情况",
    ),
    CallResult.WRONG_PERSON: Decision(
        fate=Fate.CASE,
        case_kind=CaseKind.LIST_CHECK,
        reason="收到消息的人说不是本人，请核对名册并设法联系本人",
    ),
}

#: What the resident made plain on the phone counts, whatever was written before.
_PLAIN_ON_THE_PHONE = frozenset(
    {CallResult.COMPLETED, CallResult.DISTRESS, CallResult.OPTED_OUT, CallResult.HUMAN, CallResult.REFUSED}
)


def after_writing(result: CallResult, *, completes: bool) -> Decision:
    """What becomes of a target that answered in writing.

    Args:
        completes: it says something true of the resident: a rehearsal does so of sample residents only.
    """
    decision = _BY_RESULT[result]
    if decision.fate is Fate.COMPLETED and not completes:
        return Decision(fate=Fate.EXCLUDED, reason=REHEARSED_REASON)
    return decision


def heeding_writing(
    by_call: Decision, result: CallResult | None, written: CallResult | None, *, completes: bool
) -> Decision:
    """What follows a call during which the target was settled in writing: nobody is rung again for it.

    Args:
        by_call: what would follow the call alone; `result`: what its conversation came to.
        written: what writing made of the target; None where nothing was written.
    """
    if written is None or result in _PLAIN_ON_THE_PHONE:
        return by_call
    return replace(after_writing(written, completes=completes), number_spent=by_call.number_spent)
