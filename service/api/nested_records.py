"""The records of an asset: assessments, components, capacities, measures, suitabilities, outages and its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow
from flask import Response

from service.api.asset_documents import page_json_schema
from service.api.asset_lists import PageQuery
from service.api.blueprint import RestBlueprint
from service.api.identity import principal
from service.api.nested_schemas import AssessmentBody, CapacityBody, ComponentBody, MeasureBody, SuitabilityBody
from service.api.record_lists import record_document, record_page
from service.api.state import database
from service.api.written import KEY_PARAMETER, WrittenAnswer, repeatable
from service.operations.assets import read_asset
from service.operations.permissions import Action, Of, needs
from service.operations.records import (
    ASSESSMENT,
    CAPACITY,
    COMPONENT,
    MEASURE,
    SUITABILITY,
    AssetRecordKind,
    add_asset_record,
)
from service.queries.asset_key import AssetKey
from service.queries.record_sets import OUTAGES, RecordSet

blueprint = RestBlueprint("asset records", __name__, description="What is recorded of an asset over time")


@dataclass(frozen=True)
class _Addable:
    path: str
    kind: AssetRecordKind
    body: type[marshmallow.Schema]


_ADDABLE = (
    _Addable("assessments", ASSESSMENT, AssessmentBody),
    _Addable("components", COMPONENT, ComponentBody),
    _Addable("capacities", CAPACITY, CapacityBody),
    _Addable("measures", MEASURE, MeasureBody),
    _Addable("suitabilities", SUITABILITY, SuitabilityBody),
)
_READABLE = (
    *((each.path, each.kind.records) for each in _ADDABLE),
    ("outages", OUTAGES),
)


def _add_list(path: str, records: RecordSet) -> None:
    @blueprint.route(f"/assets/<asset_key:asset_key>/{path}", methods=["GET"], endpoint=f"list_{path}")
    @blueprint.answers(200, page_json_schema(records.name))
    @blueprint.describe(summary=f"List {path} of an asset.", operationId=f"list_{path}")
    @blueprint.arguments(PageQuery, location="query")
    @needs(Action.READ, Of.ADDRESS)
    def list_records(query: Mapping[str, Any], asset_key: AssetKey) -> Response:
        read_asset(database(), asset_key)
        return record_page(records, query, vars(asset_key))


def _add_creation(addable: _Addable) -> None:
    records = addable.kind.records

    @blueprint.route(f"/assets/<asset_key:asset_key>/{addable.path}", methods=["POST"], endpoint=f"add_{addable.path}")
    @blueprint.header(KEY_PARAMETER)
    @blueprint.answers(201, records.name)
    @blueprint.describe(summary=(addable.body.__doc__ or ""), operationId=f"add_{addable.path}")
    @needs(Action.WRITE_RECORDS, Of.ADDRESS)
    @repeatable
    @blueprint.arguments(addable.body)
    def add(body: Mapping[str, Any], asset_key: AssetKey) -> Response:
        answer = WrittenAnswer(lambda _, record: (record_document(records, record), {}))
        by = principal().holder
        add_asset_record(database(), addable.kind, asset_key, body, recorded_by=by, finish=answer)
        return answer.response()


for _path, _records in _READABLE:
    _add_list(_path, _records)
for _each in _ADDABLE:
    _add_creation(_each)
