"""The history of an asset: its versions, and what was written of its components, assessments, capacities and so on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from service.api.answers import page_answer
from service.api.asset_documents import page_json_schema
from service.api.asset_lists import PageQuery
from service.api.audit_places import decode_place
from service.api.blueprint import RestBlueprint
from service.api.cursor import encode_cursor
from service.api.persons import with_names_for_the_known
from service.api.state import database
from service.operations.assets import read_asset
from service.operations.audit import read_history
from service.operations.permissions import Action, Of, needs
from service.queries.asset_key import AssetKey
from service.queries.audit_reading import VIA

blueprint = RestBlueprint("history", __name__, description="What was written of an asset over time")
_TEXT, _OR_NONE = {"type": "string"}, {"type": ["string", "null"]}
_NUMBER = {"type": ["integer", "null"]}
_DOCUMENT = {"type": ["object", "null"]}
_MEMBERS: dict[str, dict[str, Any]] = {
    "municipality_code": _TEXT,
    "asset_id": _TEXT | {"description": "Public id of the asset"},
    "table": _TEXT | {"description": "`asset`, or where the record is that belongs to it"},
    "record": _TEXT | {"description": "Id of the asset, or number of the record"},
    "row_version": _NUMBER | {"description": "Version of the asset; null of a record and of a district found anew"},
    "changed_at": _TEXT | {"format": "date-time"},
    "changed_by": _OR_NONE | {"description": "Who; null where the reader is not known"},
    "via": _OR_NONE | {"enum": [*VIA, None], "description": "The way they came"},
    "operation": _TEXT
    | {
        "enum": ["create", "update", "retire", "undo", "delete"],
        "description": "`undo`: an import was taken back, which may have removed the asset",
    },
    "before": _DOCUMENT | {"description": "All attributes, shapes as GeoJSON in EPSG:3067"},
    "after": _DOCUMENT,
    "batch_id": _NUMBER | {"description": "Number of the import that did it"},
}
CHANGE_SCHEMA = {"type": "object", "properties": _MEMBERS, "required": list(_MEMBERS), "additionalProperties": False}


@blueprint.route("/assets/<asset_key:asset_key>/history", methods=["GET"])
@blueprint.answers(200, page_json_schema(CHANGE_SCHEMA))
@blueprint.describe(operationId="list_history")
@blueprint.arguments(PageQuery, location="query")
@needs(Action.READ, Of.ADDRESS)
def list_history(query: Mapping[str, Any], asset_key: AssetKey) -> Response:
    """List what was written of an asset and of what belongs to it, the oldest first."""
    read_asset(database(), asset_key)
    changes, last = read_history(database(), asset_key, decode_place(query.get("cursor")), query["limit"])
    return page_answer(map(_shown, changes), encode_cursor(last))


def _shown(change: Mapping[str, Any]) -> dict[str, Any]:
    documents = {name: change[name] and with_names_for_the_known(change[name]) for name in ("before", "after")}
    return with_names_for_the_known(change) | documents
