"""TwiML as a list of things to do, read the way a carrier reads it."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

_SECONDS_PER_CHARACTER = 0.25


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb.

    Attributes:
        name: `Say`, `Pause`, `Gather`, `Record`, `Dial`, `Redirect`, `Hangup`.
        text: what is heard in it; for Redirect the URL, for Dial the number.
        seconds: how long that takes to say.
        attributes: as written.
    """

    name: str
    text: str = ""
    seconds: float = 0.0
    attributes: dict[str, str] = field(default_factory=dict)


def read_twiml(document: str) -> list[Verb]:
    """The verbs of a document, in order.

    Raises:
        ValueError: it is no TwiML.
    """
    try:
        root = ET.fromstring(document)  # noqa: S314 - our own server's answer
    except ET.ParseError as error:
        raise ValueError(f"not TwiML: {error}") from error
    if root.tag != "Response":
        raise ValueError(f"not TwiML: <{root.tag}>")
    return [_verb(element) for element in root]


def _verb(element: ET.Element) -> Verb:
    text = "".join(element.itertext()).strip()
    if element.tag == "Pause":
        return Verb("Pause", "", float(element.get("length", "1")), dict(element.attrib))
    seconds = len(text) * _SECONDS_PER_CHARACTER + _breaks(element) if element.tag in {"Say", "Gather"} else 0.0
    return Verb(element.tag, text, seconds, dict(element.attrib))


def _breaks(element: ET.Element) -> float:
    total = 0.0
    for pause in element.iter("break"):
        match = re.fullmatch(r"(\d+)ms", pause.get("time", ""))
        total += int(match[1]) / 1000 if match else 0.0
    return total
