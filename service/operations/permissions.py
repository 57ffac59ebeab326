"""Who may do what: the one table that the checks, the OpenAPI security and the page of permissions follow from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from models.access import Role

View = TypeVar("View", bound=Callable[..., Any])


class Action(StrEnum):
    """What needs a permission, each as it reads after `may not`."""

    OPEN = "see what describes the service"
    SIGN_IN = "sign in and out"
    READ = "read"
    EXPORT = "export"
    DOWNLOAD = "download exported files"
    IMPORT = "import files"
    WRITE_RECORDS = "write records"
    WRITE_PLANS = "write needs, parameters and runs"
    AUDIT = "read the audit"


class Of(StrEnum):
    """Which municipality a request is about, that its token has to hold for.

    Attributes:
        SERVICE: None: it is about what all municipalities share.
        ADDRESS: The one in the address, as a code, in an asset's id or in a run's id.
        PART: The one that the query names; where it names none, all that the token holds for.
        BODY: The one that the body names, or, where it names none, the whole country.
        COUNTRY: The whole country.
    """

    SERVICE = "service"
    ADDRESS = "address"
    PART = "part"
    BODY = "body"
    COUNTRY = "country"


MAY: Mapping[Action, frozenset[Role]] = MappingProxyType(
    {
        Action.OPEN: frozenset(Role),
        Action.SIGN_IN: frozenset(Role),
        Action.READ: frozenset(Role),
        Action.EXPORT: frozenset(Role),
        Action.DOWNLOAD: frozenset(Role),  # they name who recorded what, as nothing does that is open
        Action.IMPORT: frozenset({Role.ENGINEER, Role.PLANNER, Role.ADMIN}),
        Action.WRITE_RECORDS: frozenset({Role.ENGINEER, Role.ADMIN}),
        Action.WRITE_PLANS: frozenset({Role.PLANNER, Role.ADMIN}),
        Action.AUDIT: frozenset({Role.ADMIN}),
    }
)
"""The table. What is open needs no token; nor does reading, where the installation opens it."""

OPEN_TO_ALL = frozenset({Action.OPEN, Action.SIGN_IN})
"""What needs no token wherever the service runs."""

PLANNED = frozenset({"service_area", "service_need", "population_forecast", "population_grid", "population_grid_age"})
"""Targets of imports that planners own; all others are records."""


def action_of_import(target: str) -> Action:
    """Return what writing the rows of an import's target needs the permission of, beside that to import."""
    return Action.WRITE_PLANS if target in PLANNED else Action.WRITE_RECORDS


@dataclass(frozen=True)
class Permission:
    """What a route needs."""

    action: Action
    of: Of

    @property
    def always_needs_token(self) -> bool:
        """Whether it needs a token where reading is open too."""
        return self.action not in (*OPEN_TO_ALL, Action.READ)

    def needs_nobody(self, *, open_reading: bool) -> bool:
        """Whether everybody may, where reading is open or not."""
        return self.action in OPEN_TO_ALL or (open_reading and self.action is Action.READ)


_PERMISSION = "permission"


def needs(action: Action, of: Of) -> Callable[[View], View]:
    """Declare what a view needs; no view is served that declares nothing."""

    def declare(view: View) -> View:
        setattr(view, _PERMISSION, Permission(action, of))
        return view

    return declare


def permission_of(view: Callable[..., Any]) -> Permission | None:
    """Return what a view declares, also one that is wrapped; None where it declares nothing."""
    return getattr(view, _PERMISSION, None)
