"""Lists of records: their documents, their JSON Schema and their pages."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson
from flask import Response
from geoalchemy2 import Geometry
from marshmallow import validate
from sqlalchemy import JSON, Column, ColumnElement, Enum

from gis.crs import CRS84, Crs
from models.registry import ASSET_CLASS_BY_NUMBER, ASSET_CLASSES
from service.api.answers import page_answer
from service.api.asset_lists import PageQuery
from service.api.cursor import decode_cursor, encode_cursor
from service.api.fields import QueryNumber, municipality_field
from service.api.geometry import geometry_json_schema
from service.api.identity import readable_municipality
from service.api.persons import NAMES, with_names_for_the_known
from service.api.state import database
from service.queries.asset_key import AssetKey
from service.queries.record_sets import RecordSet, is_geometry
from service.queries.records import RecordQuery, load_records

_JSON_TYPES: Mapping[type[Any], Mapping[str, Any]] = MappingProxyType(
    {
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        float: {"type": "number"},
        decimal.Decimal: {"type": "number"},
        datetime.date: {"type": "string", "format": "date"},
        datetime.datetime: {"type": "string", "format": "date-time"},
    }
)
_BY_NAME: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "asset_class": {"type": "string", "enum": list(ASSET_CLASSES)},
        "asset_id": {"type": "string", "description": "Public id of the asset"},
    }
)
_YEARS = validate.Range(0, 9999)


class MunicipalListQuery(PageQuery):
    """The parameters of a list of municipal records."""

    municipality = municipality_field(metadata={"description": "Only of this municipality"})


class YearsQuery(MunicipalListQuery):
    """Of which years."""

    year_from = QueryNumber(load_default=None, validate=_YEARS, metadata={"description": "First year"})
    year_to = QueryNumber(load_default=None, validate=_YEARS, metadata={"description": "Last year"})


def municipal_page(
    records: RecordSet, query: Mapping[str, Any], equal: Mapping[str, Any] | None = None, **options: Any
) -> Response:
    """Return a page of municipal records, of the municipality that the query names or the token holds for."""
    municipality_code = readable_municipality(query.get("municipality"))
    return record_page(records, query, {**(equal or {}), "municipality_code": municipality_code}, **options)


def record_page(
    records: RecordSet,
    query: Mapping[str, Any],
    equal: Mapping[str, Any] | None = None,
    *,
    crs: Crs = CRS84,
    **options: Any,
) -> Response:
    """Return a page of records whose columns have the values in `equal`; None there is no condition."""
    conditions = {name: value for name, value in (equal or {}).items() if value is not None}
    after = decode_cursor(query.get("cursor"), records.key_types)
    asked = RecordQuery(equal=conditions, after=after, limit=query["limit"], crs=crs, **options)
    with database().reading() as connection:
        page = load_records(connection, records, asked)
    documents = (record_document(records, record) for record in page.records)
    return page_answer(documents, encode_cursor(page.last_key))


def record_document(records: RecordSet, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record ready for JSON: the asset by its public id, the class by its code."""
    document = with_names_for_the_known(record)
    if document.get("asset_id") is not None:
        document["asset_id"] = str(AssetKey(document["municipality_code"], document["asset_id"]))
    if document.get("asset_class") is not None:
        document["asset_class"] = ASSET_CLASS_BY_NUMBER[document["asset_class"]].code
    for name, column in records.columns.items():
        if is_geometry(column) and document[name] is not None:
            document[name] = orjson.Fragment(document[name])
    return document


def record_json_schema(records: RecordSet) -> dict[str, Any]:
    """Return the JSON Schema of a record as it is given out."""
    properties = {name: _column_schema(name, column) for name, column in records.columns.items()}
    description = (records.description or "").strip()
    return {"type": "object", "description": description, "properties": properties, "required": list(properties)}


def _column_schema(name: str, column: ColumnElement[Any]) -> dict[str, Any]:
    if isinstance(column.type, Geometry):
        return geometry_json_schema((column.type.geometry_type or "POINT",))
    schema = dict(_BY_NAME.get(name) or _json_type(column))
    if (isinstance(column, Column) and column.nullable) or name in NAMES:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema


def _json_type(column: ColumnElement[Any]) -> Mapping[str, Any]:
    if isinstance(column.type, JSON):
        return {"type": "object"}
    if isinstance(column.type, Enum):
        return {"type": "string", "enum": list(column.type.enums)}
    return _JSON_TYPES.get(column.type.python_type, {"type": "string"})
