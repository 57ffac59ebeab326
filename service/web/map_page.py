"""What the map's script needs to know: addresses, labels, classes and the colours' steps."""

from __future__ import annotations

from typing import Any

from flask import url_for

from models.registry import ASSET_CLASSES
from service.catalogues import text

_TEXTS = (
    "column.repair_backlog_eur",
    "column.needed_backlog_eur",
    "column.avoidable_backlog_eur",
    "column.condition_index",
    "column.condition_basis",
    "condition_basis.assessed",
    "condition_basis.age",
    "condition_basis.default",
    "page.map.avoidable_share",
    "page.map.open_asset",
    "page.map.not_valued",
    "page.map.no_backlog",
)
COLLECTION = "valued_assets"
# The map draws with WebGL in workers, whose script is a file of its own; what it draws it reads as blobs.
MAP_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def map_settings(language: str, municipality: str | None) -> dict[str, Any]:
    """Return the settings of the map as they are put on the page for its script."""
    ogc = url_for("ogc.landing", _external=True).rstrip("/")
    tiles = f"{ogc}/collections/{COLLECTION}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}"
    only = f"?municipality={municipality}" if municipality else ""
    return {
        "language": language,
        "tiles": tiles + only,
        "collection": url_for("ogc.collection", collection_id=COLLECTION, f="json"),
        "districts": url_for("ogc.items", collection_id="district", f="json", limit=10_000, municipality=municipality),
        "asset": url_for("web.landing") + "assets/{id}?lang=" + language,
        "texts": {key: text(language, key) for key in _TEXTS},
        "classes": {code: text(language, f"asset_class_plural.{code}") for code in ASSET_CLASSES},
        "networks": _networks(language),
    }


def _networks(language: str) -> dict[str, Any]:
    networks: dict[str, Any] = {}
    for each in ASSET_CLASSES.values():
        network = networks.setdefault(each.network, {"label": text(language, f"network.{each.network}"), "classes": []})
        network["classes"].append(each.code)
    return networks
