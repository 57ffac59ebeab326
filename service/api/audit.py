"""The audit over REST: who wrote what, when, by which way and from where; a page, or all of it as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import marshmallow
from flask import Response
from marshmallow import fields, validate

import models
from service.acting import acting_as, current
from service.api.answers import page_answer
from service.api.asset_documents import page_json_schema
from service.api.asset_lists import PageQuery
from service.api.audit_places import decode_place
from service.api.blueprint import RestBlueprint
from service.api.cursor import encode_cursor
from service.api.fields import Day, Matching, Text, municipality_field
from service.api.identity import municipality_where
from service.api.state import database
from service.operations.audit import AUDIT_FILES, all_entries, read_audit
from service.operations.permissions import Action, Of, needs
from service.queries.asset_key import ASSET_ID_PATTERN, parse_asset_key
from service.queries.audit_reading import VIA, AuditQuery

blueprint = RestBlueprint("audit", __name__, description="Who wrote what, when and from where")
_TEXT = {"type": "string"}
_OR_NONE = {"type": ["string", "null"]}
_DOCUMENT = {"type": ["object", "null"]}
_MEMBERS: dict[str, dict[str, Any]] = {
    "at": _TEXT | {"format": "date-time"},
    "by": _TEXT | {"description": "Who; a pseudonym once the time for names is over"},
    "via": _OR_NONE | {"enum": [*VIA, None], "description": "The way they came"},
    "from_address": _OR_NONE | {"description": "Address of the machine that asked"},
    "request_id": _OR_NONE,
    "municipality_code": _TEXT,
    "table": _TEXT | {"description": "`asset` for assets of all classes"},
    "record": _TEXT | {"description": "Public id of the asset, or the key within the municipality, joined by `/`"},
    "action": _TEXT | {"enum": ["insert", "update", "delete"]},
    "before": _DOCUMENT | {"description": "All attributes, shapes as GeoJSON in EPSG:3067; null of what was added"},
    "after": _DOCUMENT | {"description": "The same, null of what was removed"},
    "asset_id": _OR_NONE | {"description": "The asset that the record is or belongs to"},
    "row_version": {"type": ["integer", "null"], "description": "Version of the asset"},
    "import_id": _OR_NONE | {"description": "The import that wrote it, or that was undone"},
}
ENTRY_SCHEMA = {"type": "object", "properties": _MEMBERS, "required": list(_MEMBERS), "additionalProperties": False}


class AuditFilters(marshmallow.Schema):
    """Which entries."""

    municipality = municipality_field(
        metadata={"description": "Whose; needed where the token holds for several. 000 has what is national"}
    )
    table = fields.String(
        validate=validate.OneOf([*sorted(models.Base.metadata.tables)]),
        metadata={"description": "Only writes of this table; `asset` has those of all classes"},
    )
    record = Text(metadata={"description": "Only of this record of `table`, as `record` tells it"})
    asset = fields.String(
        validate=Matching(f"^{ASSET_ID_PATTERN}$"),
        metadata={"description": "Only of this asset and what belongs to it"},
    )
    by = Text(metadata={"description": "Only by this one"})
    via = fields.String(validate=validate.OneOf(VIA), metadata={"description": "Only by this way"})
    since = Day(metadata={"description": "Not before this day, in Finnish time"})
    until = Day(metadata={"description": "Not after this day, in Finnish time"})


class AuditPageQuery(AuditFilters, PageQuery):
    """A page of entries."""


class AuditFileQuery(AuditFilters):
    """All entries as a file."""

    format = fields.String(
        validate=validate.OneOf(list(AUDIT_FILES)), load_default="csv", metadata={"description": "CSV or JSON lines"}
    )


@blueprint.route("/audit", methods=["GET"])
@blueprint.answers(200, page_json_schema(ENTRY_SCHEMA))
@blueprint.arguments(AuditPageQuery, location="query")
@needs(Action.AUDIT, Of.PART)
def list_entries(query: Mapping[str, Any]) -> Response:
    """List what was written, the newest first: each record with who, when, by which way, before and after.

    An import's records stand one by one, with the name and time of the import.
    """
    entries, last = read_audit(database(), _asked(query, after=decode_place(query.get("cursor")), limit=query["limit"]))
    return page_answer(entries, encode_cursor(last))


@blueprint.route("/audit/file", methods=["GET"])
@blueprint.answers(200)
@blueprint.describe(
    responses={
        200: {
            "description": "All entries, the newest first",
            "content": {kind: {"schema": {"type": "string"}} for kind, _ in AUDIT_FILES.values()},
        }
    }
)
@blueprint.arguments(AuditFileQuery, location="query")
@needs(Action.AUDIT, Of.PART)
def read_file(query: Mapping[str, Any]) -> Response:
    """Read all that was written as a file, streamed: CSV for spreadsheets, or JSON lines for programs."""
    asked = _asked(query)
    media_type, written = AUDIT_FILES[query["format"]]
    content = _as_asked(written(all_entries(database(), asked)))
    # The first part is made here, so that what fails at once is still told as a problem.
    answer = Response(chain([next(content)], content), content_type=media_type)
    name = f"audit-{asked.municipality_code}.{query['format']}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _as_asked(content: Iterator[bytes]) -> Iterator[bytes]:
    """Give what is read once the view is over as who asked for it."""
    acting = current()
    while True:
        with acting_as(acting):
            part = next(content, None)
        if part is None:
            return
        yield part


def _asked(query: Mapping[str, Any], **page: Any) -> AuditQuery:
    key = parse_asset_key(query.get("asset", ""))
    code = municipality_where(Action.AUDIT, query.get("municipality", key and key.municipality_code))
    filters: dict[str, Any] = {name: query.get(name) for name in ("table", "record", "by", "via", "since", "until")}
    # An asset of another municipality has no entries in this one.
    number = None if key is None else key.asset_id if key.municipality_code == code else 0
    return AuditQuery(code, asset_id=number, **filters, **page)
