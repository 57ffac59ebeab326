"""Every route × every role × own, other and national grants: what the declarations promise is what is answered."""

from __future__ import annotations

import csv
import io
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import sql
from sqlalchemy import text
from werkzeug.test import TestResponse

from models.access import Role
from models.registry import ASSET_CLASSES
from service.app import create_app
from service.cluster.cluster import Cluster
from service.database import Database
from service.operations.access import create_token
from service.operations.permissions import MAY, Action, Of, Permission, action_of_import
from service.settings import Settings

sys.path.insert(0, str(Path(__file__).parent))

from route_requests import NEVER_NAME, SAME_ORIGIN, Route, routes, send

OWN, OTHER = "901", "902"
TABLE = Path(__file__).with_name("routes.csv")
_COLUMNS = ("method", "route", "needs", "of")

# What is there already is not added twice, what has ended is not cancelled: who may is told so.
_THERE = frozenset({409})
CONTENT: Mapping[str, frozenset[int]] = {
    "exports.cancel": _THERE,
    "exports.retry": _THERE,
    "runs.cancel": _THERE,
    "runs.retry": _THERE,
    "imports.cancel_import": _THERE,
    "imports.retry_import": _THERE,
    "service needs.add_area": _THERE,
    "service needs.add_need": _THERE,
    "import profiles.add": _THERE,
    "parameters.add_value": _THERE,
    "measure_rules.add_rule": _THERE,
    # Nobody's token is in the form; nobody is signed in; no issuer is trusted.
    "web.sign_in": frozenset({401}),
    "web.sign_out_of": frozenset({303}),
    "web.ask_issuer": frozenset({404}),
    "web.told_by_issuer": frozenset({404}),
    "asset records.add_components": _THERE,
    "asset records.add_capacities": _THERE,
}
# Deletions are asked for on a condition that does not hold, so that the next who may finds the same.
STALE = ("retire", "delete", "remove")
_DONE = frozenset({200, 201, 202, 204})

# Lists that have to be told a municipality.
MUST_NAME = frozenset({"reports.read", "runs.list_all", "audit.list_entries", "audit.read_file"})
# What writes of a file's target needs, beside that to import.
PARKS = action_of_import("park")
TARGETED = frozenset(
    {"imports.add_import", "imports.cancel_import", "imports.retry_import", "imports.undo"}
    | {f"import profiles.{each}" for each in ("add", "replace", "remove")}
)
# Municipalities are known to all, and so are the publications and decisions that values rest on.
SHARED = frozenset({"statistics.list_municipalities", "parameters.list_sources"})


@dataclass(frozen=True)
class Grant:
    """A role in a municipality, or (None) in all; no role is no token."""

    role: Role | None
    municipality_code: str | None = None

    def __str__(self) -> str:
        return f"{self.role or 'nobody'} of {self.municipality_code or 'all'}"


GRANTS = [Grant(None), *(Grant(role, code) for role in Role for code in (OWN, OTHER, None))]


def grants_for(route: Route) -> list[Grant]:
    """Give all grants; of the routes that each asset class has alike, beside the first's, every role in one place.

    The place goes around, so that over the classes each view is asked with every grant several times.
    """
    number = list(ASSET_CLASSES).index(route.group) if route.group in ASSET_CLASSES else 0
    if number == 0:
        return GRANTS
    places = (OWN, OTHER, None)
    return [Grant(None), *(Grant(role, places[(number + turn) % 3]) for turn, role in enumerate(Role))]


def as_told(route: Route) -> tuple[str, str, str, str]:
    """A row of the table; the same routes of all classes are one."""
    place = re.sub(f"/api/v1/({'|'.join(ASSET_CLASSES)})(?=/|$)", "/api/v1/{asset class}", route.rule.rule)
    place = re.sub(r"<any\([^)]*\):", "<", place)
    return route.method, re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", place), *told(route.permission)


def told(permission: Permission) -> tuple[str, str]:
    return permission.action.name.lower(), permission.of.name.lower()


def test_every_route_is_in_the_table_with_what_it_needs(app: Flask) -> None:
    with TABLE.open(encoding="utf-8") as file:
        written = [tuple(row[name] for name in _COLUMNS) for row in csv.DictReader(file)]
    assert sorted({as_told(each) for each in routes(app)}) == written


