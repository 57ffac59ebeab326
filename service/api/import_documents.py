"""Imports as JSON: the document of one, its schema, and the problem document of one that failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.job import JobState
from service.api.persons import fields_for_the_known, with_names_for_the_known
from service.api.problems import problem_document
from service.errors import Fault
from service.operations.import_report import Severity
from service.operations.jobs import shown_job
from service.operations.run_errors import understood
from service.queries.import_jobs import COUNTS

TOLD_FAULTS = 1000
_TIMES = ("queued_at", "started_at", "finished_at")
_BATCH = ("file_sha256", "imported_at", "imported_by", "undone_at", "undone_by")
_FLAGS = ("dry_run", "accept_partial")


def import_document(row: Mapping[str, Any], places: int) -> dict[str, Any]:
    """Return an import without its report, from a row of `load_imports`; `places` is how many jobs workers take."""
    asked, state = row["request"] or {}, row["state"] or JobState.FINISHED
    document = {
        "id": f"{row['municipality_code']}-{row['number']}",
        "municipality_code": row["municipality_code"],
        "batch_id": row["number"],
        "state": state,
        "profile": asked.get("profile") or row["profile"],
        "file_name": asked.get("file_name") or row["file_name"],
        **{name: bool(asked.get(name)) for name in _FLAGS},
        "requested_by": row["requested_by"] or row["imported_by"],
        **{name: row[name] for name in _TIMES},
        "attempts": row["attempts"],
        "workers": places if state == JobState.QUEUED else None,
        "progress": _progress(row, places) if state == JobState.RUNNING else None,
        "error": None if row["error"] is None else understood(row["error"])[0],
        **{name: row[name] for name in (*COUNTS, *_BATCH)},
    }
    document["finished_at"] = document["finished_at"] or row["imported_at"]
    return with_names_for_the_known(document)


def whole_import_document(row: Mapping[str, Any], places: int) -> dict[str, Any]:
    """Return an import with its report, and with the problem document of one that failed."""
    report = row["report"] and report_for_the_known(row["report"])
    return import_document(row, places) | {"report": report, "problem": import_problem(row)}


def report_for_the_known(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return a check report, without names in what it changes where it is read by nobody that is known."""
    return {**report, "changes": fields_for_the_known(report.get("changes", []))}


def import_problem(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return why an import failed, None where it did not: the faults of its file, or what else was wrong."""
    if row["error"] is None or row["state"] != JobState.FAILED:
        return None
    detail, faults = understood(row["error"])
    if row["report"] is None:
        return problem_document(422, "ImportFailed", detail, faults)
    errors = [each for each in row["report"]["faults"] if each["severity"] == Severity.ERROR]
    return problem_document(422, "FaultyFile", detail, [_fault(each) for each in errors[:TOLD_FAULTS]])


def _fault(fault: Mapping[str, Any]) -> Fault:
    row = "file" if fault["row"] is None else f"row {fault['row']}"
    return Fault(f"{row}, {fault['column']}" if fault["column"] else row, fault["detail"])


def _progress(row: Mapping[str, Any], places: int) -> dict[str, Any]:
    shown = shown_job(row, places)
    return {name: shown[name] for name in ("step", "rows_done", "rows_total", "seconds_left")}


def import_json_schema(*, whole: bool) -> dict[str, Any]:
    """Return the JSON Schema of an import as it is given out, with or without its report."""
    integer, text, time = {"type": "integer"}, {"type": "string"}, {"type": "string", "format": "date-time"}
    properties: dict[str, Any] = {
        "id": text | {"description": "As in its address"},
        "municipality_code": text | {"description": "000 where the file names the municipalities"},
        "batch_id": integer | {"description": "Number of the import, within all municipalities"},
        "state": {"enum": [state.value for state in JobState], "description": "How far it is"},
        "profile": text,
        "file_name": text,
        **{name: {"type": "boolean"} for name in _FLAGS},
        "requested_by": _nullable(text),
        **{name: _nullable(time) for name in _TIMES},
        "attempts": _nullable(integer) | {"description": "How often it was begun: again where a worker was lost"},
        "workers": _nullable(integer) | {"description": _WORKERS},
        "progress": _nullable(_progress_schema()),
        "error": _nullable(text) | {"description": "Why it failed"},
        **{name: _nullable(integer) | {"description": "Rows, of an import that was applied"} for name in COUNTS},
        **{name: _nullable(time if name.endswith("_at") else text) for name in _BATCH},
    }
    if whole:
        properties["report"] = {"type": ["object", "null"], "description": "Check report, once the file is read"}
        properties["problem"] = {"anyOf": [{"$ref": "#/components/schemas/Problem"}, {"type": "null"}]}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


_WORKERS = "Of one that waits: how many jobs the workers that are there carry out at a time; 0 where none is there"


def _progress_schema() -> dict[str, Any]:
    whole = {"type": ["integer", "null"]}
    properties = {
        "step": {"type": ["string", "null"]},
        "rows_done": whole,
        "rows_total": whole,
        "seconds_left": {"type": ["number", "null"], "description": "Of this step, at the rate so far"},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def _nullable(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"]}
