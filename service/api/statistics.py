"""What plans are reckoned from: municipalities, population forecasts and budgets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields, validate

from models.registry import ASSET_CLASSES
from service.api.asset_documents import page_json_schema
from service.api.asset_lists import PageQuery
from service.api.blueprint import RestBlueprint
from service.api.fields import QueryNumber, Text
from service.api.record_lists import MunicipalListQuery, municipal_page, record_page
from service.queries.record_sets import BUDGETS, MUNICIPALITIES, POPULATION_FORECASTS

blueprint = RestBlueprint("statistics", __name__, description="Municipalities, population forecasts and budgets")


class YearsQuery(MunicipalListQuery):
    """Of which years."""

    year_from = QueryNumber(load_default=None, metadata={"description": "First year"})
    year_to = QueryNumber(load_default=None, metadata={"description": "Last year"})


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


@blueprint.route("/municipalities", methods=["GET"])
@blueprint.answers(200, page_json_schema("Municipality"))
@blueprint.arguments(PageQuery, location="query")
def list_municipalities(query: Mapping[str, Any]) -> Response:
    """List municipalities of today and of yesterday."""
    return record_page(MUNICIPALITIES, query)


@blueprint.route("/population-forecasts", methods=["GET"])
@blueprint.answers(200, page_json_schema("PopulationForecast"))
@blueprint.arguments(ForecastQuery, location="query")
def list_forecasts(query: Mapping[str, Any]) -> Response:
    """List persons by area, scenario, year and age."""
    equal = {"area_code": query.get("area"), "scenario": query.get("scenario"), "age": query.get("age")}
    return municipal_page(POPULATION_FORECASTS, query, equal, years=(query["year_from"], query["year_to"]))


@blueprint.route("/budgets", methods=["GET"])
@blueprint.answers(200, page_json_schema("Budget"))
@blueprint.arguments(BudgetQuery, location="query")
def list_budgets(query: Mapping[str, Any]) -> Response:
    """List money for repair and renewal by year and asset class."""
    code = query.get("asset_class")
    equal = {"asset_class": ASSET_CLASSES[code].number if code else None}
    return municipal_page(BUDGETS, query, equal, years=(query["year_from"], query["year_to"]))
