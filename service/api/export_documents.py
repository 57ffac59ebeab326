"""Exports as JSON: the document of one, and its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for

from models.job import JobState
from service.api.persons import with_names_for_the_known
from service.api.problems import problem_document
from service.operations.export_jobs import request_of
from service.operations.export_requests import FORMAT_NAMES
from service.operations.run_errors import understood
from service.operations.stored_files import KEPT_FOR

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMES = ("queued_at", "started_at", "finished_at")
_PROGRESS = ("step", "rows_done", "rows_total", "seconds_left")
_FILE = ("file_name", "media_type", "size_bytes", "sha256")


def export_document(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return an export from a job as `look_at_job` gives it; the address of its file while that is kept."""
    asked, state, result = request_of(row["request"]), JobState(row["state"]), row["result"]
    failed = row["error"] is not None and state is JobState.FAILED
    document = {
        "id": f"{row['municipality_code']}-{row['job_id']}",
        "municipality_code": row["municipality_code"],
        "export_id": row["job_id"],
        "state": state,
        "format": asked.format,
        "classes": list(asked.classes),
        "district": asked.district_code,
        "filter": asked.filter,
        "records": asked.takes_records,
        "language": asked.language,
        "srid": asked.srid,
        "as_of": asked.as_of,
        "requested_by": row["requested_by"],
        **{name: row[name] for name in _TIMES},
        "attempts": row["attempts"],
        "workers": row["places"] if state is JobState.QUEUED else None,
        "progress": {name: row[name] for name in _PROGRESS} if state is JobState.RUNNING else None,
        "problem": problem_document(422, "ExportFailed", *understood(row["error"])) if failed else None,
        "rows": None if result is None else result["rows"],
        "losses": None if result is None else result["losses"],
        "file": None if state is not JobState.FINISHED else _file(row),
    }
    return with_names_for_the_known(document)


def _file(row: Mapping[str, Any]) -> dict[str, Any]:
    key: dict[str, Any] = {"municipality_code": row["municipality_code"], "export_id": row["job_id"]}
    told = {name: row["result"][name] for name in _FILE}
    address = url_for("exports.read_file", **key, _external=True)
    return {"href": address, **told, "expires_at": row["finished_at"] + KEPT_FOR}


def export_json_schema() -> dict[str, Any]:
    """Return the JSON Schema of an export as it is given out."""
    integer, text, time = {"type": "integer"}, {"type": "string"}, {"type": "string", "format": "date-time"}
    properties: dict[str, Any] = {
        "id": text | {"description": "As in its address"},
        "municipality_code": text,
        "export_id": integer,
        "state": {"enum": [state.value for state in JobState], "description": "How far it is"},
        "format": {"enum": list(FORMAT_NAMES)},
        "classes": {"type": "array", "items": text, "description": "Asset classes; all where there are none"},
        "district": _nullable(text),
        "filter": _nullable(text) | {"description": "CQL2 text"},
        "records": {"type": "boolean", "description": "Whether components, assessments and so on go along"},
        "language": text,
        "srid": _nullable(integer) | {"description": "EPSG code of the coordinates; the format's own where none"},
        "as_of": _nullable(text | {"format": "date"}) | {"description": "The day whose assets it holds"},
        "requested_by": _nullable(text),
        **{name: _nullable(time) for name in _TIMES},
        "attempts": integer | {"description": "How often it was begun: again where a worker was lost"},
        "workers": _nullable(integer) | {"description": "Of one that waits: how many jobs workers carry out at a time"},
        "progress": _object(
            {
                "step": _nullable(text),
                "rows_done": _nullable(integer),
                "rows_total": _nullable(integer),
                "seconds_left": {"type": ["number", "null"]},
            }
        ),
        "problem": {"anyOf": [{"$ref": "#/components/schemas/Problem"}, {"type": "null"}]},
        "rows": {
            "type": ["object", "null"],
            "additionalProperties": integer,
            "description": "Number of rows by table, once it is written",
        },
        "losses": {
            "type": ["array", "null"],
            "items": text,
            "description": "What the format does not hold, in the language of the export",
        },
        "file": _object({"href": text, **_file_schema(), "expires_at": time}),
    }
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _file_schema() -> dict[str, Any]:
    return {name: {"type": "integer" if name == "size_bytes" else "string"} for name in _FILE}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    described = {"properties": dict(properties), "required": list(properties), "additionalProperties": False}
    return {"type": ["object", "null"], **described}


def _nullable(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"]}
