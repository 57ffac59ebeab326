"""Who asks, as the service knows them: holder, grants, and what they may do where."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from models.access import Role
from service.api.answers import json_answer
from service.api.blueprint import RestBlueprint
from service.api.identity import Way
from service.api.sessions import session
from service.api.state import settings
from service.operations.permissions import Action, Of, Permission, needs
from service.operations.principals import Principal

blueprint = RestBlueprint("me", __name__, description="Who asks, and what they may do")


def _object(members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}


_CODE = {"type": "string", "pattern": "^[0-9]{3}$"}
_GRANT = _object(
    {
        "role": {"type": "string", "enum": [each.value for each in Role]},
        "municipality_code": {"oneOf": [_CODE, {"type": "null"}], "description": "null: in the whole country"},
    }
)
_MAY = _object(
    {
        "action": {"type": "string", "enum": [each.name.lower() for each in Action]},
        "everywhere": {"type": "boolean"},
        "municipality_codes": {
            "type": "array",
            "items": _CODE,
            "description": "Where it may be done, if not everywhere; empty: nowhere",
        },
    }
)
ME_SCHEMA = _object(
    {
        "holder": {"type": ["string", "null"], "description": "null: nobody is signed in"},
        "identified_by": {
            "enum": [*(each.value for each in Way), None],
            "description": "A token of the service, one of the issuer, or the session of a browser",
        },
        "expires_at": {
            "type": ["string", "null"],
            "format": "date-time",
            "description": "When the token or session ends at the latest; null where it does not",
        },
        "grants": {"type": "array", "items": _GRANT},
        "may": {"type": "array", "items": _MAY},
    }
)


@blueprint.route("/me", methods=["GET"])
@blueprint.answers(200, ME_SCHEMA)
@needs(Action.OPEN, Of.SERVICE)
def read_me() -> Response:
    """Read who asks, by which token or session, until when it is good, and what may be done where with it.

    Without either it tells what everybody may do.
    """
    g.names_reader = True
    who: Principal | None = g.principal
    own, way = session(), g.identified_by
    until = own.expires_at if own else who.until if who else None
    return json_answer(
        {
            "holder": who.holder if who else None,
            "identified_by": way,
            "expires_at": until,
            "grants": _grants(who),
            "may": [_may(who, action) for action in Action],
        }
    )


def _grants(who: Principal | None) -> list[dict[str, Any]]:
    listed = [(each.role.value, each.municipality_code) for each in who.grants] if who else []
    listed.sort(key=lambda each: (each[1] is not None, each[1] or "", each[0]))
    return [{"role": role, "municipality_code": code} for role, code in listed]


def _may(who: Principal | None, action: Action) -> dict[str, Any]:
    codes: frozenset[str] | None = frozenset()
    if Permission(action, Of.SERVICE).needs_nobody(open_reading=settings().open_reading):
        codes = None
    elif who is not None:
        codes = who.municipalities(action)
    return {"action": action.name.lower(), "everywhere": codes is None, "municipality_codes": sorted(codes or ())}
