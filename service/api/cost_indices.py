"""Cost indices: their points by month or year, and new ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow
from flask import Response, request
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from service.api.answers import json_answer
from service.api.asset_documents import page_json_schema
from service.api.asset_lists import PageQuery
from service.api.blueprint import RestBlueprint
from service.api.digests import ETAG_HEADER, IF_MATCH_PARAMETER, known_record
from service.api.fields import LONGEST_CODE, Number, Text, WholeNumber
from service.api.record_lists import record_page
from service.api.state import database
from service.api.written import KEY_PARAMETER, WrittenAnswer, repeatable
from service.operations.cost_indices import (
    FIRST_YEAR,
    LAST_YEAR,
    CostPoint,
    add_cost_index,
    points_digest,
    read_cost_index,
)
from service.operations.permissions import Action, Of, needs
from service.queries.cost_indices import load_cost_index
from service.queries.record_sets import COST_INDICES

blueprint = RestBlueprint("cost_indices", __name__, description="What brings prices from one year to another")
_MOST_POINTS = 5000
_IF_MATCH = {
    **IF_MATCH_PARAMETER,
    "description": "The ETag of the index that was read; needed where a point that is there gets another value",
}
_POINT = {
    "year": {"type": "integer"},
    "month": {"type": "integer", "description": "0: the whole year"},
    "value": {"type": "number"},
    "source_id": {"type": "string"},
    "is_demo": {"type": "boolean"},
}
_POINTS = {"type": "array", "items": {"type": "object", "properties": _POINT, "required": list(_POINT)}}
_WHOLE = {
    "type": "object",
    "properties": {"index_code": {"type": "string"}, "points": _POINTS},
    "required": ["index_code", "points"],
}


class CostIndexQuery(PageQuery):
    """Which points to list."""

    index_code = Text(data_key="index", metadata={"description": "Only of this index"})


class CostPointBody(marshmallow.Schema):
    """A point of an index."""

    year = WholeNumber(required=True, least=FIRST_YEAR, most=LAST_YEAR)
    month = WholeNumber(least=0, most=12, load_default=0, metadata={"description": "0: the whole year"})
    value = Number(
        required=True, validate=validate.Range(0, 1e9, min_inclusive=False), metadata={"exclusiveMinimum": 0}
    )


class CostIndexBody(marshmallow.Schema):
    """Points of an index: those of the same months are replaced, all others stay."""

    index_code = Text(required=True, longest=LONGEST_CODE)
    source_id = Text(required=True, longest=LONGEST_CODE)
    source_title = Text(
        allow_none=True, load_default=None, metadata={"description": "Title of a source that is new to the register"}
    )
    points = fields.List(fields.Nested(CostPointBody), required=True, validate=validate.Length(min=1, max=_MOST_POINTS))


@blueprint.route("/cost-indices", methods=["GET"])
@blueprint.answers(200, page_json_schema("CostIndex"))
@blueprint.arguments(CostIndexQuery, location="query")
@needs(Action.READ, Of.SERVICE)
def list_points(query: Mapping[str, Any]) -> Response:
    """List the points of the cost indices with their sources."""
    return record_page(COST_INDICES, query, {"index_code": query.get("index_code")})


@blueprint.route("/cost-indices/<path:index_code>", methods=["GET"])
@blueprint.answers(200, _WHOLE, headers=ETAG_HEADER)
@needs(Action.READ, Of.SERVICE)
def read_index(index_code: str) -> Response:
    """Read a cost index with all of its points."""
    index = read_cost_index(database(), index_code)
    tag = points_digest(index["points"])
    is_known = "If-None-Match" in request.headers and request.if_none_match.contains_weak(tag)
    answer = Response(status=304) if is_known else json_answer(index)
    answer.set_etag(tag)
    return answer


@blueprint.route("/cost-indices", methods=["POST"])
@blueprint.header(_IF_MATCH)
@blueprint.header(KEY_PARAMETER)
@blueprint.answers(201, {"type": "object"}, headers=ETAG_HEADER)
@needs(Action.WRITE_PLANS, Of.COUNTRY)
@repeatable
@blueprint.arguments(CostIndexBody)
def add_index(body: Mapping[str, Any]) -> Response:
    """Keep the points of a cost index, for the whole country."""
    points = [CostPoint(each["year"], each["month"], each["value"]) for each in body["points"]]
    answer = WrittenAnswer(_described)
    source = {"source_id": body["source_id"], "source_title": body["source_title"]}
    add_cost_index(database(), body["index_code"], points, **source, known=known_record(), finish=answer)
    return answer.response()


def _described(session: Session, record: Mapping[str, Any]) -> tuple[Any, Mapping[str, str]]:
    tag = points_digest(load_cost_index(session.connection(), record["index_code"]))
    return dict(record), {"ETag": f'"{tag}"'}
