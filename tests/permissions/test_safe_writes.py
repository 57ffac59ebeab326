"""Every route that writes may be sent again and loses nobody's change: If-Match and Idempotency-Key, route by route."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from models.access import Role
from models.base import Base
from models.registry import ASSET_CLASSES
from service.database import Database

Send = Callable[..., TestResponse]
TOWN = "901"
TABLE = Path(__file__).with_name("routes.csv")
MERGE_PATCH, FORM = "application/merge-patch+json", "multipart/form-data"
STALE = {"If-Match": '"0-stale"'}
# One class of each shape: the routes of all are made by one function.
CLASSES = tuple({each.geometry_types: code for code, each in ASSET_CLASSES.items()}.values())
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Change:
    """How something that is there is changed.

    Attributes:
        path: Where it is; where that tells no `ETag`, it fails.
        options: What is sent, as Flask's test client takes it.
        needs_tag: Whether a change without If-Match is refused.
        make: Puts the thing there, where another change ends it; its address is a new one then.
    """

    path: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    needs_tag: bool = True
    make: Callable[[Send], str] | None = None


def made_asset(town: Any, asset_class: str) -> Callable[[Send], str]:
    def make(send: Send) -> str:
        asset_id = send("POST", f"/api/v1/{asset_class}", json=town.asset_body(asset_class)).json["id"]
        return f"/api/v1/{asset_class}/{asset_id}"

    return make


def made_feature(town: Any) -> Callable[[Send], str]:
    def make(send: Send) -> str:
        return f"/ogc/collections/building/items/{made_asset(town, 'building')(send).rpartition('/')[2]}"

    return make


def queued(path: str, **options: Any) -> Callable[[Send], str]:
    """The address of a job that waits, as there is no worker."""

    def make(send: Send) -> str:
        answer = send("POST", f"/api/v1/{path}", **{name: value() for name, value in options.items()})
        assert answer.status_code == 202, answer.text
        return answer.headers["Location"].removeprefix("http://localhost")

    return make


def profile_of(town: Any, name: str) -> str:
    text_of_it: str = town.planned_body("import-profiles")["yaml"]
    return text_of_it.replace(f"name: parks_of_{TOWN}", f"name: {name}", 1)


def made_profile(town: Any) -> Callable[[Send], str]:
    def make(send: Send) -> str:
        name = f"profile_{next(_NUMBERS)}"
        body = {"municipality_code": TOWN, "yaml": profile_of(town, name)}
        assert send("POST", "/api/v1/import-profiles", json=body).status_code == 201
        return f"/api/v1/import-profiles/{TOWN}/{name}"

    return make


def changes(town: Any) -> dict[tuple[str, str], Change]:
    """How each route that changes or ends something is asked; of the classes' own the first part of the address is."""
    need = f"/api/v1/service-needs/{TOWN}/basic_education/north/base/2030"
    pupils = f"/api/v1/grade-enrolments/{TOWN}/basic_education/north/2025/3"
    profile = f"/api/v1/import-profiles/{TOWN}/parks_of_{TOWN}"
    export = {"municipality_code": TOWN, "format": "csv"}
    run = {"municipality_code": TOWN, "valuation_year": 2026}
    form = {"data": town.import_form, "content_type": lambda: FORM}
    fixed = {
        ("PUT", "/api/v1/budgets"): Change(f"/api/v1/budgets/{TOWN}/2030/bridge", {"json": {"amount_eur": 7}}),
        ("PUT", "/api/v1/grade-enrolments"): Change(pupils, {"json": {"users": 7}}),
        ("PUT", "/api/v1/service-needs"): Change(need, {"json": {"service_need": 7}}),
        ("PUT", "/api/v1/import-profiles"): Change(profile, {"json": {"yaml": profile_of(town, f"parks_of_{TOWN}")}}),
        ("DELETE", "/api/v1/import-profiles"): Change(make=made_profile(town)),
        ("DELETE", "/api/v1/exports"): Change(needs_tag=False, make=queued("exports", json=lambda: export)),
        ("DELETE", "/api/v1/runs"): Change(needs_tag=False, make=queued("runs", json=lambda: run)),
        ("DELETE", "/api/v1/imports"): Change(needs_tag=False, make=queued("imports", **form)),
    }
    patched = {"json": {"owner": "x"}, "content_type": MERGE_PATCH}
    properties = {"json": {"properties": {"owner": "x"}}, "content_type": MERGE_PATCH}
    of_classes = {}
    for each in CLASSES:
        path, whole = f"/api/v1/{each}/{town.assets[each]}", {"json": town.asset_body(each)}
        of_classes["PUT", f"/api/v1/{each}"] = Change(path, whole)
        of_classes["PATCH", f"/api/v1/{each}"] = Change(path, patched)
        of_classes["DELETE", f"/api/v1/{each}"] = Change(make=made_asset(town, each))
    body = town.asset_body("building")
    feature = {"json": {"type": "Feature", "geometry": body.pop("geometry"), "properties": body}}
    item = f"/ogc/collections/building/items/{town.assets['building']}"
    of_features = {
        ("PUT", "/ogc/collections"): Change(item, feature, needs_tag=False),
        ("PATCH", "/ogc/collections"): Change(item, properties, needs_tag=False),
        ("DELETE", "/ogc/collections"): Change(needs_tag=False, make=made_feature(town)),
    }
    return {**fixed, **of_classes, **of_features}


