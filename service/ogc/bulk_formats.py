"""The formats in which a whole collection can be had."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from service.ogc.negotiation import GEOJSON, HTML, JSON

if TYPE_CHECKING:
    from werkzeug.datastructures import MIMEAccept


class BulkFormat(StrEnum):
    """A format of whole collections, by the value of `f`."""

    CSV = "csv"
    GEOPACKAGE = "gpkg"
    FLATGEOBUF = "flatgeobuf"

    @property
    def media_type(self) -> str:
        """The media type of answers."""
        return _MEDIA_TYPES[self]

    @property
    def ending(self) -> str:
        """The ending of file names."""
        return "fgb" if self is BulkFormat.FLATGEOBUF else self.value

    @property
    def label(self) -> str:
        """The name for people."""
        return _LABELS[self]


_MEDIA_TYPES = {
    BulkFormat.CSV: "text/csv; charset=utf-8; header=present",
    BulkFormat.GEOPACKAGE: "application/geopackage+sqlite3",
    BulkFormat.FLATGEOBUF: "application/flatgeobuf",
}
_LABELS = {
    BulkFormat.CSV: "CSV with WKT",
    BulkFormat.GEOPACKAGE: "GeoPackage",
    BulkFormat.FLATGEOBUF: "FlatGeobuf",
}
_BY_NAME = {each.value: each for each in BulkFormat}
_BY_TYPE = {each.media_type.partition(";")[0]: each for each in BulkFormat}


def bulk_format(wanted: str | None, accepted: MIMEAccept) -> BulkFormat | None:
    """Return the format of whole collections that a request asks for, None where it asks for a page.

    Args:
        wanted: The parameter `f`, which goes before the header.
        accepted: The Accept header. Only a format's own type asks for it: `text/*` is no wish for a whole collection.
    """
    if wanted is not None:
        return _BY_NAME.get(wanted)
    if not any(media_type.partition(";")[0].lower() in _BY_TYPE for media_type, _ in accepted):
        return None
    return _BY_TYPE.get(accepted.best_match([GEOJSON, JSON, HTML, *_BY_TYPE]) or "")
