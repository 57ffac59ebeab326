"""Imports: a file waits for a worker, which checks it or takes it in; the check report comes with the import."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import marshmallow
from flask import Response, request, url_for
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from models.job import JobState
from service.api.answers import json_answer, page_answer, to_json
from service.api.asset_documents import page_json_schema
from service.api.blueprint import RestBlueprint, faults_of, invalid_body
from service.api.cursor import decode_cursor, encode_cursor
from service.api.digests import ETAG_HEADER, HEEDED_IF_MATCH, check_document, document_answer
from service.api.fields import Matching, municipality_field
from service.api.identity import principal, readable_municipality
from service.api.import_documents import import_document, import_problem, whole_import_document
from service.api.import_results import add_import_results
from service.api.permissions import check_municipality, check_targets
from service.api.problems import PROBLEM_TYPE
from service.api.record_lists import MunicipalListQuery
from service.api.state import database
from service.api.uploads import FORM_TYPE, form_faults, takes_uploads, uploaded_file
from service.api.waiting import PREFER_PARAMETER, waits
from service.api.written import KEY_PARAMETER, WrittenAnswer, repeatable
from service.database import Database
from service.errors import DataConflict, Fault, InvalidData, NotFound
from service.operations.import_checks import KEEP, ON_CONFLICT
from service.operations.import_listing import list_imports, look_at_import
from service.operations.jobs import IMPORT, JobCancelled, cancel_job, enqueue, look_at_job, retry_job
from service.operations.permissions import Action, Of, needs
from service.queries.import_jobs import load_import
from service.queries.jobs import JobKey, count_places
from service.queries.municipalities import municipality_exists

# A horizontal system, with a vertical one if need be.
CRS_PATTERN = r"^EPSG:[0-9]{4,6}(\+[0-9]{4,6})?$"
_IMPORT = "/imports/<string(length=3):municipality_code>-<int(max=9007199254740991):batch_id>"
_REPORT = {"type": "object"}
PROFILE_PATTERN = "^[a-z0-9_]{1,100}$"
ProfileTargets = Callable[[Database, str | None, str], frozenset[str]]
"""Gives the targets of a municipality's profile, or of one that comes with the service, by its name."""


def import_form(profiles: list[str]) -> type[marshmallow.Schema]:
    """Return the schema of the form beside the file; its members, but the first two, are options of `import_file`."""
    shipped = {"anyOf": [{"enum": profiles}, {"minLength": 1}], "description": "Mapping profile, own or shipped"}
    flag: dict[str, Any] = {"truthy": {"true"}, "falsy": {"false"}, "load_default": False}
    members: dict[str, Any] = {
        "profile": fields.String(required=True, validate=Matching(PROFILE_PATTERN), metadata=shipped),
        "municipality": municipality_field(metadata={"description": "Where the file does not name it"}),
        "dry_run": fields.Boolean(**flag, metadata={"description": "Check and count, write nothing"}),
        "accept_partial": fields.Boolean(**flag, metadata={"description": "Write the good rows beside faulty ones"}),
        "layer": fields.String(
            validate=validate.Length(1, 200),
            metadata={"description": "Layer or sheet, or data set of an archive, where the file has several"},
        ),
        "crs": fields.String(
            validate=validate.Regexp(CRS_PATTERN, error="'{input}' is no EPSG code such as EPSG:3878."),
            metadata={"description": "Coordinate system of the file's coordinates, whatever the file says of it"},
        ),
        "confirm_crs": fields.Boolean(
            **flag, metadata={"description": "Take the system that the coordinates look like, where none is told"}
        ),
        "geometry_repair": fields.String(
            load_default="repair",
            validate=validate.OneOf(["repair", "refuse"]),
            metadata={"description": "Repair invalid shapes and tell the change, or refuse them"},
        ),
        "on_conflict": fields.String(
            load_default=KEEP,
            validate=validate.OneOf(ON_CONFLICT),
            metadata={"description": "Keep what people set since the last import of the source, or overwrite it"},
        ),
    }
    return marshmallow.Schema.from_dict(members, name="ImportForm")


