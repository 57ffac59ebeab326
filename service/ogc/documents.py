"""The documents that describe the service: landing page, conformance, collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gis.crs import SERVED_CRS, TM35FIN
from service.ogc.links import Link, address, link
from service.ogc.negotiation import GEOJSON, HTML, JSON, JSON_SCHEMA, OPENAPI
from service.ogc.tiles_documents import TILES_CONFORMANCE, TILESETS_RELATION, TILING_SCHEMES_RELATION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gis.finland import Bounds
    from service.queries.feature_collections import FeatureCollection

CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
    # The draft's table of conformance classes names this one among the requirements.
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/req/optimistic-locking-etags",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/features",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/returnables-and-receivables",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/sortables",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
    "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
    *TILES_CONFORMANCE,
)
"""The classes of which every requirement is met."""

QUERYABLES_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
TITLE = "Kuntokanta"
DESCRIPTION = "Municipal assets with their condition and repair backlog against the service need"
_SCHEMA_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/schema"
# Case does not matter in a relation (RFC 8288), but GDAL before 3.7 finds the link in this spelling only.
_GEOJSON_SCHEMA_RELATION = "describedBy"
_SORTABLES_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/sortables"


def landing_document() -> dict[str, Any]:
    """Return the landing page, where clients start."""
    links = [
        link("service-desc", address("api", f="json"), OPENAPI, "Definition of this API (OpenAPI 3.0)"),
        link("service-doc", address("api", f="html"), HTML, "Documentation of this API"),
        link("conformance", address("conformance"), JSON, "Conformance classes"),
        link("data", address("collections"), JSON, "Collections"),
        link(TILING_SCHEMES_RELATION, address("tile_matrix_sets"), JSON, "Tile matrix sets"),
    ]
    return {"title": TITLE, "description": DESCRIPTION, "links": links}


def conformance_document() -> dict[str, Any]:
    """Return the conformance declaration."""
    return {"conformsTo": list(CONFORMANCE)}


def collections_document(
    collections: Iterable[FeatureCollection], extents: Mapping[str, Bounds | None]
) -> dict[str, Any]:
    """Return all collections with their extents in CRS84."""
    described = [collection_document(each, extents.get(each.id)) for each in collections]
    return {"links": [], "collections": described}


def collection_document(collection: FeatureCollection, extent: Bounds | None) -> dict[str, Any]:
    """Return one collection; without features it has no extent."""
    spatial = {"bbox": [list(extent)], "crs": next(iter(SERVED_CRS.values())).uri} if extent else None
    return {
        "id": collection.id,
        "title": collection.title,
        "description": collection.description,
        "itemType": "feature",
        **({"extent": {"spatial": spatial}} if spatial else {}),
        "crs": [crs.uri for crs in SERVED_CRS.values()],
        "storageCrs": TM35FIN.uri,
        "links": _collection_links(collection),
    }


def _collection_links(collection: FeatureCollection) -> list[Link]:
    def to(endpoint: str, **values: str) -> str:
        return address(endpoint, collection_id=collection.id, **values)

    return [
        link("items", to("items"), GEOJSON, f"{collection.title} as GeoJSON"),
        link("items", to("items", f="html"), HTML, f"{collection.title} as a table"),
        link(_SCHEMA_RELATION, to("schema"), JSON_SCHEMA, "What the features hold"),
        link(_GEOJSON_SCHEMA_RELATION, to("geojson_schema"), JSON_SCHEMA, "A feature as GeoJSON"),
        link(QUERYABLES_RELATION, to("queryables"), JSON_SCHEMA, "What can be filtered by"),
        link(_SORTABLES_RELATION, to("sortables"), JSON_SCHEMA, "What can be sorted by"),
        link(TILESETS_RELATION, to("tilesets"), JSON, f"{collection.title} as vector tiles"),
    ]
