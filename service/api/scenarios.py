"""What scenarios and searches for required funding found, once their runs have finished."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from service.api.answers import json_answer, page_answer
from service.api.blueprint import RestBlueprint
from service.api.cursor import decode_cursor, encode_cursor
from service.api.fields import QueryNumber
from service.api.run_documents import run_key
from service.api.state import database
from service.catalogues import text
from service.errors import NotFound
from service.operations.permissions import Action, Of, needs
from service.operations.scenario_reading import (
    asset_of_scenario,
    required_funding,
    scenario_budgets,
    scenario_measures,
    scenario_years,
)
from service.queries.asset_key import AssetKey

blueprint = RestBlueprint(
    "scenarios", __name__, description="Scenarios by year, their budgets and measures; required funding"
)
_OBJECT = {"type": "object"}


class YearQuery(Schema):
    """By what besides the year."""

    group_by = fields.String(load_default="year", validate=validate.OneOf(["year", "class"]))


class MeasureQuery(Schema):
    """Which page of measures."""

    limit = QueryNumber(load_default=1000, validate=validate.Range(1, 10_000))
    cursor = fields.String(load_default=None)


class ReasonQuery(Schema):
    """In which language reasons are told."""

    lang = fields.String(load_default="en", validate=validate.OneOf(["fi", "sv", "en"]))


@blueprint.route("/runs/<string:run>/years", methods=["GET"])
@blueprint.answers(200, _OBJECT)
@blueprint.arguments(YearQuery, location="query")
@needs(Action.READ, Of.ADDRESS)
def read_years(query: Mapping[str, Any], run: str) -> Response:
    """Read a scenario year by year: condition, backlog against need, wear, spending and how many assets had why."""
    rows = scenario_years(database(), *run_key(run), by_class=query["group_by"] == "class")
    return json_answer({"items": rows})


@blueprint.route("/runs/<string:run>/budgets", methods=["GET"])
@blueprint.answers(200, _OBJECT)
@needs(Action.READ, Of.ADDRESS)
def read_budgets(run: str) -> Response:
    """Read what became of a scenario's budgets: spent, left, and how near the best possible they came."""
    return json_answer({"items": scenario_budgets(database(), *run_key(run))})


@blueprint.route("/runs/<string:run>/measures", methods=["GET"])
@blueprint.answers(200, _OBJECT)
@blueprint.arguments(MeasureQuery, location="query")
@needs(Action.READ, Of.ADDRESS)
def read_measures(query: Mapping[str, Any], run: str) -> Response:
    """List a scenario's whole measures by asset and year."""
    key = run_key(run)
    after = decode_cursor(query["cursor"], (int, int))
    rows = scenario_measures(database(), *key, after=(after[0], after[1]) if after else None, limit=query["limit"] + 1)
    page = rows[: query["limit"]]
    last = (int(page[-1]["asset_id"].split("-")[1]), page[-1]["year"]) if len(rows) > len(page) else None
    return page_answer(page, encode_cursor(last))


@blueprint.route("/runs/<string:run>/assets/<asset_key:asset_key>", methods=["GET"])
@blueprint.answers(200, _OBJECT)
@blueprint.arguments(ReasonQuery, location="query")
@needs(Action.READ, Of.ADDRESS)
def read_asset(query: Mapping[str, Any], run: str, asset_key: AssetKey) -> Response:
    """Read why an asset was treated or not in each year of a scenario."""
    municipality, run_id = run_key(run)
    if asset_key.municipality_code != municipality:
        raise NotFound(f"The run {run} is of another municipality.")
    years = asset_of_scenario(database(), municipality, run_id, asset_key.asset_id)
    told = [year | {"text": text(query["lang"], f"reason.{year['reason']}")} for year in years]
    return json_answer({"asset_id": str(asset_key), "items": told})


@blueprint.route("/runs/<string:run>/required-funding", methods=["GET"])
@blueprint.answers(200, _OBJECT)
@needs(Action.READ, Of.ADDRESS)
def read_funding(run: str) -> Response:
    """Read the constant yearly budgets that reach the goals, at the valuation's prices."""
    return json_answer({"items": required_funding(database(), *run_key(run))})
