"""The table of who may do what, with all routes that it holds for, as JSON and for the page of permissions."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, Response, current_app

from models.access import Role
from models.registry import ASSET_CLASSES
from service.api.answers import json_answer
from service.api.blueprint import RestBlueprint
from service.api.permissions import permissions
from service.operations.permissions import MAY, OPEN_TO_ALL, Action, Of, Permission, needs

blueprint = RestBlueprint("permissions", __name__, description="Who may do what")
_CLASS = re.compile(f"(?<=^/api/v1/)(?:{'|'.join(ASSET_CLASSES)})(?=/|$)")
_ARGUMENT = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
_TEXT = {"type": "string"}
_ROLE = {"type": "string", "enum": [each.value for each in Role]}


def _object(members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}


_ROUTE = _object(
    {
        "method": _TEXT,
        "path": _TEXT | {"description": "`{asset_class}` stands for the code of any class"},
        "municipality": {
            "enum": [each.value for each in Of],
            "description": "That the token has to hold for: none; the address's; the query's, or else only that part is"
            " answered; the body's, or else the whole country; the whole country",
        },
    }
)
_ACTION = _object(
    {
        "action": {"enum": [each.name.lower() for each in Action]},
        "token": {"enum": ["never", "unless_reading_is_open", "always"]},
        "roles": {"type": "array", "items": _ROLE},
        "routes": {"type": "array", "items": _ROUTE},
    }
)
TABLE_SCHEMA = _object({"items": {"type": "array", "items": _ACTION}})


@blueprint.route("/permissions", methods=["GET"])
@blueprint.answers(200, TABLE_SCHEMA)
@needs(Action.OPEN, Of.SERVICE)
def read_table() -> Response:
    """Read which role may do what, by which routes; each grant holds for one municipality or for the whole country.

    Who imports also has to be allowed to write what the file becomes: records, or needs and parameters.
    """
    return json_answer({"items": permission_table(current_app)})


def permission_table(app: Flask) -> list[dict[str, Any]]:
    """Return each action with who may take it and the routes that need it."""
    routes = sorted(_routes(app))
    return [
        {
            "action": action.name.lower(),
            "token": _token(action),
            "roles": [role.value for role in Role if role in MAY[action]],
            "routes": [
                {"method": method, "path": path, "municipality": of}
                for path, method, of, of_action in routes
                if of_action is action
            ],
        }
        for action in Action
    ]


def _token(action: Action) -> str:
    if action in OPEN_TO_ALL:
        return "never"
    return "always" if Permission(action, Of.SERVICE).always_needs_token else "unless_reading_is_open"


def _routes(app: Flask) -> set[tuple[str, str, str, Action]]:
    """Return path, method, municipality and action of each route; those that all classes have alike are one."""
    declared = permissions(app)
    return {
        (_path(rule.rule), method, declared[rule.endpoint].of.value, declared[rule.endpoint].action)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def _path(rule: str) -> str:
    return _CLASS.sub("{asset_class}", _ARGUMENT.sub(r"{\1}", rule))
