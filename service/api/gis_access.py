"""Who may read through OGC API: the same tokens and municipalities as over REST."""

from __future__ import annotations

from flask import request

from service.api.identity import check_reading, readable_municipality
from service.errors import NotPermitted

_OPEN = frozenset({"ogc.landing", "ogc.conformance", "ogc.api"})


def check_gis_reading() -> None:
    """Raise unless this request may read what it asks for of OGC API; what only describes the service is open."""
    if request.blueprint != "ogc" or request.endpoint in _OPEN:
        return
    check_reading()
    own = readable_municipality(request.args.get("municipality"))
    if own is None:
        return
    if request.endpoint == "ogc.items" and request.args.get("municipality") != own:
        raise NotPermitted(f"The token holds for municipality {own}: ask with municipality={own}.")
    feature_id = (request.view_args or {}).get("feature_id", own)
    if feature_id.split("-")[0] != own:
        raise NotPermitted(f"The token holds for municipality {own}.")
