"""Forms of asset classes to be filled in, over HTTP."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from models.registry import ASSET_CLASSES
from service.api.blueprint import RestBlueprint
from service.api.fields import municipality_field
from service.api.identity import readable_municipality
from service.api.state import database
from service.catalogues import LANGUAGES
from service.errors import NotFound
from service.exporters.formats import FORMATS, ZIP
from service.operations.permissions import Action, Of, needs
from service.operations.templates import TEMPLATE_FORMATS, TemplateRequest, write_template

blueprint = RestBlueprint("templates", __name__, description="Forms of asset classes, to be filled in and imported")
_CONTENT = {each: {"schema": {"type": "string", "format": "binary"}} for each in (FORMATS["xlsx"].media_type, ZIP)}
_TRUTHS: dict[str, Any] = {"truthy": {"true"}, "falsy": {"false"}}


class TemplateQuery(Schema):
    """Which form."""

    format = fields.String(load_default="xlsx", validate=validate.OneOf(list(TEMPLATE_FORMATS)))
    language = fields.String(load_default="fi", validate=validate.OneOf(list(LANGUAGES)))
    municipality = municipality_field(metadata={"description": "Fill it with the municipality's assets of the class"})
    for_excel = fields.Boolean(
        load_default=False, **_TRUTHS, metadata={"description": "CSV with semicolons and decimal commas"}
    )


@blueprint.route("/asset-classes/<string:code>/template", methods=["GET"])
@blueprint.describe(responses={200: {"description": "A workbook, or a ZIP of CSV", "content": _CONTENT}})
@blueprint.arguments(TemplateQuery, location="query")
@needs(Action.READ, Of.PART)
def read_template(query: Mapping[str, Any], code: str) -> Response:
    """Read a form of a class: its columns explained, its codes to choose from, empty or with the present assets.

    Filled in, it is imported by the profile `kuntokanta_records`; what is left as it is, is not changed.
    """
    if code not in ASSET_CLASSES:
        raise NotFound(f"There is no asset class '{code[:60]}': {', '.join(ASSET_CLASSES)} are there.")
    municipality = query.get("municipality")
    if municipality is not None:
        readable_municipality(municipality)
    request = TemplateRequest(code, query["format"], query["language"], municipality, query["for_excel"])
    with tempfile.TemporaryDirectory(prefix="kuntokanta-") as folder:
        path = Path(folder) / request.file_name
        write_template(database(), request, path)
        answer = Response(path.read_bytes(), content_type=request.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{request.file_name}"'
    return answer
