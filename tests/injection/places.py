"""Where strings can stand in requests that an OpenAPI document describes: path, query, headers, members of bodies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 8
Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """A place of one string.

    Attributes:
        kind: `path`, `query`, `header`, `member`, `field` (of a form), `file name` or `file`.
        steps: Its name; of a member of a body, the names and numbers that lead to it.
    """

    kind: str
    steps: Steps

    def __str__(self) -> str:
        return f"{self.kind} {'/'.join(map(str, self.steps))}"


@dataclass(frozen=True)
class Operation:
    """An operation of a document.

    Attributes:
        method: `GET`.
        path: Its address after the host, with `{names}`.
        places: Where strings can stand.
    """

    method: str
    path: str
    places: tuple[Place, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations_of(document: Mapping[str, Any], root: str) -> Iterator[Operation]:
    """Give the operations of a document, whose paths are beneath a root."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                parameters = [*item.get("parameters", []), *item[method].get("parameters", [])]
                described = [_resolved(document, each) for each in parameters]
                places = [Place(each["in"], (each["name"],)) for each in described]
                body = item[method].get("requestBody", {})
                places += _places_of_body(document, _resolved(document, body).get("content", {}))
                yield Operation(method.upper(), root + path, tuple(dict.fromkeys(places)))


def _places_of_body(document: Mapping[str, Any], content: Mapping[str, Any]) -> Iterator[Place]:
    for media_type, described in content.items():
        if "json" in media_type:
            yield from (Place("member", steps) for steps in _texts(document, described["schema"], ()))
        else:
            for name, schema in _resolved(document, described["schema"])["properties"].items():
                is_file = _resolved(document, schema).get("format") == "binary"
                yield from (Place(kind, (name,)) for kind in (("file name", "file") if is_file else ("field",)))


def _texts(document: Mapping[str, Any], given: Mapping[str, Any], steps: Steps) -> Iterator[Steps]:
    """Give the steps to all members that may be texts, each once."""
    schema = _resolved(document, given)
    if len(steps) > DEEPEST or schema.get("readOnly"):
        return
    if _may_be_text(schema):
        yield steps
    for each in (part for name in ("allOf", "anyOf", "oneOf") for part in schema.get(name, [])):
        yield from _texts(document, each, steps)
    for name, member in schema.get("properties", {}).items():
        yield from _texts(document, member, (*steps, name))
    if isinstance(schema.get("items"), dict):
        yield from _texts(document, schema["items"], (*steps, 0))
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _texts(document, schema["additionalProperties"], (*steps, "any"))


def _may_be_text(schema: Mapping[str, Any]) -> bool:
    kinds = schema.get("type", [])
    of_no_kind = not schema.keys() & {"type", "properties", "allOf", "anyOf", "oneOf", "enum"}
    listed = any(isinstance(each, str) for each in schema.get("enum", []))
    return "string" in ([kinds] if isinstance(kinds, str) else kinds) or of_no_kind or listed


def _resolved(document: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in given:
        found: Any = document
        for name in given["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        given = found
    return given


def put_into(body: Any, steps: Steps, value: Any) -> Any:
    """Return a JSON value with another value at the end of steps, made where they lead nowhere."""
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        items = list(body) if isinstance(body, list) else []
        return [put_into(items[0] if items else None, rest, value), *items[1:]]
    members = dict(body) if isinstance(body, dict) else {}
    return {**members, step: put_into(members.get(step), rest, value)}
