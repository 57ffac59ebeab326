"""The measure table: its dated rules, and new ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow
from flask import Response
from marshmallow import fields, validate

from models.measure_rule import MeasureCode
from models.registry import ASSET_CLASSES
from service.api.asset_documents import page_json_schema
from service.api.blueprint import RestBlueprint
from service.api.body_rules import either, goes_with, not_both
from service.api.fields import LONGEST_CODE, Day, Number, Text, WholeNumber, municipality_field
from service.api.permissions import check_municipality
from service.api.record_lists import MunicipalListQuery, municipal_page, record_document
from service.api.state import database
from service.api.written import KEY_PARAMETER, WrittenAnswer, repeatable
from service.operations.measure_rules import add_measure_rule
from service.operations.permissions import Action, Of, needs
from service.queries.record_sets import MEASURE_RULES

blueprint = RestBlueprint(
    "measure_rules", __name__, description="What lifts an asset to a better condition class, and what it costs"
)
_OPTIONAL: dict[str, Any] = {"allow_none": True, "load_default": None}
_CLASS = validate.OneOf(list(ASSET_CLASSES), error="'{input}' is not an asset class.")
_MEASURE = validate.OneOf([str(code) for code in MeasureCode])


class MeasureRuleQuery(MunicipalListQuery):
    """Which rules to list."""

    municipality = municipality_field(metadata={"description": "Rules of this municipality and of the whole country"})
    asset_class = fields.String(data_key="class", validate=_CLASS, metadata={"description": "Only of this class"})
    valid_on = Day(load_default=None, metadata={"description": "Only what holds on this day"})


class MeasureRuleBody(marshmallow.Schema):
    """A rule from a day on; the open one of the same measure, classes and municipality ends then."""

    municipality_code = municipality_field(metadata={"description": "Empty: for the whole country"}, **_OPTIONAL)
    asset_class = fields.String(required=True, validate=_CLASS)
    maintenance_class = Text(longest=LONGEST_CODE, metadata={"description": "Empty: any"}, **_OPTIONAL)
    functional_class = WholeNumber(least=1, most=9, metadata={"description": "Digiroad; empty: any"}, **_OPTIONAL)
    measure_code = fields.String(required=True, validate=_MEASURE)
    condition_class_from = WholeNumber(required=True, least=1, most=4)
    condition_class_to = WholeNumber(required=True, least=2, most=5)
    unit_cost_eur = Number(
        validate=validate.Range(0, 1e12),
        metadata={"description": "Per unit of the class's quantity, VAT 0"},
        **_OPTIONAL,
    )
    cost_share = Number(
        validate=validate.Range(0, 10), metadata={"description": "Share of the replacement cost"}, **_OPTIONAL
    )
    price_level_year = WholeNumber(least=1950, most=2200, **_OPTIONAL)
    valid_from = Day(required=True)
    source_id = Text(required=True, longest=LONGEST_CODE)
    source_title = Text(metadata={"description": "Title of a source that is new to the register"}, **_OPTIONAL)
    note = Text(**_OPTIONAL)

    def json_schema_rules(self) -> list[dict[str, Any]]:
        """Return what the description says of several members."""
        return [
            either("unit_cost_eur", "cost_share"),
            goes_with("unit_cost_eur", "price_level_year"),
            not_both("maintenance_class", "functional_class"),
        ]


@blueprint.route("/measure-rules", methods=["GET"])
@blueprint.answers(200, page_json_schema("MeasureRule"))
@blueprint.arguments(MeasureRuleQuery, location="query")
@needs(Action.READ, Of.PART)
def list_rules(query: Mapping[str, Any]) -> Response:
    """List the rules of the measure table with their validity and source."""
    code = query.get("asset_class")
    equal = {"asset_class": ASSET_CLASSES[code].number if code else None}
    return municipal_page(MEASURE_RULES, query, equal, national_too=True, valid_on=query["valid_on"])


@blueprint.route("/measure-rules", methods=["POST"])
@blueprint.header(KEY_PARAMETER)
@blueprint.answers(201, "MeasureRule")
@needs(Action.WRITE_PLANS, Of.BODY)
@repeatable
@blueprint.arguments(MeasureRuleBody)
def add_rule(body: Mapping[str, Any]) -> Response:
    """Add a rule of the measure table from a day on."""
    check_municipality(body["municipality_code"])
    values = {name: value for name, value in body.items() if name != "source_title"}
    values["asset_class"] = ASSET_CLASSES[body["asset_class"]].number
    answer = WrittenAnswer(lambda _, record: (record_document(MEASURE_RULES, record), {}))
    add_measure_rule(database(), values, source_title=body["source_title"], finish=answer)
    return answer.response()
