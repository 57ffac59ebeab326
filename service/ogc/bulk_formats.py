"""The formats in which a whole collection can be had."""

from __future__ import annotations

from enum import StrEnum


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


def bulk_format(wanted: str | None) -> BulkFormat | None:
    """Return the format of whole collections that `f` names, None where it names none."""
    return _BY_NAME.get(wanted or "")
