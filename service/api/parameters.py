"""Parameters: their dated values, and new ones."""

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
from service.api.body_rules import either
from service.api.fields import LONGEST_CODE, Day, Number, Text, WholeNumber, municipality_field
from service.api.permissions import check_municipality
from service.api.record_lists import MunicipalListQuery, municipal_page, record_document, record_page
from service.api.state import database
from service.api.written import KEY_PARAMETER, WrittenAnswer, repeatable
from service.operations.parameters import add_parameter_value
from service.operations.permissions import Action, Of, needs
from service.queries.record_sets import PARAMETERS, SOURCES

blueprint = RestBlueprint("parameters", __name__, description="Unit costs, service lives, norms: dated, with a source")
_OPTIONAL: dict[str, Any] = {"allow_none": True, "load_default": None}
_CLASS = validate.OneOf(list(ASSET_CLASSES), error="'{input}' is not an asset class.")


class ParameterListQuery(MunicipalListQuery):
    """Which values to list."""

    municipality = municipality_field(metadata={"description": "Values of this municipality and of the whole country"})
    name = Text(metadata={"description": "Only of this parameter"})
    asset_class = fields.String(data_key="class", validate=_CLASS, metadata={"description": "Only of this class"})
    valid_on = Day(load_default=None, metadata={"description": "Only what holds on this day"})


class ParameterValueBody(marshmallow.Schema):
    """A value from a day on; the open value of the same parameter, municipality, class, material and key ends then."""

    name = Text(required=True, longest=LONGEST_CODE)
    municipality_code = municipality_field(metadata={"description": "Empty: for the whole country"}, **_OPTIONAL)
    asset_class = fields.String(validate=_CLASS, metadata={"description": "Empty: for all classes"}, **_OPTIONAL)
    material = Text(longest=LONGEST_CODE, metadata={"description": "Empty: for all materials"}, **_OPTIONAL)
    key = Text(
        longest=LONGEST_CODE, metadata={"description": "What else the value depends on: service or age"}, **_OPTIONAL
    )
    valid_from = Day(required=True)
    value = Number(**_OPTIONAL)
    code = Text(longest=LONGEST_CODE, **_OPTIONAL)
    source_id = Text(required=True, longest=LONGEST_CODE)
    source_title = Text(metadata={"description": "Title of a source that is new to the register"}, **_OPTIONAL)
    price_level_year = WholeNumber(least=1950, most=2200, **_OPTIONAL)
    note = Text(**_OPTIONAL)

    def json_schema_rules(self) -> list[dict[str, Any]]:
        """Return what the description says of several members."""
        return [either("value", "code")]


@blueprint.route("/parameters", methods=["GET"])
@blueprint.answers(200, page_json_schema("ParameterValue"))
@blueprint.arguments(ParameterListQuery, location="query")
@needs(Action.READ, Of.PART)
def list_values(query: Mapping[str, Any]) -> Response:
    """List values of parameters with their validity, unit and source."""
    code = query.get("asset_class")
    equal = {"name": query.get("name"), "asset_class": ASSET_CLASSES[code].number if code else None}
    return municipal_page(PARAMETERS, query, equal, national_too=True, valid_on=query["valid_on"])


@blueprint.route("/parameters", methods=["POST"])
@blueprint.header(KEY_PARAMETER)
@blueprint.answers(201, "ParameterValue")
@needs(Action.WRITE_PLANS, Of.BODY)
@repeatable
@blueprint.arguments(ParameterValueBody)
def add_value(body: Mapping[str, Any]) -> Response:
    """Add a value of a parameter from a day on."""
    check_municipality(body["municipality_code"])
    values = {name: value for name, value in body.items() if name != "source_title"}
    if body["asset_class"] is not None:
        values["asset_class"] = ASSET_CLASSES[body["asset_class"]].number
    answer = WrittenAnswer(lambda _, record: (record_document(PARAMETERS, record), {}))
    add_parameter_value(database(), values, source_title=body["source_title"], finish=answer)
    return answer.response()


@blueprint.route("/sources", methods=["GET"])
@blueprint.answers(200, page_json_schema("Source"))
@blueprint.arguments(PageQuery, location="query")
@needs(Action.READ, Of.SERVICE)
def list_sources(query: Mapping[str, Any]) -> Response:
    """List the publications, data sets and decisions that values rest on."""
    return record_page(SOURCES, query)
