"""Who asks, and what they may do where: a holder with grants, of a token of the service or of an issuer it trusts."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass, field

from models.access import Role
from service.errors import Fault, MalformedRequest, NotPermitted
from service.operations.permissions import MAY, Action


@dataclass(frozen=True)
class Grant:
    """A role, in one municipality or (None) in all."""

    role: Role
    municipality_code: str | None


@dataclass(frozen=True)
class Principal:
    """Who asks: the holder of a token, by name, with all that is granted to them, and until when where that is told."""

    holder: str
    grants: frozenset[Grant]
    until: datetime.datetime | None = field(default=None, compare=False)

    @property
    def sha256(self) -> bytes:
        """Hash of who this is: of two of one name, as `gis`, only who may do just the same is the same."""
        grants = sorted(f"{grant.role}:{grant.municipality_code or '*'}" for grant in self.grants)
        return hashlib.sha256("\n".join((self.holder, *grants)).encode()).digest()

    def may(self, action: Action) -> bool:
        """Whether a role allows this, somewhere."""
        return any(grant.role in MAY[action] for grant in self.grants)

    def municipalities(self, action: Action) -> frozenset[str] | None:
        """Return where this may be done, None for the whole country."""
        codes = [grant.municipality_code for grant in self.grants if grant.role in MAY[action]]
        return None if None in codes else frozenset(code for code in codes if code is not None)

    def only_municipality(self, action: Action) -> str | None:
        """Return the municipality that a request which names none is about: the only one where this may be done."""
        codes = self.municipalities(action)
        return next(iter(codes)) if codes is not None and len(codes) == 1 else None

    def check(self, action: Action, municipality_code: str | None = None) -> None:
        """Raise `NotPermitted` unless this may be done in a municipality; None asks for the role alone."""
        if not self.may(action):
            raise NotPermitted(self._lacking(action))
        codes = self.municipalities(action)
        if municipality_code is not None and codes is not None and municipality_code not in codes:
            raise NotPermitted(f"The token holds for municipality {_listed(codes)}, not {municipality_code[:10]}.")

    def check_national(self, action: Action) -> None:
        """Raise `NotPermitted` unless this may be done for the whole country."""
        self.check(action)
        codes = self.municipalities(action)
        if codes is not None:
            raise NotPermitted(f"The token holds for municipality {_listed(codes)}, not for the whole country.")

    def _lacking(self, action: Action) -> str:
        roles = sorted({grant.role for grant in self.grants})
        if not roles:
            return "The token is good, but grants nothing in this service."
        name = f"The role {roles[0]}" if len(roles) == 1 else f"The roles {', '.join(roles)}"
        return f"{name} may not {action}; this needs one of: {', '.join(sorted(MAY[action]))}."


def the_only_one(municipality_codes: frozenset[str]) -> str:
    """Return the one municipality that a request which names none is about; raises where there are several."""
    if len(municipality_codes) > 1:
        detail = f"The token holds for several municipalities: name one of {_listed(municipality_codes)}."
        raise MalformedRequest(detail, [Fault("municipality", detail)])
    return next(iter(municipality_codes))


def _listed(codes: frozenset[str]) -> str:
    return ", ".join(sorted(codes))
