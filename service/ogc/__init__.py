"""OGC API Features and Tiles: the register for GIS clients. Register `blueprint` under `/ogc`."""

from service.ogc import feature_views, tiles
from service.ogc.views import blueprint

__all__ = ["blueprint", "feature_views", "tiles"]
