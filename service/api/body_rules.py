"""What the description of a body says of several members together, beside what marshmallow's fields say of each."""

from __future__ import annotations

from typing import Any

import marshmallow
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter

_NULL = {"type": "null"}


class RuleConverter(OpenAPIConverter):
    """Adds to the JSON Schema of a body the list that its method `json_schema_rules` returns, where it has one."""

    def schema2jsonschema(self, schema: marshmallow.Schema) -> dict[str, Any]:
        """Return the JSON Schema of a marshmallow schema."""
        described: dict[str, Any] = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]
        rules = getattr(schema, "json_schema_rules", None)
        return described if rules is None else {**described, "allOf": rules()}


class RulePlugin(MarshmallowPlugin):
    """apispec's plugin with these rules."""

    Converter = RuleConverter


def either(one: str, other: str) -> dict[str, Any]:
    """Return the rule that one of two members is given and the other is not; null is not given."""
    return {"oneOf": [_given({one: True, other: False}), _given({one: False, other: True})]}


def not_both(one: str, other: str) -> dict[str, Any]:
    """Return the rule that one of two members at most is given."""
    return {"anyOf": [_given({one: False}), _given({other: False})]}


def goes_with(one: str, other: str) -> dict[str, Any]:
    """Return the rule that a member is given only together with another."""
    return {"anyOf": [_given({one: False}), _given({other: True})]}


def _given(members: dict[str, bool]) -> dict[str, Any]:
    """Return the JSON Schema of an object in which members are given or not."""
    of = {name: {"not": _NULL} if is_given else _NULL for name, is_given in members.items()}
    return {"properties": of, "required": [name for name, is_given in members.items() if is_given]}
