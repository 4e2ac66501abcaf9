"""The optional language model put together from the settings; without an address there is none, and nobody is asked."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

from bot.language_model.asking import Asking
from bot.language_model.client import LanguageModel
from bot.language_model.extraction import Extraction
from bot.language_model.phrasing import Phrasing
from community.model.cases.case import Priority
from community.model.hazards.hazard_report import OTHER
from community.settings import Settings
from community.usecases.raise_emergency import places_of
from shouwang.wiring import Office


@dataclass(frozen=True, slots=True)
class ModelSide:
    """What the actions are given of the model."""

    phrase: Phrasing
    propose: Extraction
    model: LanguageModel

    async def close(self, _app: web.Application) -> None:
        """Release connections when the action server ends."""
        await self.model.close()


def build_model(settings: Settings) -> LanguageModel | None:
    """The endpoint that is set; None where there is none."""
    if not settings.llm_url:
        return None
    return LanguageModel(
        settings.llm_url,
        settings.llm_model,
        api_key=settings.llm_api_key,
        seconds=settings.llm_seconds,
        extra=settings.llm_extra,
    )


def is_private(url: str) -> bool:
    """Whether what is sent there is read by nobody on the way: it is encrypted, or stays in the house."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or "." not in host.strip("."):
        return True
    try:
        return ip_address(host).is_private
    except ValueError:
        return host.endswith((".local", ".internal", ".lan"))


def build_model_side(office: Office) -> ModelSide | None:
    """Put phrasing and extraction together; None where no model is set."""
    model = build_model(office.settings)
    if model is None:
        return None
    asking = Asking(model, office.database, office.clock)
    places = places_of(office.rules)
    # Emergencies are recognised by rule, before anybody is asked.
    categories = {
        code: hazard.name
        for code, hazard in office.rules.hazards.items()
        if hazard.priority is not Priority.EMERGENCY and code != OTHER
    }
    return ModelSide(
        Phrasing(asking, office.database, places), Extraction(asking, office.database, places, categories), model
    )