def imports_blueprint(profile_names: Callable[[], list[str]], profile_targets: ProfileTargets) -> RestBlueprint:
    """Return the blueprint of imports; the profiles are handed in, as they stand beside this package."""
    blueprint = RestBlueprint("imports", __name__, description="Files taken into the register by mapping profiles")
    _add_import(blueprint, import_form(profile_names()), profile_targets)
    _add_reading(blueprint)
    _add_ending(blueprint, profile_targets)
    add_import_results(blueprint, _IMPORT)
    return blueprint


def _add_import(blueprint: RestBlueprint, form: type[marshmallow.Schema], profile_targets: ProfileTargets) -> None:
    @blueprint.route("/imports", methods=["POST"])
    @blueprint.describe(requestBody=_request_body(form))
    @blueprint.header(KEY_PARAMETER)
    @blueprint.header(PREFER_PARAMETER)
    @blueprint.answers(200, _REPORT, description="Check report of a dry run, for a client that waits")
    @blueprint.answers(201, _REPORT, description="Check report of what was written, for a client that waits")
    @blueprint.answers(202, "Import", description="The file waits for a worker, or is worked on")
    @takes_uploads
    @waits(IMPORT, _outcome)
    @repeatable
    @needs(Action.IMPORT, Of.BODY)
    def add_import() -> Response:
        """Have a file checked or taken in; `Location` says where to look at it. The same file twice changes nothing.

        Planners import population and service areas, engineers everything else. A file with faults of which nothing is
        written is, for a client that waits, a problem document with the check report as `report`.
        """
        terms = _terms(form, profile_targets)
        terms["municipality"] = terms.get("municipality") or principal().only_municipality(Action.IMPORT)
        _check(profile_targets, terms["profile"], terms["municipality"])
        file = uploaded_file(request.files["file"])
        asked, answer = {**terms, "file_name": file.name}, WrittenAnswer(_accepted, 202)
        enqueue(database(), IMPORT, terms["municipality"], asked, principal().holder, file, answer)
        return answer.response()


def _accepted(session: Session, job: Mapping[str, Any]) -> tuple[Any, Mapping[str, str]]:
    row = load_import(session.connection(), job["municipality_code"], job["job_id"])
    if row is None:
        raise RuntimeError("the import that was just put into the queue is not there")
    document = whole_import_document(row, count_places(session.connection()))
    return document, _location(row)


def _location(row: Mapping[str, Any]) -> dict[str, str]:
    key: dict[str, Any] = {"municipality_code": row["municipality_code"], "batch_id": row["number"]}
    return {"Location": url_for("imports.read_import", **key, _external=True)}


def _outcome(key: JobKey) -> Response:
    """Return the answer to a client that has waited for the end of an import."""
    row, _ = look_at_import(database(), key.municipality_code, key.job_id)
    if row["state"] == JobState.CANCELLED:
        raise JobCancelled
    problem = import_problem(row)
    if problem is not None:
        told = problem if row["report"] is None else {**problem, "report": row["report"]}
        return Response(to_json(told), 422, content_type=PROBLEM_TYPE)
    return json_answer(row["report"], 201, _location(row)) if row["report"]["applied"] else json_answer(row["report"])


def _add_reading(blueprint: RestBlueprint) -> None:
    @blueprint.route("/imports", methods=["GET"])
    @blueprint.answers(200, page_json_schema("ListedImport"))
    @blueprint.arguments(MunicipalListQuery, location="query")
    @needs(Action.READ, Of.PART)
    def list_all(query: Mapping[str, Any]) -> Response:
        """List imports, those that wait and those that were applied, the newest first."""
        code, limit = readable_municipality(query.get("municipality")), query["limit"]
        after = decode_cursor(query.get("cursor"), (int, str))
        rows, places = list_imports(database(), code, None if after is None else (after[0], after[1]), limit + 1)
        page = rows[:limit]
        last = (page[-1]["number"], page[-1]["municipality_code"]) if len(rows) > limit else None
        return page_answer((import_document(row, places) for row in page), encode_cursor(last))

    @blueprint.route(_IMPORT, methods=["GET"])
    @blueprint.answers(200, "Import", headers=ETAG_HEADER)
    @needs(Action.READ, Of.ADDRESS)
    def read_import(municipality_code: str, batch_id: int) -> Response:
        """Read how far an import is; once it has ended, with its check report."""
        return document_answer(_document(municipality_code, batch_id))