def test_nothing_is_written_by_who_may_only_read_and_no_address_of_a_municipality_is_unguarded(app: Flask) -> None:
    for each in routes(app):
        may_read_only = each.permission.action in (Action.OPEN, Action.READ, Action.DOWNLOAD, Action.AUDIT)
        assert may_read_only == (each.method == "GET"), each
        names_one = {"municipality_code", "asset_key", "run", "feature_id"} & each.rule.arguments
        assert bool(names_one) == (each.permission.of is Of.ADDRESS), each


# ------------------------------------------------------------------------------------------------ what is expected


def expected(route: Route, grant: Grant, *, open_reading: bool = False, named: bool = True) -> set[int]:
    """Give the statuses that a request about the municipality OWN may be answered with."""
    permission = route.permission
    is_open = permission.needs_nobody(open_reading=open_reading)
    if grant.role is None and not is_open:
        return {401}
    if not is_open and not _may(route, grant, named=named):
        return {403}
    if route.view in STALE:
        return {412}
    return set(CONTENT.get(route.endpoint, _DONE))


def _may(route: Route, grant: Grant, *, named: bool) -> bool:
    needed = {route.permission.action, *([PARKS] if route.endpoint in TARGETED else [])}
    if not all(grant.role in MAY[action] for action in needed):
        return False
    of = route.permission.of
    if of is Of.COUNTRY:
        return grant.municipality_code is None
    is_about_own = of in (Of.ADDRESS, Of.BODY) or (of is Of.PART and named and route.endpoint not in NEVER_NAME)
    return not is_about_own or grant.municipality_code in (OWN, None)


MARKS = {OWN: "Omala", OTHER: "Vieraala"}


def foreign_marks(answer: TestResponse, own: str) -> set[str]:
    """Give what an answer holds of the other municipality: its names, and ids or codes of it."""
    other = OTHER if own == OWN else OWN
    mark = re.compile(rf'{MARKS[other]}|(?<![\d.-]){other}-\d|"{other}"|parks_of_{other}')
    return {found[0] for part in _parts(answer.data) for found in mark.finditer(part)}


def _parts(content: bytes) -> Iterator[str]:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from _parts(archive.read(name))
    else:
        yield content.decode("utf-8", "replace")


def faults(
    route: Route, grant: Grant, answer: TestResponse, may: set[int], *, reads_all: bool = False
) -> list[tuple[object, ...]]:
    """Give what is wrong with an answer: its status, or what it holds of a municipality that the grant is not for."""
    asked = (*as_told(route), str(grant))
    if answer.status_code not in may:
        return [(*asked, sorted(may), answer.status_code, answer.text[:300])]
    if reads_all or grant.municipality_code is None or route.endpoint in SHARED or answer.status_code not in _DONE:
        return []
    return [(*asked, each) for each in foreign_marks(answer, grant.municipality_code)]


@pytest.fixture(scope="module")
def tokens(module_database: Database) -> dict[Grant, str | None]:
    """A token of every grant."""
    return {
        each: each.role
        and create_token(module_database, holder=str(each), role=each.role, municipality_code=each.municipality_code)
        for each in GRANTS
    }


def test_every_route_answers_every_role_in_its_own_in_another_and_in_all_municipalities_as_the_table_says(
    app: Flask, towns: Mapping[str, Any], tokens: Mapping[Grant, str | None]
) -> None:
    client, wrong = app.test_client(), []
    for route in routes(app):
        for grant in grants_for(route):
            answer = send(client, route, towns[OWN], tokens[grant])
            wrong += faults(route, grant, answer, expected(route, grant))
    assert wrong == []


def test_what_is_not_asked_for_by_municipality_is_narrowed_to_that_of_the_token(
    app: Flask, towns: Mapping[str, Any], tokens: Mapping[Grant, str | None]
) -> None:
    client, wrong = app.test_client(), []
    narrowed = [each for each in routes(app) if each.permission.of is Of.PART and each.endpoint not in MUST_NAME]
    for route in narrowed:
        for code in (OWN, OTHER):
            answer = send(client, route, towns[OWN], tokens[Grant(Role.VIEWER, code)], named=False)
            if answer.status_code not in _DONE or foreign_marks(answer, code):
                wrong.append((*as_told(route), code, answer.status_code, foreign_marks(answer, code)))
        every = send(client, route, towns[OWN], tokens[Grant(Role.VIEWER)], named=False)
        assert every.status_code in _DONE
    assert wrong == []


