"""One turn as an action sees it: who said what, and how to answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from community.model.actor import Actor

GROUP, PRIVATE = "group", "private"
#: A question asked back on the telephone: answered for the ear, and nothing else is done.
PHONE = "phone"
TO_PERSON = "person"


@dataclass(frozen=True, slots=True)
class Turn:
    """The resident's message and the conversation it belongs to.

    Attributes:
        message: id of the message's row, the same when the turn is replayed.
        intent: what Rasa took it for.
        guesses: hazard category → probability, from the pipeline.
    """

    conversation_id: str
    message: str
    scene: str
    person: str
    text: str
    intent: str
    guesses: Mapping[str, float]
    _dispatcher: CollectingDispatcher

    @classmethod
    def of(cls, tracker: Tracker, dispatcher: CollectingDispatcher) -> "Turn":
        """Read the turn that is being made."""
        latest: Mapping[str, Any] = tracker.latest_message or {}
        metadata = latest.get("metadata") or {}
        return cls(
            conversation_id=tracker.sender_id,
            message=str(metadata.get("message") or latest.get("message_id") or ""),
            scene=str(metadata.get("scene") or PRIVATE),
            person=str(metadata.get("person") or ""),
            text=str(latest.get("text") or ""),
            intent=str((latest.get("intent") or {}).get("name") or ""),
            guesses=latest.get("hazard") or {},
            _dispatcher=dispatcher,
        )

    @property
    def in_group(self) -> bool:
        """Whether neighbours read along."""
        return self.scene == GROUP

    @property
    def on_phone(self) -> bool:
        """Whether it was asked in the middle of a call, which itself sees to what is not answered."""
        return self.scene == PHONE

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return Actor.resident(self.conversation_id)

    def key(self, part: int | str) -> str:
        """The key of what this message causes: a replayed turn has the same."""
        return f"message:{self.message}:{part}"

    def say(
        self,
        text: str,
        *,
        private: bool = False,
        case: str | None = None,
        asks: str | None = None,
        buttons: Sequence[Mapping[str, str]] = (),
        spoken: str = "",
    ) -> None:
        """Answer: to where the message came from, or, when private, to the person alone; `spoken` is for the ear."""
        said: dict[str, Any] = {"text": text, "intent": self.intent}
        if private:
            said["to"] = TO_PERSON
        if case:
            said["case"] = case
        if asks:
            said["asks"] = asks
        if spoken:
            said["spoken"] = spoken
        if buttons:
            said["buttons"] = [dict(button) for button in buttons]
        self._dispatcher.utter_message(json_message=said)
