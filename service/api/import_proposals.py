"""Profiles proposed for files that nobody has described yet."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import marshmallow
from flask import Response, request
from marshmallow import fields, validate

from service.api.blueprint import RestBlueprint, faults_of, invalid_body
from service.api.fields import municipality_field
from service.api.identity import principal
from service.api.import_profiles import ProfileTools, profile_headers
from service.api.permissions import check_municipality, check_targets
from service.api.state import database
from service.api.uploads import FORM_TYPE, form_faults, uploaded_file
from service.api.written import KEY_PARAMETER, WrittenAnswer, kept_alone, repeatable
from service.catalogues import LANGUAGES
from service.database import Database
from service.errors import Fault
from service.operations.import_profiles import add_profile
from service.operations.permissions import Action, Of, needs

_TEXTS = {"type": "array", "items": {"type": "string"}}
_COLUMN = {
    "column": {"type": "string"},
    "role": {"type": "string", "description": "attribute, key, condition, geometry, personal, unmapped and the like"},
    "attribute": {"type": ["string", "null"]},
    "certainty": {"enum": ["sure", "likely", "guess", None]},
    "reasons": _TEXTS,
    "alternatives": _TEXTS,
    "samples": {**_TEXTS, "description": "None of personal data"},
}
_CLASS = {"asset_class": {"type": "string"}, "score": {"type": "number"}}


class ProposeProfile(Protocol):
    """Proposes a profile for a file, which stands beside this package."""

    def __call__(
        self,
        database: Database,
        path: Path,
        *,
        file_name: str,
        layer: str | None,
        asset_class: str | None,
        municipality_code: str | None,
        language: str,
    ) -> dict[str, Any]:
        """Return the proposal; raises `InvalidData` for a file that cannot be read."""


def proposal_form(classes: tuple[str, ...]) -> type[marshmallow.Schema]:
    """Return the schema of the form beside the file."""
    members: dict[str, Any] = {
        "municipality": municipality_field(metadata={"description": "Where the rows lie; whose the profile becomes"}),
        "layer": fields.String(
            validate=validate.Length(1, 200), metadata={"description": "Layer or sheet, where the file has several"}
        ),
        "asset_class": fields.String(
            validate=validate.OneOf(classes), metadata={"description": "What the rows are, where it is known"}
        ),
        "lang": fields.String(
            load_default="en",
            validate=validate.OneOf(LANGUAGES),
            metadata={"description": "Language of reasons and comments"},
        ),
        "store": fields.Boolean(
            truthy={"true"},
            falsy={"false"},
            load_default=False,
            metadata={"description": "Keep the proposal as the municipality's profile"},
        ),
    }
    return marshmallow.Schema.from_dict(members, name="ProposalForm")


def proposal_json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a proposal."""
    told = {
        "name": {"type": "string"},
        "complete": {"type": "boolean", "description": "False while a class is to be chosen"},
        "document": {"type": "object"},
        "yaml": {"type": "string", "description": "The document, with how sure each line is and why as comments"},
        "asset_classes": {"type": "array", "items": _object(_CLASS)},
        "columns": {"type": "array", "items": _object(_COLUMN)},
        "other_layers": _TEXTS,
    }
    return _object(told)


def _object(members: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(members), "required": list(members)}


def import_proposals_blueprint(propose: ProposeProfile, classes: tuple[str, ...], tools: ProfileTools) -> RestBlueprint:
    """Return the blueprint of proposed profiles; what proposes them is handed in."""
    blueprint = RestBlueprint("import proposals", __name__, description="Mapping profiles for files not yet described")
    form = proposal_form(classes)
    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})
    body = {"content": {FORM_TYPE: {"schema": form.from_dict({"file": file}, name="ProposalBody")}}, "required": True}

    @blueprint.route("/import-profiles/proposals", methods=["POST"])
    @blueprint.describe(requestBody=body)
    @blueprint.header(KEY_PARAMETER)
    @blueprint.answers(200, "Proposal", description="The proposal; nothing is kept of it")
    @blueprint.answers(201, "Proposal", description="The proposal, kept as a profile of the municipality")
    @needs(Action.IMPORT, Of.BODY)
    @repeatable
    def propose_one() -> Response:
        """Propose a mapping profile for a file: what each column becomes, how sure that is and why."""
        terms = _terms(form)
        code = terms.get("municipality") or principal().only_municipality(Action.IMPORT)
        if code is not None:
            check_municipality(code)
        found = _proposed(propose, terms, code)
        if not terms["store"]:
            return kept_alone(found, code)
        return _kept(tools, found, code)

    return blueprint


def _proposed(propose: ProposeProfile, terms: Mapping[str, Any], code: str | None) -> dict[str, Any]:
    file = uploaded_file(request.files["file"])
    with tempfile.TemporaryDirectory(prefix="kuntokanta-") as folder:
        path = Path(folder) / f"upload{Path(file.name).suffix.lower()}"
        request.files["file"].save(path)
        return propose(
            database(),
            path,
            file_name=file.name,
            layer=terms.get("layer"),
            asset_class=terms.get("asset_class"),
            municipality_code=code,
            language=terms["lang"],
        )


def _kept(tools: ProfileTools, found: dict[str, Any], code: str | None) -> Response:
    if code is None:
        raise invalid_body([Fault("/municipality", "A profile is kept for a municipality.")])
    profile, targets = tools.checked(found["yaml"])
    check_targets(targets, code)
    answer = WrittenAnswer(lambda _, record: (found, profile_headers(record)))
    add_profile(database(), code, profile, changed_by=principal().holder, finish=answer)
    return answer.response()


def _terms(form: type[marshmallow.Schema]) -> dict[str, Any]:
    """Return the form's fields; raises with every fault."""
    faults = form_faults()
    terms: dict[str, Any] = {}
    try:
        terms = form().load(request.form.to_dict())
    except marshmallow.ValidationError as error:
        faults += faults_of(error.messages)
    if faults:
        raise invalid_body(faults)
    return terms
