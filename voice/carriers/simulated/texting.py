"""Simulated text messages: always taken, always delivered, and answered by residents in character, some with nonsense."""

import random
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from community.model.calls.text_message import TextStatus
from voice.carriers.simulated.characters import Cast, Character
from voice.carriers.simulated.line import Line
from voice.carriers.simulated.pace import Pace
from voice.carriers.texting import FoundText, Sending, TextRequest, TextResult, inbound_url

_OFFER = re.compile(r"回(\d)：([^；\n]+)")
_INVITATION = re.compile(r"回复1")
_OVER = re.compile(r"谢谢您|再见|不再给您|值班人员|联系您|答复您")
_HINTS: tuple[tuple[str, str], ...] = (
    (r"回复数字", "3"),
    (r"回复哪一天", "明天"),
    (r"需要什么|直接回复", "都挺好的，谢谢"),
)
_NONSENSE = ("今天的菜真贵啊", "[图片]", "嗯嗯嗯哦", "孙子回来了")
_DELIVERY_SECONDS, _TYPING_SECONDS = 3.0, (20.0, 90.0)


@dataclass(slots=True)
class SimulatedTexts:
    """The texts of one simulated network.

    Attributes:
        line: how webhooks reach the server whose public address is given.
        seed: with a number it decides who that resident is.
    """

    cast: Cast
    seed: int
    pace: Pace
    now: Callable[[], datetime]
    line: Callable[[str], Line]
    sent: dict[str, FoundText] = field(default_factory=dict)

    def take(self, request: TextRequest) -> TextResult:
        """Take a text; it is delivered by `live`."""
        carrier_id = f"SM{uuid.uuid4().hex}"
        self.sent[carrier_id] = FoundText(
            carrier_id=carrier_id,
            to=request.to,
            from_number=request.from_number,
            body=request.body,
            status=TextStatus.SENT,
            created_at=self.now(),
        )
        return TextResult(sending=Sending.SENT, carrier_id=carrier_id)

    async def live(self, request: TextRequest, carrier_id: str) -> None:
        """Deliver a text, and let whoever has the phone write back."""
        line = self.line(request.urls.base)
        await self.pace.sleep(_DELIVERY_SECONDS)
        form = {"MessageSid": carrier_id, "To": request.to, "From": request.from_number}
        for status in ("sent", "delivered"):
            await line.tell(request.urls.status, {**form, "MessageStatus": status})
        character = self.cast.of(request.to, self.seed)
        words = reply_to(request.body, character, f"{self.seed}:{request.to}")
        if words is None:
            return
        await self.pace.sleep(random.Random(f"{self.seed}:{request.to}:{request.body}").uniform(*_TYPING_SECONDS))  # noqa: S311 - a play, no secret
        answer = {"MessageSid": f"SM{uuid.uuid4().hex}", "From": request.to, "To": request.from_number, "Body": words}
        await line.tell(inbound_url(request.urls.base), {**answer, "NumMedia": "0"})


def reply_to(body: str, character: Character, who: str) -> str | None:
    """What a resident writes back; None for nothing.

    Args:
        body: the text that came.
        who: with the text it decides the answer, so that it stays the same.
    """
    luck = random.Random(f"{who}:{body}")  # noqa: S311 - a play, no secret
    if character.texts == "ignores" or _OVER.search(body):
        return None
    if character.texts == "unsubscribes":
        return "T"
    if character.texts == "nonsense":
        return luck.choice(_NONSENSE)
    offers = _OFFER.findall(body)
    if offers:
        picked = luck.choice(offers) if len(offers) != 2 else offers[luck.random() >= character.agrees]
        return str(luck.choice(picked))
    if _INVITATION.search(body):
        return "1"
    return next((answer for hint, answer in _HINTS if re.search(hint, body)), None)
