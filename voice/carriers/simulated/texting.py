"""Simulated text messages: always taken, always delivered, and answered by residents in character: by text, by link, by ringing."""

import random
import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from community.model.calls.text_message import TextStatus
from voice.carriers.base import Acceptance
from voice.carriers.simulated.answer_page import LINK, answer_on_page, choose
from voice.carriers.simulated.characters import Cast, Character
from voice.carriers.simulated.line import Line
from voice.carriers.simulated.pace import Pace
from voice.carriers.texting import FoundText, TextRequest, TextResult, inbound_url

_OFFER = re.compile(r"回(\d)：([^；\n]+)")
_INVITATION = re.compile(r"回复1")
_OVER = re.compile(r"验证码|谢谢您|再见|不再给您|值班人员|联系您|答复您")
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
        ring_us: lets whoever got a text ring the number that it came from.
        seed: with a number it decides who that resident is.
    """

    cast: Cast
    seed: int
    pace: Pace
    now: Callable[[], datetime]
    line: Callable[[str], Line]
    ring_us: Callable[[TextRequest], Awaitable[None]]
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
        return TextResult(sending=Acceptance.ACCEPTED, carrier_id=carrier_id)

    async def live(self, request: TextRequest, carrier_id: str) -> None:
        """Deliver a text, and let whoever has the phone write back."""
        line = self.line(request.urls.base)
        await self.pace.sleep(_DELIVERY_SECONDS)
        form = {"MessageSid": carrier_id, "To": request.to, "From": request.from_number}
        for status in ("sent", "delivered"):
            await line.tell(request.urls.status, {**form, "MessageStatus": status})
        await self._react(request, self.cast.of(request.to, self.seed), line)

    async def _react(self, request: TextRequest, character: Character, line: Line) -> None:
        """Answer by text, on the page behind the link or by ringing us; or do not."""
        who = f"{self.seed}:{request.to}"
        # Each link is another one, and the same resident takes as long.
        told = LINK.sub("", request.body)
        after = random.Random(f"{who}:{told}").uniform(*_TYPING_SECONDS)  # noqa: S311 - a play, no secret
        link, is_invitation = LINK.search(request.body), _INVITATION.search(request.body)
        if character.texts == "rings" and is_invitation:
            await self.pace.sleep(after)
            await self.ring_us(request)
        elif character.texts == "link" and link:
            await self.pace.sleep(after)
            await answer_on_page(link.group(), character, who, line, self.pace)
        elif words := reply_to(told, character, who):
            await self.pace.sleep(after)
            answer = {"MessageSid": f"SM{uuid.uuid4().hex}", "From": request.to, "To": request.from_number}
            await line.tell(inbound_url(request.urls.base), {**answer, "Body": words, "NumMedia": "0"})


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
        return str(luck.choice(choose(offers, character, luck)))
    if _INVITATION.search(body):
        return "1"
    return next((answer for hint, answer in _HINTS if re.search(hint, body)), None)
