"""Who may read through OGC API: the same tokens and municipalities as over REST."""

from __future__ import annotations

from flask import g, request

from service.api.identity import check_reading, readable_municipality

_OPEN = frozenset({"ogc.landing", "ogc.conformance", "ogc.api", "ogc.tile_matrix_sets", "ogc.tile_matrix_set"})


def check_gis_reading() -> None:
    """Raise unless this request may read of OGC API at all, and note the municipality that its token is limited to.

    GIS clients ask for collections and never for a municipality, so that a limited token sees its own part of each
    collection. OPTIONS is open, as a browser asks it before it sends the token; so is what describes the service.
    """
    g.readable_municipality = None
    if request.blueprint != "ogc" or request.endpoint in _OPEN or request.method == "OPTIONS":
        return
    check_reading()
    g.readable_municipality = readable_municipality(None)