@dataclass(frozen=True)
class Addition:
    """What is sent to a route by POST, and what else of it is another request."""

    path: str
    options: Callable[[], dict[str, Any]]
    other: Callable[[], dict[str, Any]]


def added(path: str, body: Mapping[str, Any], **other: Any) -> Addition:
    return Addition(path, lambda: {"json": dict(body)}, lambda: {"json": {**body, **other}})


def sent_file(path: str, **members: str) -> Addition:
    """A form with a file; another file is another request."""

    def form(content: bytes) -> dict[str, Any]:
        return {"data": {"file": (io.BytesIO(content), "parks.csv"), **members}, "content_type": FORM}

    return Addition(path, lambda: form(b"id,nimi\n7,x\n"), lambda: form(b"id,nimi\n7,y\n"))


def retried(waiting: str, send: Send) -> Addition:
    """A job that is cancelled, and tried again."""
    assert send("DELETE", waiting).status_code == 204
    return Addition(f"{waiting}/retry", dict, lambda: {"headers": {"If-Match": "*"}})


def additions(town: Any, send: Send) -> dict[str, Addition]:
    """What each route that is posted to is sent; records that are there already are given another key."""
    school = f"/api/v1/assets/{town.assets['building']}"
    records = {
        "assessments": {"assessed_on": "2025-08-01"},
        "components": {"component_code": "facade"},
        "capacities": {"service_code": "basic_education"},
        "measures": {"year": 2031},
        "suitabilities": {"assessed_on": "2025-03-01"},
    }
    plans = {
        "service-areas": {"area_code": "south"},
        "service-needs": {"year": 2031},
        "parameters": {"valid_from": "2031-01-01"},
        "measure-rules": {"valid_from": "2031-01-01"},
    }
    index = {"index_code": "k", "source_id": "k", "source_title": "K", "points": [{"year": 2020, "value": 1}]}
    body = town.asset_body("building")
    feature = {"type": "Feature", "geometry": body.pop("geometry"), "properties": body}
    batch = f"/api/v1/imports/{TOWN}-{town.batch_id}"
    export, run = {"municipality_code": TOWN, "format": "csv"}, {"municipality_code": TOWN, "valuation_year": 2026}
    waiting = {
        "imports": {"data": town.import_form, "content_type": lambda: FORM},
        "exports": {"json": lambda: export},
        "runs": {"json": lambda: run},
    }
    of_records = {
        f"/api/v1/assets/{name}": added(f"{school}/{name}", {**town.record_body(name), **key}, note="another")
        for name, key in records.items()
    }
    of_records["/api/v1/assets/components"] = added(
        f"{school}/components", {**town.record_body("components"), **records["components"]}, cost_share=0.2
    )
    of_plans = {
        f"/api/v1/{name}": added(f"/api/v1/{name}", {**town.planned_body(name), **key}, note="another")
        for name, key in plans.items()
    }
    profile = {"municipality_code": TOWN, "yaml": profile_of(town, "posted")}
    return {
        **{f"/api/v1/{each}/retry": retried(queued(each, **options)(send), send) for each, options in waiting.items()},
        **{f"/api/v1/{each}": added(f"/api/v1/{each}", town.asset_body(each), owner="x") for each in CLASSES},
        **of_records,
        **of_plans,
        "/ogc/collections": added("/ogc/collections/building/items", feature, id="another"),
        "/api/v1/cost-indices": added("/api/v1/cost-indices", index, source_title="L"),
        "/api/v1/exports": added("/api/v1/exports", export, format="gpkg"),
        "/api/v1/runs": added("/api/v1/runs", run, valuation_year=2027),
        "/api/v1/import-profiles": added("/api/v1/import-profiles", profile, yaml=profile_of(town, "another")),
        "/api/v1/import-profiles/proposals": sent_file("/api/v1/import-profiles/proposals", municipality=TOWN),
        "/api/v1/imports": sent_file("/api/v1/imports", profile=f"parks_of_{TOWN}", municipality=TOWN),
        "/api/v1/imports/undo": Addition(f"{batch}/undo", dict, lambda: {"query_string": "dry_run=true"}),
    }


# ------------------------------------------------------------------------------------------------ the routing table


def family(route: str) -> str:
    """The parts of an address that are no arguments: `/api/v1/imports/{…}-{…}/undo` is `/api/v1/imports/undo`."""
    if route.startswith("/ogc/"):
        return "/ogc/collections"
    return "/".join(part for part in route.split("/") if not part.startswith("{"))


def written_routes(method: str) -> Iterator[str]:
    """The families of the table's routes that write to the register by a method; those of classes for some of them."""
    with TABLE.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["method"] == method and row["needs"] != "sign_in":
                names = CLASSES if "{asset class}" in row["route"] else [""]
                yield from (family(row["route"].replace("{asset class}", name)) for name in names)


