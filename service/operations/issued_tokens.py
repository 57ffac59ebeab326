"""Holders of an issuer's access tokens: who they are and what their tokens' claims grant them here."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from models.access import Role
from service.errors import TokenInvalid
from service.operations.principals import Grant, Principal
from service.settings import GRANT

if TYPE_CHECKING:
    from service.settings import OidcSettings

NATIONAL = "*"
LONGEST_SUBJECT = 255
"""Characters of `sub` at most (OpenID Connect Core 1.0, 2)."""
LONGEST_NAME = 120
MOST_GRANTS = 1000


def issued_principal(claims: Mapping[str, Any], settings: OidcSettings) -> Principal:
    """Return the holder of a token that was found good.

    The holder goes by the name that the issuer tells and by `sub`, which alone is sure to be one person's. What a
    claim lists that is no grant of this service is passed over: lists of roles and groups hold those of others too.

    Args:
        claims: What the token says.
        settings: Which claims tell what.

    Raises:
        TokenInvalid: `sub` is nothing that a holder can be called.
    """
    subject, name = claims.get("sub"), claims.get(settings.name_claim)
    if not isinstance(subject, str) or not subject.isprintable() or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise TokenInvalid(reason="unfit subject")
    said = "".join(filter(str.isprintable, name))[:LONGEST_NAME].strip() if isinstance(name, str) else ""
    holder = f"{said} ({subject})" if said else subject
    return Principal(holder, frozenset(_grants(claims, settings)), until=_expiry(claims.get("exp")))


def _expiry(seconds: Any) -> datetime.datetime | None:
    """Return when a token expires; of what was found good only one far beyond all calendars has no such day."""
    with suppress(TypeError, ValueError, OverflowError, OSError):
        return datetime.datetime.fromtimestamp(float(seconds), datetime.UTC)
    return None


def _grants(claims: Mapping[str, Any], settings: OidcSettings) -> Iterator[Grant]:
    listed = [_written(each) for each in _list(claims, settings.grants_claim)]
    groups = _list(claims, settings.groups_claim)
    listed += [settings.group_grants.get(each) for each in groups if isinstance(each, str)]
    for written in listed:
        found = GRANT.fullmatch(written or "")
        if found:
            yield Grant(Role(found[1]), None if found[2] == NATIONAL else found[2])


def _list(claims: Mapping[str, Any], name: str) -> list[Any]:
    """Return what a claim lists: it has this name, or lies where its parts lead (`realm_access.roles`)."""
    value: Any = claims.get(name)
    if value is None:
        value = claims
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
    return value[:MOST_GRANTS] if isinstance(value, list) else [value]


def _written(given: Any) -> str | None:
    """Return a grant as it is written in short, `engineer:091`; given so or as an object of role and municipality."""
    if isinstance(given, dict):
        return f"{given.get('role')}:{given.get('municipality')}"
    return given if isinstance(given, str) else None
