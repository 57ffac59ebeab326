"""What an import found and did: its faults as JSON, a workbook or a map, its changes field by field; and undoing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow
from flask import Response, request
from marshmallow import fields, validate

from service.api.answers import json_answer, page_answer
from service.api.asset_lists import PageQuery
from service.api.blueprint import RestBlueprint
from service.api.cursor import decode_cursor, encode_cursor
from service.api.identity import principal
from service.api.import_documents import report_for_the_known
from service.api.permissions import check_targets
from service.api.persons import fields_for_the_known
from service.api.state import database
from service.api.written import KEY_PARAMETER, WrittenAnswer, kept_alone, repeatable
from service.catalogues import LANGUAGES
from service.errors import NotFound
from service.operations.import_changes import list_import_changes
from service.operations.import_listing import look_at_import
from service.operations.import_undo import DETAILS, undo_import
from service.operations.permissions import Action, Of, needs
from service.reports.faulty_places import findings_geojson

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {"json": "application/json", "geojson": "application/geo+json", "xlsx": XLSX}
_BY_TYPE = {media_type: form for form, media_type in FORMATS.items()}
_TEXT: dict[str, Any] = {"type": ["string", "null"]}
_WHOLE: dict[str, Any] = {"type": "integer"}
_ANY: dict[str, Any] = {}


def _object(description: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


_PLACE = {
    "type": ["array", "null"],
    "items": {"type": "number"},
    "minItems": 2,
    "maxItems": 2,
    "description": "Longitude and latitude of a point where it is",
}
_FAULT = _object(
    "A fault of the file",
    {
        "row": {"type": ["integer", "null"], "description": "As the file's reader counts; empty: the whole file"},
        "column": _TEXT,
        "value": _TEXT,
        "rule": {"type": "string", "description": "Fixed word of the rule"},
        "severity": {"enum": ["error", "warning"], "description": "An error keeps its row out"},
        "detail": {"type": "string"},
        "place": _PLACE,
    },
)
_RULE = _object(
    "How often a rule was broken", {"rule": {"type": "string"}, "severity": {"type": "string"}, "count": _WHOLE}
)
FAULTS_SCHEMA = _object(
    "Faults of an import: all are counted by rule, and listed up to the number that is kept",
    {
        "error_count": _WHOLE,
        "warning_count": _WHOLE,
        "rules": {"type": "array", "items": _RULE},
        "faults": {"type": "array", "items": _FAULT},
    },
)
_FIELD = _object("An attribute before and after", {"attribute": {"type": "string"}, "before": _ANY, "after": _ANY})
_CHANGE = _object(
    "A row that an import added or changed",
    {
        "target": _TEXT | {"description": "Asset class or table; empty where the asset is no more"},
        "operation": {"enum": ["create", "update"]},
        "asset_id": _TEXT | {"description": "Public id of the asset; empty for other records"},
        "source_id": _TEXT,
        "key": {"type": ["object", "null"], "description": "What finds a record; empty for assets"},
        "fields": {"type": "array", "items": _FIELD},
    },
)
CHANGES_SCHEMA = _object(
    "A page of changes", {"items": {"type": "array", "items": _CHANGE}, "next": _TEXT | {"format": "uri"}}
)
_CONFLICT = _object(
    "What was left as it is",
    {
        "target": {"type": "string"},
        "key": {"type": "string"},
        "reason": {"enum": list(DETAILS)},
        "detail": {"type": "string"},
    },
)
UNDO_SCHEMA = _object(
    "What undoing an import did",
    {
        "municipality_code": {"type": "string"},
        "batch_id": _WHOLE,
        "dry_run": {"type": "boolean"},
        "removed": _WHOLE | {"description": "Added rows that are gone"},
        "restored": _WHOLE | {"description": "Changed rows that are as they were"},
        "retired": _WHOLE | {"description": "Added assets that a stored valuation holds: decommissioned, not removed"},
        "conflict_count": _WHOLE | {"description": "Rows that were edited since, or that later records belong to"},
        "conflicts": {"type": "array", "items": _CONFLICT, "description": "The first 1000 of them"},
    },
)
_CONTENT = {
    FORMATS["json"]: {"schema": FAULTS_SCHEMA},
    FORMATS["geojson"]: {"schema": {"type": "object"}},
    FORMATS["xlsx"]: {"schema": {"type": "string", "format": "binary"}},
}


class FaultsQuery(marshmallow.Schema):
    """In which form and language."""

    format = fields.String(
        load_default=None,
        validate=validate.OneOf(list(FORMATS)),
        metadata={"description": "`geojson` holds the faulty places; goes before `Accept`"},
    )
    lang = fields.String(
        load_default=None,
        validate=validate.OneOf(LANGUAGES),
        metadata={"description": "Language of the workbook; goes before `Accept-Language`"},
    )


class UndoQuery(marshmallow.Schema):
    """Whether to undo, or to say what that would do."""

    dry_run = fields.Boolean(
        truthy={"true"}, falsy={"false"}, load_default=False, metadata={"description": "Only say what it would do"}
    )


def add_import_results(blueprint: RestBlueprint, address: str) -> None:
    """Serve faults, changes and undoing of the imports at an address with `municipality_code` and `batch_id`."""

    @blueprint.route(f"{address}/faults", methods=["GET"])
    @blueprint.answers(200, FAULTS_SCHEMA)
    @blueprint.describe(responses={200: {"description": "The faults", "content": _CONTENT}})
    @blueprint.arguments(FaultsQuery, location="query")
    @needs(Action.READ, Of.ADDRESS)
    def read_faults(query: Mapping[str, Any], municipality_code: str, batch_id: int) -> Response:
        """Read what an import or its dry run found: as JSON, as a workbook, or as GeoJSON of the faulty places.

        `Accept` and `Accept-Language` choose form and language where the query does not. The workbook also holds what
        is new, changed field by field, and missing in the file.
        """
        report = _report(municipality_code, batch_id)
        form = query["format"] or _BY_TYPE[request.accept_mimetypes.best_match(list(_BY_TYPE), FORMATS["json"])]
        language = query["lang"] or request.accept_languages.best_match(LANGUAGES, "fi")
        return _faults_answer(report, form, language, f"{municipality_code}-{batch_id}")

    @blueprint.route(f"{address}/changes", methods=["GET"])
    @blueprint.answers(200, CHANGES_SCHEMA)
    @blueprint.arguments(PageQuery, location="query")
    @needs(Action.READ, Of.ADDRESS)
    def read_changes(query: Mapping[str, Any], municipality_code: str, batch_id: int) -> Response:
        """Read what an import added and changed, field by field; shapes are GeoJSON in EPSG:3067."""
        place = decode_cursor(query.get("cursor"), (int, int))
        after = None if place is None else (place[0], place[1])
        items, last = list_import_changes(database(), municipality_code, batch_id, after, query["limit"])
        told = ({**each, "fields": fields_for_the_known(each["fields"])} for each in items)
        return page_answer(told, encode_cursor(last))

    @blueprint.route(f"{address}/undo", methods=["POST"])
    @blueprint.header(KEY_PARAMETER)
    @blueprint.answers(200, UNDO_SCHEMA)
    @blueprint.arguments(UndoQuery, location="query")
    @needs(Action.IMPORT, Of.ADDRESS)
    @repeatable
    def undo(query: Mapping[str, Any], municipality_code: str, batch_id: int) -> Response:
        """Take an import back: what it added is removed, what it changed is put back.

        What was edited since stays, and is told as a conflict. Undoing is itself part of each asset's history.
        """
        check_targets(_report(municipality_code, batch_id)["targets"], municipality_code)
        answer = WrittenAnswer(lambda _, report: (report, {}), 200)
        terms: dict[str, Any] = {"undone_by": principal().holder, "dry_run": query["dry_run"], "finish": answer}
        report = undo_import(database(), municipality_code, batch_id, **terms)
        return kept_alone(report.as_dict(), municipality_code) if query["dry_run"] else answer.response()


def _report(municipality_code: str, batch_id: int) -> Mapping[str, Any]:
    row, _ = look_at_import(database(), municipality_code, batch_id)
    if row["report"] is None:
        raise NotFound(f"Import {municipality_code}-{batch_id} has no check report yet.")
    report: Mapping[str, Any] = row["report"]
    return report_for_the_known(report)


def _faults_answer(report: Mapping[str, Any], form: str, language: str, name: str) -> Response:
    headers = {"Vary": "Accept, Accept-Language"}
    if form == "json":
        faults = [{"place": None, **fault} for fault in report["faults"]]
        counts = {each: report[each] for each in ("error_count", "warning_count")}
        return json_answer({**counts, "rules": report.get("rules", []), "faults": faults}, headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="faults-{name}.{form}"'
    content = findings_geojson(report) if form == "geojson" else _workbook(report, language)
    if form == "xlsx":
        headers["Content-Language"] = language
    return Response(content, 200, headers, content_type=FORMATS[form])


def _workbook(report: Mapping[str, Any], language: str) -> bytes:
    from service.reports.import_findings import findings_xlsx  # noqa: PLC0415 -- XlsxWriter, only where it is needed

    return findings_xlsx(report, language)
