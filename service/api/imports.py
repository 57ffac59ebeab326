"""Imports: a file is checked, or taken in, and its check report comes back."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import marshmallow
from flask import Response, request, url_for
from marshmallow import fields, validate
from werkzeug.exceptions import UnsupportedMediaType

from service.api.answers import json_answer, to_json
from service.api.asset_documents import page_json_schema
from service.api.blueprint import RestBlueprint, faults_of, invalid_body
from service.api.fields import municipality_field
from service.api.identity import TOKEN_NEEDED, principal, readable_municipality
from service.api.problems import PROBLEM_TYPE, problem_document
from service.api.record_lists import MunicipalListQuery, municipal_page, record_document
from service.api.state import database
from service.database import Database
from service.errors import Fault, NotFound
from service.operations.access import Action, action_of_import
from service.operations.import_report import ImportFault, ImportReport
from service.queries.record_sets import IMPORTS
from service.queries.records import load_record

TOLD_FAULTS = 1000
# A horizontal system, with a vertical one if need be.
CRS_PATTERN = r"^EPSG:[0-9]{4,6}(\+[0-9]{4,6})?$"
_FORM = "multipart/form-data"
_BATCH = "/imports/<string(length=3):municipality_code>-<int(max=9007199254740991):batch_id>"


class ImportFile(Protocol):
    """Takes a file into the register by a mapping profile."""

    def __call__(
        self,
        database: Database,
        path: Path,
        profile: str,
        municipality_code: str | None = None,
        *,
        dry_run: bool,
        accept_partial: bool,
        changed_by: str,
        file_name: str | None,
        layer: str | None,
        crs: str | None,
        confirm_crs: bool,
    ) -> ImportReport:
        """Return what was found and done."""


def import_form(profiles: list[str]) -> type[marshmallow.Schema]:
    """Return the schema of the form beside the file."""
    known = validate.OneOf(profiles, error=f"'{{input}}' is not a mapping profile: {', '.join(profiles)}.")
    flag: dict[str, Any] = {"truthy": {"true"}, "falsy": {"false"}, "load_default": False}
    members: dict[str, Any] = {
        "profile": fields.String(required=True, validate=known, metadata={"description": "Mapping profile"}),
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
    }
    return marshmallow.Schema.from_dict(members, name="ImportForm")


def imports_blueprint(
    import_file: ImportFile, profile_names: Callable[[], list[str]], profile_targets: Callable[[str], frozenset[str]]
) -> RestBlueprint:
    """Return the blueprint of imports; the importer is handed in, as it stands beside this package."""
    blueprint = RestBlueprint("imports", __name__, description="Files taken into the register by mapping profiles")
    form = import_form(profile_names())
    _add_import(blueprint, import_file, form, profile_targets)
    _add_reading(blueprint)
    return blueprint


def _add_import(
    blueprint: RestBlueprint,
    import_file: ImportFile,
    form: type[marshmallow.Schema],
    profile_targets: Callable[[str], frozenset[str]],
) -> None:
    @blueprint.route("/imports", methods=["POST"])
    @blueprint.describe(requestBody=_request_body(form), security=TOKEN_NEEDED)
    @blueprint.answers(200, {"type": "object", "description": "Check report of a dry run"})
    @blueprint.answers(201, {"type": "object", "description": "Check report of what was written"})
    def add_import() -> Response:
        """Check a file, or take it in; the same file twice changes nothing.

        Planners import population and service areas, engineers everything else.
        """
        if not principal().may(Action.WRITE_PLANS):
            principal().check(Action.WRITE_RECORDS)
        terms = _terms(form)
        municipality_code = terms.get("municipality") or principal().municipality_code
        for action in sorted(set(map(action_of_import, profile_targets(terms["profile"])))):
            _check(action, municipality_code)
        file = request.files["file"]
        name = Path((file.filename or "").replace("\\", "/")).name
        with tempfile.TemporaryDirectory(prefix="kuntokanta-") as folder:
            path = Path(folder) / f"upload{_suffix(name)}"
            file.save(path)
            report = import_file(
                database(),
                path,
                terms["profile"],
                municipality_code,
                dry_run=terms["dry_run"],
                accept_partial=terms["accept_partial"],
                changed_by=principal().holder,
                file_name=name,
                layer=terms.get("layer"),
                crs=terms.get("crs"),
                confirm_crs=terms["confirm_crs"],
            )
        return _report_answer(report)


def _add_reading(blueprint: RestBlueprint) -> None:
    @blueprint.route("/imports", methods=["GET"])
    @blueprint.answers(200, page_json_schema("ImportBatch"))
    @blueprint.arguments(MunicipalListQuery, location="query")
    def list_imports(query: Mapping[str, Any]) -> Response:
        """List imports that were applied, with their check reports."""
        return municipal_page(IMPORTS, query)

    @blueprint.route(_BATCH, methods=["GET"])
    @blueprint.answers(200, "ImportBatch")
    def read_import(municipality_code: str, batch_id: int) -> Response:
        """Read an import with its check report."""
        readable_municipality(municipality_code)
        key = {"municipality_code": municipality_code, "batch_id": batch_id}
        with database().reading() as connection:
            record = load_record(connection, IMPORTS, key)
        if record is None:
            raise NotFound(f"There is no import {municipality_code}-{batch_id}.")
        return json_answer(record_document(IMPORTS, record))


def _terms(form: type[marshmallow.Schema]) -> dict[str, Any]:
    """Return the form's fields, which may stand in the query as well; raises with every fault."""
    if request.mimetype != _FORM:
        raise UnsupportedMediaType(f"The body is to be {_FORM}, with the file as `file`.")
    faults = [] if request.files.get("file") else [Fault("/file", "The file is missing.")]
    faults += [Fault(f"/{name}", "Unknown field.") for name in request.files if name != "file"]
    terms: dict[str, Any] = {}
    try:
        terms = form().load({**request.args.to_dict(), **request.form.to_dict()})
    except marshmallow.ValidationError as error:
        faults += faults_of(error.messages)
    if faults:
        raise invalid_body(faults)
    return terms


