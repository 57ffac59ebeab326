"""Routes as the matrix asks them: what each is sent so that it is answered, beside who may ask."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from models.registry import ASSET_CLASSES
from service.api.permissions import permissions
from service.operations.permissions import Of, Permission

# Answers that are narrowed without being asked.
NEVER_NAME = frozenset({"ogc.collections", "ogc.collection"})
SAME_ORIGIN = {"Origin": "http://localhost"}
FORM, MERGE_PATCH = "multipart/form-data", "application/merge-patch+json"


@dataclass(frozen=True)
class Route:
    """One way to ask: a rule by one of its methods."""

    rule: Rule
    method: str
    permission: Permission

    @property
    def endpoint(self) -> str:
        return str(self.rule.endpoint)

    @property
    def group(self) -> str:
        return self.endpoint.partition(".")[0]

    @property
    def view(self) -> str:
        return self.endpoint.partition(".")[2]


def routes(app: Flask) -> list[Route]:
    """Give every rule by each of its methods."""
    declared = permissions(app)
    return [
        Route(rule, method, declared[rule.endpoint])
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def values_of(route: Route, town: Any) -> dict[str, Any]:
    """Give a value for each argument of an address; a new argument has none, and fails."""
    asset_class = route.group if route.group in ASSET_CLASSES else "building"
    names = {"reports": "backlog", "import profiles": f"parks_of_{town.code}"}
    known = {
        "municipality_code": town.code,
        "asset_key": town.assets[asset_class],
        "feature_id": str(town.assets["building"]),
        "collection_id": "building",
        "run": town.runs["funding" if route.view == "read_funding" else "scenario"],
        "export_id": town.export_id,
        "batch_id": town.batch_id,
        "name": "helsinki_districts" if route.view == "read_shipped" else names.get(route.group),
        "code": "building",
        "index_code": "i",
        "asset_class": "bridge",
        "service_code": "basic_education",
        "area_code": "north",
        "scenario": "base",
        "year": 2025 if route.group == "enrolments" else 2030,
        "grade": 3,
        "filename": "pages.css",
        "tile_matrix_set_id": "WebMercatorQuad",
        "matrix": 10,
        "row": 296,
        "column": 583,
    }
    return {name: known[name] for name in route.rule.arguments}


@dataclass
class Ask:
    """A sound request, beside its address."""

    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


Build = Callable[[Any, Any], Ask]


def _json(body: Callable[[Any], Any], **headers: str) -> Build:
    return lambda town, _: Ask(headers=headers, options={"json": body(town)})


def _planned(path: str) -> Build:
    return _json(lambda town: town.planned_body(path))


def _feature(town: Any) -> dict[str, Any]:
    body = town.asset_body("building")
    return {"type": "Feature", "geometry": body.pop("geometry"), "properties": body}


def _none(_: Any, __: Any) -> Ask:
    return Ask()


_ANY = {"If-Match": "*"}
_PUT_PROFILE = _json(lambda town: {"yaml": town.planned_body("import-profiles")["yaml"]}, **_ANY)
_RUN = {"kind": "scenario", "years": 2, "budgets": [{"amounts_eur": [1]}]}
ASKS: Mapping[str, Build] = {
    "register": lambda town, route: Ask(options={"json": town.asset_body(route.group)}),
    "replace": lambda town, route: Ask(headers=_ANY, options={"json": town.asset_body(route.group)}),
    "amend": lambda _, __: Ask(headers=_ANY, options={"json": {"owner": "x"}, "content_type": MERGE_PATCH}),
    "retire": lambda _, __: Ask(headers={"If-Match": '"999"'}),
    "features.create": _json(_feature),
    "features.replace": _json(_feature),
    "features.update": _json(lambda _: {"properties": {"owner": "x"}}),
    "features.delete": lambda _, __: Ask(headers={"If-Match": '"999"'}),
    "asset records": lambda town, route: Ask(options={"json": town.record_body(route.view.removeprefix("add_"))}),
    "service needs.add_area": _planned("service-areas"),
    "service needs.add_need": _planned("service-needs"),
    "service needs.put_need": _json(lambda _: {"service_need": 5}, **_ANY),
    "enrolments.put_enrolment": _json(lambda _: {"users": 5}, **_ANY),
    "statistics.put_budget_of": _json(lambda _: {"amount_eur": 5}, **_ANY),
    "parameters.add_value": _planned("parameters"),
    "measure_rules.add_rule": _planned("measure-rules"),
    "cost_indices.add_index": _json(
        lambda _: {"index_code": "i", "source_id": "s", "source_title": "S", "points": [{"year": 2020, "value": 1}]}
    ),
    "web.sign_in": lambda _, __: Ask(headers=SAME_ORIGIN, options={"data": {"token": "nonsense"}}),
    "web.sign_out_of": lambda _, __: Ask(headers=SAME_ORIGIN),
    "imports.add_import": lambda town, _: Ask(options={"data": town.import_form(), "content_type": FORM}),
    "imports.cancel_import": _none,
    "imports.retry_import": _none,
    "imports.undo": lambda _, __: Ask(query="dry_run=true"),
    "import profiles.add": _planned("import-profiles"),
    "import profiles.replace": _PUT_PROFILE,
    "import profiles.remove": lambda _, __: Ask(headers={"If-Match": '"999"'}),
    "import proposals.propose_one": lambda town, _: Ask(
        options={"data": {"file": town.import_form()["file"], "municipality": town.code}, "content_type": FORM}
    ),
    "exports.create": _json(lambda town: {"municipality_code": town.code, "format": "csv"}),
    "exports.cancel": _none,
    "exports.retry": _none,
    "runs.create": _json(lambda town: {"municipality_code": town.code, **_RUN}),
    "runs.cancel": _none,
    "runs.retry": _none,
}


def sound_request(route: Route, town: Any) -> Ask:
    """Give what a route is sent beside its address; a new one that writes has nothing, and fails."""
    if route.method == "GET":
        named = route.permission.of is Of.PART and route.endpoint not in NEVER_NAME
        return Ask(query=f"municipality={town.code}" if named else "")
    entry = ASKS.get(route.endpoint) or ASKS.get(route.view if route.group in ASSET_CLASSES else route.group)
    assert entry, f"{route.endpoint} has no sound request: give it one in ASKS"
    return entry(town, route)


def send(
    client: FlaskClient,
    route: Route,
    town: Any,
    token: str | None,
    *,
    named: bool = True,
    own: Mapping[str, str] | None = None,
) -> TestResponse:
    adapter = client.application.url_map.bind("localhost")
    path = adapter.build(route.endpoint, values_of(route, town), method=route.method)
    ask = sound_request(route, town)
    headers = ask.headers | ({"Authorization": f"Bearer {token}"} if token else own or {})
    query = ask.query if named else ""
    options = {"query_string": query, "headers": headers, **copy.copy(ask.options)}
    return client.open(path, method=route.method, buffered=True, **options)