@pytest.fixture(scope="module")
def send(send_as: Callable[..., Send]) -> Send:
    """Sends as a national administrator."""
    return send_as(Role.ADMIN)


def test_every_route_that_writes_is_asked_here(app: Flask, towns: Mapping[str, Any], send: Send) -> None:
    told = set(changes(towns[TOWN]))
    assert told == {(method, each) for method in ("PUT", "PATCH", "DELETE") for each in written_routes(method)}
    assert set(additions(towns[TOWN], send)) == set(written_routes("POST"))


# ------------------------------------------------------------------------------------------------ If-Match

NOT_COUNTED = {"kept_answer", "access_token", "data_version", "spatial_ref_sys"}


def rows(database: Database) -> list[tuple[str, int]]:
    """How many rows each table has."""
    names = sorted(set(Base.metadata.tables) - NOT_COUNTED)
    counted = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names)
    with database.reading() as connection:
        return [(name, count) for name, count in connection.execute(text(counted))]


def test_a_change_of_what_was_changed_since_is_refused_with_the_present_tag_and_writes_nothing(
    towns: Mapping[str, Any], send: Send, module_database: Database
) -> None:
    wrong: list[object] = []
    for (method, family_), change in changes(towns[TOWN]).items():
        path = change.make(send) if change.make else change.path
        before, counted = send("GET", path), rows(module_database)
        without = send(method, path, **change.options).status_code if change.needs_tag else 428
        refused = send(method, path, headers=STALE, **change.options)
        after = send("GET", path)
        same = before.headers["ETag"] == after.headers["ETag"] == refused.headers.get("ETag")
        if (without, refused.status_code) != (428, 412) or not same or rows(module_database) != counted:
            tags = before.headers["ETag"], refused.headers.get("ETag"), after.headers["ETag"]
            wrong.append((method, family_, without, refused.status_code, tags))
    assert wrong == []


def test_a_change_of_what_is_there_as_it_was_read_is_done_once_however_often_it_is_sent_with_one_key(
    towns: Mapping[str, Any], send: Send, module_database: Database
) -> None:
    wrong: list[object] = []
    for (method, family_), change in changes(towns[TOWN]).items():
        path = change.make(send) if change.make else change.path
        tag = send("GET", path).headers["ETag"]
        headers = {"If-Match": tag, "Idempotency-Key": f"{method} {path} {tag}"}
        done = send(method, path, headers=headers, **change.options)
        counted, now = rows(module_database), send("GET", path).headers.get("ETag")
        again = send(method, path, headers=headers, **change.options)
        answers = [(each.status_code, each.data, each.headers.get("ETag")) for each in (done, again)]
        if done.status_code not in (200, 204) or answers[0] != answers[1] or now == tag:
            wrong.append((method, family_, answers, tag, now))
        if rows(module_database) != counted or send("GET", path).headers.get("ETag") != now:
            wrong.append((method, family_, "done twice"))
        otherwise = send(method, path, headers={**headers, "If-Match": "*"}, **change.options)
        if otherwise.status_code != 422:
            wrong.append((method, family_, "another request of the same key", otherwise.status_code))
    assert wrong == []


# ------------------------------------------------------------------------------------------------ Idempotency-Key


def test_whatever_is_posted_twice_with_one_key_is_done_once_and_answered_alike(
    towns: Mapping[str, Any], send: Send, module_database: Database
) -> None:
    wrong: list[object] = []
    for family_, addition in additions(towns[TOWN], send).items():
        key = {"Idempotency-Key": f"key of {family_}"}

        def post(options: dict[str, Any], path: str = addition.path, key: Any = key) -> TestResponse:
            return send("POST", path, **{**options, "headers": {**key, **options.get("headers", {})}})

        once = post(addition.options())
        counted = rows(module_database)
        again, other = post(addition.options()), post(addition.other())
        answers = [(each.status_code, each.data, each.headers.get("Location")) for each in (once, again)]
        if once.status_code not in (200, 201, 202) or answers[0] != answers[1]:
            wrong.append((family_, answers))
        if other.status_code != 422 or "another request" not in other.json["detail"]:
            wrong.append((family_, "another body", other.status_code, other.text[:200]))
        if rows(module_database) != counted:
            wrong.append((family_, "done twice"))
    assert wrong == []


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/ogc/api"])
def test_every_write_is_described_with_its_key_and_every_change_with_its_tag(send: Send, path: str) -> None:
    document = send("GET", path).json
    named = document["components"].get("parameters", {})
    lacking = []
    for route, operations in document["paths"].items():
        for method in {"post", "put", "patch", "delete"} & set(operations):
            given = operations[method].get("parameters", [])
            names = {
                named[each["$ref"].rpartition("/")[2]]["name"] if "$ref" in each else each["name"] for each in given
            }
            needed = {"Idempotency-Key"} | (set() if method == "post" else {"If-Match"})
            lacking += [(method, route, sorted(needed - names))] if needed - names else []
    assert lacking == []