def _check(action: Action, municipality_code: str | None) -> None:
    if municipality_code is None:
        principal().check_national(action)
    else:
        principal().check(action, municipality_code)


def _suffix(name: str) -> str:
    """Return the name's ending, by which readers tell a file's kind, without anything that a path could hold."""
    ending = re.search(r"(\.[A-Za-z0-9]{1,10}){1,2}$", name)
    return ending[0].lower() if ending else ""


def _report_answer(report: ImportReport) -> Response:
    document = report.as_dict()
    if report.applied:
        municipality_code = report.municipality_code or principal().municipality_code
        headers = {}
        if municipality_code is not None and report.batch_id is not None:
            key: dict[str, Any] = {"municipality_code": municipality_code, "batch_id": report.batch_id}
            headers["Location"] = url_for("imports.read_import", **key, _external=True)
        return json_answer(document, 201, headers)
    if report.dry_run:
        return json_answer(document)
    faults = [Fault(_place(fault), fault.detail) for fault in report.errors[:TOLD_FAULTS]]
    detail = f"{len(report.errors)} {'fault' if len(report.errors) == 1 else 'faults'}; nothing was written."
    told = {**problem_document(422, "FaultyFile", detail, faults), "report": document}
    return Response(to_json(told), 422, content_type=PROBLEM_TYPE)


def _place(fault: ImportFault) -> str:
    row = f"row {fault.row}" if fault.row is not None else "file"
    return f"{row}, {fault.column}" if fault.column else row


def _request_body(form: type[marshmallow.Schema]) -> dict[str, Any]:
    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})
    return {"required": True, "content": {_FORM: {"schema": form.from_dict({"file": file}, name="ImportBody")}}}