def _document(municipality_code: str, batch_id: int) -> dict[str, Any]:
    return whole_import_document(*look_at_import(database(), municipality_code, batch_id))


def _add_ending(blueprint: RestBlueprint, profile_targets: ProfileTargets) -> None:
    @blueprint.route(_IMPORT, methods=["DELETE"])
    @blueprint.header(HEEDED_IF_MATCH)
    @blueprint.header(KEY_PARAMETER)
    @blueprint.answers(204)
    @needs(Action.IMPORT, Of.ADDRESS)
    @repeatable
    def cancel_import(municipality_code: str, batch_id: int) -> Response:
        """Cancel an import that has not ended; nothing of it is written."""
        key, _ = _own_job(profile_targets, municipality_code, batch_id)
        answer = WrittenAnswer(status=204)
        check_document(lambda: _document(municipality_code, batch_id))
        cancel_job(database(), key, answer)
        return answer.response()

    @blueprint.route(f"{_IMPORT}/retry", methods=["POST"])
    @blueprint.header(KEY_PARAMETER)
    @blueprint.answers(202, "Import")
    @needs(Action.IMPORT, Of.ADDRESS)
    @repeatable
    def retry_import(municipality_code: str, batch_id: int) -> Response:
        """Try an import again that failed or was cancelled, with the file that came with it, kept for a week."""
        answer = WrittenAnswer(_accepted, 202)
        key, lost = _own_job(profile_targets, municipality_code, batch_id)
        if lost is not None:
            raise DataConflict(f"The profile {lost} of this import is no longer there: keep one of this name again.")
        retry_job(database(), key, answer)
        return answer.response()


def _own_job(profile_targets: ProfileTargets, municipality_code: str, batch_id: int) -> tuple[JobKey, str | None]:
    """Return the key of an import's job that the client may end, and its profile where that was removed since.

    What an import by such a profile would write is not to be told, so that whoever may import may end it.

    Raises:
        NotFound: There is no such import.
        NotPermitted: The client may not import what its profile writes.
    """
    key = JobKey(municipality_code, IMPORT.name, batch_id)
    asked = look_at_job(database(), key)["request"]
    try:
        targets = profile_targets(database(), asked["municipality"], asked["profile"])
    except NotFound:
        return key, asked["profile"]
    _check_targets_of(targets, asked["municipality"])
    return key, None


def _terms(form: type[marshmallow.Schema], profile_targets: ProfileTargets) -> dict[str, Any]:
    """Return the form's fields, which may stand in the query as well; raises with every fault."""
    faults = form_faults()
    terms: dict[str, Any] = {}
    try:
        terms = form().load({**request.args.to_dict(), **request.form.to_dict()})
    except marshmallow.ValidationError as error:
        faults += faults_of(error.messages)
        terms = error.valid_data if isinstance(error.valid_data, dict) else {}
    faults += _profile_faults(profile_targets, terms)
    if faults:
        raise invalid_body(faults)
    return terms


def _profile_faults(profile_targets: ProfileTargets, terms: Mapping[str, Any]) -> list[Fault]:
    name, code = terms.get("profile"), terms.get("municipality") or principal().only_municipality(Action.IMPORT)
    if code is not None:
        check_municipality(code)  # whose profiles are nobody else's business
    try:
        if name is not None:
            profile_targets(database(), code, name)
    except NotFound as error:
        return [Fault("/profile", f"'{name}' is not a mapping profile: {error.detail}")]
    return []


def _check(profile_targets: ProfileTargets, profile: str, municipality_code: str | None) -> None:
    """Raise unless the client may import by this profile for a municipality, or (None) the whole country."""
    _check_targets_of(profile_targets(database(), municipality_code, profile), municipality_code)


def _check_targets_of(targets: frozenset[str], municipality_code: str | None) -> None:
    check_targets(targets, municipality_code)
    with database().reading() as connection:
        if municipality_code is not None and not municipality_exists(connection, municipality_code):
            detail = f"{municipality_code} is not a municipality of the register."
            raise InvalidData(detail, [Fault("/municipality", detail)])


def _request_body(form: type[marshmallow.Schema]) -> dict[str, Any]:
    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})
    return {"required": True, "content": {FORM_TYPE: {"schema": form.from_dict({"file": file}, name="ImportBody")}}}
