"""Exports: the register of a municipality, or a part of it, written by a worker into a file that is kept for a week."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, url_for
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from models.job import JobState
from models.registry import ASSET_CLASSES
from service.acting import as_now
from service.api.answers import json_answer, page_answer, to_json
from service.api.asset_documents import page_json_schema
from service.api.blueprint import RestBlueprint
from service.api.cursor import decode_cursor, encode_cursor
from service.api.digests import ETAG_HEADER, HEEDED_IF_MATCH, check_document, document_answer
from service.api.export_documents import export_document
from service.api.fields import LONGEST_CODE, Day, Flag, Text, municipality_field
from service.api.identity import principal, readable_municipality
from service.api.permissions import check_municipality
from service.api.problems import PROBLEM_TYPE
from service.api.record_lists import MunicipalListQuery
from service.api.state import database
from service.api.waiting import PREFER_PARAMETER, waits
from service.api.written import KEY_PARAMETER, WrittenAnswer, repeatable
from service.catalogues import LANGUAGES
from service.errors import NotFound
from service.exporters.formats import FORMATS, ZIP
from service.operations.export_jobs import queue_export
from service.operations.export_requests import ARCHIVE, FORMAT_NAMES, LONGEST_FILTER, SRIDS, ExportRequest
from service.operations.jobs import EXPORT, JobCancelled, cancel_job, list_jobs, look_at_job, retry_job
from service.operations.permissions import Action, Of, needs
from service.operations.stored_files import find_file, read_chunks
from service.queries.jobs import JobKey

blueprint = RestBlueprint("exports", __name__, description="Files of a register for other systems")
_EXPORT = "/exports/<string(length=3):municipality_code>-<int(max=9007199254740991):export_id>"
_BINARY = {"type": "string", "format": "binary"}
_MEDIA_TYPES = dict.fromkeys((*(each.media_type for each in FORMATS.values()), ZIP))
_CONTENT = {media_type: {"schema": _BINARY} for media_type in _MEDIA_TYPES}


class ExportBody(Schema):
    """What to export."""

    municipality_code = municipality_field(required=True)
    format = fields.String(
        required=True,
        validate=validate.OneOf(list(FORMAT_NAMES)),
        metadata={"description": "An archive holds the audit too: it is for those who may read that"},
    )
    classes = fields.List(
        fields.String(validate=validate.OneOf(list(ASSET_CLASSES))),
        load_default=list,
        validate=validate.Length(max=len(ASSET_CLASSES)),
        metadata={"description": "Asset classes; all where none is named, of an archive always", "uniqueItems": True},
    )
    district = Text(longest=LONGEST_CODE, allow_none=True, load_default=None)
    filter = Text(
        longest=LONGEST_FILTER,
        allow_none=True,
        load_default=None,
        metadata={"description": "CQL2 text that assets must meet, with properties that all of the classes have"},
    )
    records = Flag(
        allow_none=True,
        load_default=None,
        metadata={"description": "Whether components, assessments and so on go along; unless classes are named"},
    )
    language = fields.String(load_default="fi", validate=validate.OneOf(list(LANGUAGES)))
    srid = fields.Integer(
        strict=True,
        allow_none=True,
        load_default=None,
        validate=validate.OneOf(list(SRIDS)),
        metadata={"description": "EPSG code of the coordinates: 3067, of GeoJSON 4326, where it is not given"},
    )
    for_excel = Flag(load_default=False, metadata={"description": "CSV with semicolons and decimal commas"})
    as_columns = Flag(load_default=False, metadata={"description": "CSV with easting and northing instead of WKT"})
    runs = Flag(load_default=True, metadata={"description": "Whether an archive holds runs with their results"})
    as_of = Day(
        allow_none=True,
        load_default=None,
        metadata={
            "description": "Assets as they were at the end of this day, with the figures of then, and no records"
        },
    )


def _request(body: Mapping[str, Any]) -> ExportRequest:
    return ExportRequest(
        municipality_code=body["municipality_code"],
        format=body["format"],
        classes=tuple(dict.fromkeys(body["classes"])),
        district_code=body["district"],
        filter=body["filter"],
        with_records=body["records"],
        language=body["language"],
        srid=body["srid"],
        for_excel=body["for_excel"],
        as_columns=body["as_columns"],
        with_runs=body["runs"],
        as_of=None if body["as_of"] is None else body["as_of"].isoformat(),
    )


def _location(document: Mapping[str, Any]) -> dict[str, str]:
    key: dict[str, Any] = {"municipality_code": document["municipality_code"], "export_id": document["export_id"]}
    return {"Location": url_for("exports.read_export", **key, _external=True)}


def _accepted(_: Session, job: Mapping[str, Any]) -> tuple[Any, Mapping[str, str]]:
    document = export_document(job)
    return document, _location(document)


def _outcome(key: JobKey) -> Response:
    """Return the answer to a client that has waited for the end of an export."""
    document = export_document(look_at_job(database(), key))
    if document["state"] == JobState.CANCELLED:
        raise JobCancelled
    if document["problem"] is not None:
        return Response(to_json({**document["problem"], "export": document}), 422, content_type=PROBLEM_TYPE)
    return json_answer(document, 201, _location(document))


@blueprint.route("/exports", methods=["POST"])
@blueprint.header(KEY_PARAMETER)
@blueprint.header(PREFER_PARAMETER)
@blueprint.answers(201, "Export", description="The file is written, within the time that the client would wait")
@blueprint.answers(202, "Export", description="The export waits for a worker, or is carried out")
@needs(Action.EXPORT, Of.BODY)
@waits(EXPORT, _outcome)
@repeatable
@blueprint.arguments(ExportBody)
def create(body: Mapping[str, Any]) -> Response:
    """Ask for a file of a register; `Location` says where to look at it, and at the address of the file in the end."""
    check_municipality(body["municipality_code"])
    _check_format(body["format"], body["municipality_code"])
    answer = WrittenAnswer(_accepted, 202)
    queue_export(database(), _request(body), principal().holder, answer)
    return answer.response()


def _check_format(form: str, municipality_code: str) -> None:
    """Raise unless the client may have a file of this format: an archive tells all that the audit does."""
    if form == ARCHIVE:
        principal().check(Action.AUDIT, municipality_code)


@blueprint.route("/exports", methods=["GET"])
@blueprint.answers(200, page_json_schema("Export"))
@blueprint.arguments(MunicipalListQuery, location="query")
@needs(Action.READ, Of.PART)
def list_all(query: Mapping[str, Any]) -> Response:
    """List exports, the newest first."""
    code, limit = readable_municipality(query.get("municipality")), query["limit"]
    before = decode_cursor(query.get("cursor"), (int,))
    rows = list_jobs(database(), EXPORT, code, None if before is None else before[0], limit + 1)
    page = rows[:limit]
    return page_answer(map(export_document, page), encode_cursor((page[-1]["job_id"],) if len(rows) > limit else None))


@blueprint.route(_EXPORT, methods=["GET"])
@blueprint.answers(200, "Export", headers=ETAG_HEADER)
@needs(Action.READ, Of.ADDRESS)
def read_export(municipality_code: str, export_id: int) -> Response:
    """Read how far an export is; once it is finished, with the address of its file."""
    return document_answer(export_document(look_at_job(database(), JobKey(municipality_code, EXPORT.name, export_id))))


@blueprint.route(f"{_EXPORT}/file", methods=["GET"])
@blueprint.describe(responses={200: {"description": "The file, of its own media type", "content": _CONTENT}})
@needs(Action.DOWNLOAD, Of.ADDRESS)
def read_file(municipality_code: str, export_id: int) -> Response:
    """Read the file of an export, which is kept for a week; it names who recorded what, and needs a token always."""
    job = look_at_job(database(), JobKey(municipality_code, EXPORT.name, export_id))
    _check_format(job["request"]["format"], municipality_code)
    if job["state"] != JobState.FINISHED:
        raise NotFound(f"The export has no file: it is {job['state']}.")
    file = find_file(database(), municipality_code, job["result_file_id"])
    answer = Response(as_now(read_chunks(database(), file)), content_type=file.media_type)
    answer.content_length = file.size_bytes
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.file_name}"'
    answer.set_etag(file.sha256)
    return answer


@blueprint.route(_EXPORT, methods=["DELETE"])
@blueprint.header(HEEDED_IF_MATCH)
@blueprint.header(KEY_PARAMETER)
@blueprint.answers(204)
@needs(Action.EXPORT, Of.ADDRESS)
@repeatable
def cancel(municipality_code: str, export_id: int) -> Response:
    """Cancel an export that has not ended; no file is kept of it."""
    key, answer = JobKey(municipality_code, EXPORT.name, export_id), WrittenAnswer(status=204)
    check_document(lambda: export_document(look_at_job(database(), key)))
    cancel_job(database(), key, answer)
    return answer.response()


@blueprint.route(f"{_EXPORT}/retry", methods=["POST"])
@blueprint.header(KEY_PARAMETER)
@blueprint.answers(202, "Export")
@needs(Action.EXPORT, Of.ADDRESS)
@repeatable
def retry(municipality_code: str, export_id: int) -> Response:
    """Try an export again that failed or was cancelled."""
    key, answer = JobKey(municipality_code, EXPORT.name, export_id), WrittenAnswer(_accepted, 202)
    _check_format(look_at_job(database(), key)["request"]["format"], municipality_code)
    retry_job(database(), key, answer)
    return answer.response()
