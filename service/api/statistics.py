"""What plans are reckoned from: municipalities, population forecasts and budgets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow
from flask import Response
from marshmallow import fields, validate

from models.registry import ASSET_CLASSES
from service.api.asset_documents import page_json_schema
from service.api.asset_lists import PageQuery
from service.api.blueprint import RestBlueprint
from service.api.digests import IF_MATCH_PARAMETER, known_record, record_answer, replaced_answer
from service.api.fields import Money, QueryNumber, Text
from service.api.record_lists import YearsQuery, municipal_page, record_page
from service.api.state import database
from service.api.written import KEY_PARAMETER, repeatable
from service.errors import NotFound
from service.operations.budgets import put_budget, read_budget
from service.operations.permissions import Action, Of, needs
from service.queries.record_sets import BUDGETS, MUNICIPALITIES, POPULATION_FORECASTS

_BUDGET = "/budgets/<string(length=3):municipality_code>/<int(min=1900, max=2200):year>/<string:asset_class>"

blueprint = RestBlueprint("statistics", __name__, description="Municipalities, population forecasts and budgets")


class ForecastQuery(YearsQuery):
    """Which forecasts to list."""

    area = Text(metadata={"description": "Only of this area; `all` is the whole municipality"})
    scenario = Text(metadata={"description": "Only of this scenario"})
    age = QueryNumber(validate=validate.Range(0, 130), metadata={"description": "Only persons of this age"})


class BudgetQuery(YearsQuery):
    """Which budgets to list."""

    asset_class = fields.String(
        data_key="class", validate=validate.OneOf(list(ASSET_CLASSES)), metadata={"description": "Only of this class"}
    )


class BudgetBody(marshmallow.Schema):
    """Money for repair and renewal."""

    amount_eur = Money(required=True, validate=validate.Range(0.0))


@blueprint.route("/municipalities", methods=["GET"])
@blueprint.answers(200, page_json_schema("Municipality"))
@blueprint.arguments(PageQuery, location="query")
@needs(Action.READ, Of.SERVICE)
def list_municipalities(query: Mapping[str, Any]) -> Response:
    """List municipalities of today and of yesterday."""
    return record_page(MUNICIPALITIES, query)


@blueprint.route("/population-forecasts", methods=["GET"])
@blueprint.answers(200, page_json_schema("PopulationForecast"))
@blueprint.arguments(ForecastQuery, location="query")
@needs(Action.READ, Of.PART)
def list_forecasts(query: Mapping[str, Any]) -> Response:
    """List persons by area, scenario, year and age."""
    equal = {"area_code": query.get("area"), "scenario": query.get("scenario"), "age": query.get("age")}
    return municipal_page(POPULATION_FORECASTS, query, equal, years=(query["year_from"], query["year_to"]))


@blueprint.route("/budgets", methods=["GET"])
@blueprint.answers(200, page_json_schema("Budget"))
@blueprint.arguments(BudgetQuery, location="query")
@needs(Action.READ, Of.PART)
def list_budgets(query: Mapping[str, Any]) -> Response:
    """List money for repair and renewal by year and asset class."""
    code = query.get("asset_class")
    equal = {"asset_class": ASSET_CLASSES[code].number if code else None}
    return municipal_page(BUDGETS, query, equal, years=(query["year_from"], query["year_to"]))


@blueprint.route(_BUDGET, methods=["GET"])
@blueprint.answers(200, "Budget")
@needs(Action.READ, Of.ADDRESS)
def read_budget_of(municipality_code: str, year: int, asset_class: str) -> Response:
    """Read the budget of a municipality, year and asset class."""
    return record_answer(BUDGETS, read_budget(database(), _budget_key(municipality_code, year, asset_class)))


@blueprint.route(_BUDGET, methods=["PUT"])
@blueprint.header(IF_MATCH_PARAMETER)
@blueprint.header(KEY_PARAMETER)
@blueprint.answers(200, "Budget")
@needs(Action.WRITE_PLANS, Of.ADDRESS)
@repeatable
@blueprint.arguments(BudgetBody)
def put_budget_of(body: Mapping[str, Any], municipality_code: str, year: int, asset_class: str) -> Response:
    """Replace the budget of a municipality, year and asset class, or add it where there is none."""
    key = _budget_key(municipality_code, year, asset_class)
    answer = replaced_answer(BUDGETS)
    put_budget(database(), key, body["amount_eur"], known_record(), answer)
    return answer.response()


def _budget_key(municipality_code: str, year: int, asset_class: str) -> dict[str, Any]:
    if asset_class not in ASSET_CLASSES:
        raise NotFound(f"There is no asset class '{asset_class[:60]}'.")
    return {"municipality_code": municipality_code, "year": year, "asset_class": ASSET_CLASSES[asset_class].number}