def test_where_reading_is_open_everyone_reads_also_in_front_of_the_application_and_nobody_writes_without_a_token(
    module_database: Database, towns: Mapping[str, Any], tokens: Mapping[Grant, str | None]
) -> None:
    app = create_app(Settings(database_url="unused", open_reading=True), module_database)
    client, wrong = app.test_client(), []
    for route in routes(app):
        for grant in (Grant(None), Grant(Role.VIEWER, OTHER)):
            answer = send(client, route, towns[OWN], tokens[grant])
            wrong += faults(route, grant, answer, expected(route, grant, open_reading=True), reads_all=True)
    assert wrong == []


@dataclass(frozen=True)
class SignedIn:
    """A browser that somebody has signed in with, and what its pages send along with what they write."""

    client: FlaskClient
    proof: Mapping[str, str]


@pytest.fixture(scope="module")
def signed_in(app: Flask, tokens: Mapping[Grant, str | None]) -> dict[Grant, SignedIn]:
    """A browser of every grant."""
    browsers = {}
    for grant, token in tokens.items():
        browsers[grant] = SignedIn(app.test_client(), SAME_ORIGIN)
        if token:
            browsers[grant].client.post("/sign-in", data={"token": token}, headers=SAME_ORIGIN)
            found = re.search(r'name="csrf" value="([^"]+)"', browsers[grant].client.get("/").text)
            assert found, grant
            browsers[grant] = SignedIn(browsers[grant].client, {**SAME_ORIGIN, "X-CSRF-Token": found[1]})
    return browsers


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_a_browser_s_session_is_answered_as_its_token_is_and_writes_only_from_its_own_pages(
    app: Flask, towns: Mapping[str, Any], signed_in: Mapping[Grant, SignedIn], data: st.DataObject
) -> None:
    route = data.draw(st.sampled_from([each for each in routes(app) if not each.endpoint.startswith("web.sign_out")]))
    grant = data.draw(st.sampled_from(GRANTS))
    browser = signed_in[grant]
    answer = send(browser.client, route, towns[OWN], None, own=browser.proof)
    assert faults(route, grant, answer, expected(route, grant)) == []
    if route.method != "GET" and grant.role is not None and route.endpoint != "web.sign_in":
        assert send(browser.client, route, towns[OWN], None).status_code == 403
        elsewhere = {**browser.proof, "Origin": "https://other.example"}
        assert send(browser.client, route, towns[OWN], None, own=elsewhere).status_code == 403


@pytest.fixture
def unwritable(cluster: Cluster, module_database: Database) -> Iterator[Database]:
    """The same register, as connections see it that may write nothing."""
    with module_database.reading() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
    with psycopg.connect(cluster.url(name).replace("+psycopg", ""), autocommit=True) as connection:
        setting = sql.SQL("ALTER DATABASE {} SET default_transaction_read_only TO {}")
        connection.execute(setting.format(sql.Identifier(name), sql.Literal("on")))
        database = Database(cluster.service_url(name))
        yield database
        database.close()
        connection.execute(setting.format(sql.Identifier(name), sql.Literal("off")))


def test_no_get_writes_anything_whoever_asks(
    unwritable: Database, towns: Mapping[str, Any], signed_in: Mapping[Grant, SignedIn]
) -> None:
    app = create_app(Settings(database_url="unused"), unwritable)
    wrong, grants = [], (Grant(Role.ADMIN), Grant(Role.PLANNER, OWN), Grant(None))
    for route in routes(app):
        for grant in grants if route.method == "GET" else ():
            browser = app.test_client()
            known = signed_in[grant].client.get_cookie("kuntokanta")
            if known:
                browser.set_cookie("kuntokanta", known.value)
            wrong += faults(route, grant, send(browser, route, towns[OWN], None), expected(route, grant))
    assert wrong == []
