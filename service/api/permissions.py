"""The check before each view: whether this request may do what the view declares that it needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from flask import Flask, current_app, g, request

from service.api.identity import principal
from service.api.state import settings
from service.operations.permissions import Action, Of, Permission, action_of_import, permission_of
from service.queries.asset_key import AssetKey, parse_asset_key

_MADE_ELSEWHERE: Mapping[str, Permission] = MappingProxyType(
    {
        "web.static": Permission(Action.OPEN, Of.SERVICE),
        "api-docs.openapi_json": Permission(Action.OPEN, Of.SERVICE),
    }
)
"""What Flask and flask-smorest serve by views of their own, by endpoint."""
_RUN = re.compile("([0-9]{3})-[1-9][0-9]*", re.ASCII)


class UndeclaredView(RuntimeError):
    """A view declares no permission: it needs `@needs`."""


def permissions(app: Flask) -> dict[str, Permission]:
    """Return what each route of an application needs, by endpoint; raises `UndeclaredView`."""
    return {endpoint: _permission(app, endpoint) for endpoint in app.view_functions}


def check_permission() -> None:
    """Raise unless this request may do what its view needs, as far as its address tells; note how far it may read.

    OPTIONS is open, as a browser asks it before it sends the token.
    """
    g.readable_municipalities = None
    if request.endpoint is None or request.method == "OPTIONS":
        return
    g.permission = permission = _permission(current_app, request.endpoint)
    if permission.needs_nobody(open_reading=settings().open_reading):
        return
    by = principal()
    by.check(permission.action)
    g.readable_municipalities = by.municipalities(permission.action)
    if permission.of is Of.COUNTRY:
        by.check_national(permission.action)
    if permission.of is Of.ADDRESS:
        for municipality_code in _named(request.view_args or {}):
            by.check(permission.action, municipality_code)


def check_municipality(municipality_code: str | None) -> None:
    """Raise unless what this view needs may be done in the municipality that a body names; None: in all of them."""
    _check(g.permission.action, municipality_code)


def check_targets(targets: Iterable[str], municipality_code: str | None) -> None:
    """Raise unless a file may be imported into these targets of a municipality, or (None) of the whole country."""
    for action in sorted({Action.IMPORT, *map(action_of_import, targets)}):
        _check(action, municipality_code)


def _check(action: Action, municipality_code: str | None) -> None:
    if municipality_code is None:
        principal().check_national(action)
    else:
        principal().check(action, municipality_code)


def _permission(app: Flask, endpoint: str) -> Permission:
    declared = _MADE_ELSEWHERE.get(endpoint) or permission_of(app.view_functions[endpoint])
    if declared is None:
        raise UndeclaredView(f"{endpoint} declares no permission: it needs `@needs`.")
    return declared


def _named(arguments: Mapping[str, Any]) -> list[str]:
    """Return the municipalities that an address names; what is no id names none, and is not found later."""
    run = _RUN.fullmatch(str(arguments.get("run")))
    keys = (arguments.get("asset_key"), parse_asset_key(str(arguments.get("feature_id"))))
    named = [arguments.get("municipality_code"), run and run[1]]
    named += [key.municipality_code for key in keys if isinstance(key, AssetKey)]
    return [code for code in named if code is not None]
