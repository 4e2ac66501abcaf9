"""What every page and API answer works with, and who is asking."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from aiohttp import web

from community.clock import Clock
from community.model.actor import Actor
from community.model.permissions import Permission, may
from community.model.rulebook import Rulebook
from community.model.staff import Staff
from community.settings import Settings
from community.store.database import Database
from console.password_checks import PasswordChecks


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The console's surroundings."""

    database: Database
    clock: Clock
    rules: Rulebook
    settings: Settings
    password_checks: PasswordChecks = field(default_factory=PasswordChecks)

    @property
    def campaign_templates(self) -> Path:
        """The folder of questionnaires to start from."""
        return self.settings.community_dir / "campaigns"

    @property
    def carrier(self) -> str:
        """Which carrier dials; with `simulated` every launch is a rehearsal."""
        return self.settings.carrier

    @property
    def today(self) -> date:
        """The present day in the community's time zone."""
        return self.clock.now().astimezone(self.rules.timezone).date()

    @property
    def is_simulated(self) -> bool:
        """Whether nobody is really rung."""
        return self.rules.line.rehearsal

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies may only travel over TLS."""
        return self.settings.public_url.startswith("https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody signed in, with the session's CSRF token and how many notices wait for them."""

    staff: Staff
    csrf_token: str
    unread: int

    def may(self, permission: str) -> bool:
        """Whether this person's role allows something."""
        return may(self.staff.role, Permission(permission))

    @property
    def actor(self) -> Actor:
        """Who changes what this person changes."""
        return Actor.staff(self.staff.login)


DESK: web.AppKey[Desk] = web.AppKey("desk", Desk)
VISITOR: web.RequestKey[Visitor] = web.RequestKey("visitor", Visitor)


def desk_of(request: web.Request) -> Desk:
    """The surroundings of the application that answers."""
    return request.config_dict[DESK]


def visitor_of(request: web.Request) -> Visitor:
    """Who asks; only behind the sign-in."""
    return request[VISITOR]
