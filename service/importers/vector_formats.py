"""The map formats that GDAL reads for us, and which files belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from service.importers.source_table import unreadable


@dataclass(frozen=True)
class VectorFormat:
    """A map format.

    Attributes:
        name: What it is called, with its article.
        driver: GDAL's driver, the only one that may open it.
        companions: Endings of the files that belong to it, beside its own.
        needed: Those of them without which it cannot be read.
        whole: Whether it has to be read as a whole.
    """

    name: str
    driver: str
    companions: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    whole: bool = False


GEOJSON = VectorFormat("a GeoJSON file", "GeoJSON", whole=True)
SHAPEFILE = VectorFormat("a Shapefile", "ESRI Shapefile", companions=(".shx", ".dbf", ".prj", ".cpg"))
TAB = VectorFormat("a MapInfo table", "MapInfo File", (".dat", ".map", ".id", ".ind"), needed=(".dat",))
MIF = VectorFormat("a MapInfo interchange file", "MapInfo File", (".mid",), needed=(".mid",), whole=True)
GML = VectorFormat("a GML file", "GML", companions=(".xsd",), whole=True)
KML = VectorFormat("a KML file", "LIBKML", whole=True)
DXF = VectorFormat("a DXF drawing", "DXF", whole=True)
OPENSTREETMAP = VectorFormat("an OpenStreetMap file", "OSM", whole=True)
FILE_GEODATABASE = VectorFormat("a File Geodatabase", "OpenFileGDB")

VECTOR_FORMATS: Mapping[str, VectorFormat] = MappingProxyType(
    {
        ".geojson": GEOJSON,
        ".json": GEOJSON,
        ".gpkg": VectorFormat("a GeoPackage", "GPKG"),
        ".shp": SHAPEFILE,
        ".fgb": VectorFormat("a FlatGeobuf file", "FlatGeobuf"),
        ".tab": TAB,
        ".mif": MIF,
        ".gml": GML,
        ".kml": KML,
        ".dxf": DXF,
        ".gdb": FILE_GEODATABASE,
        ".pbf": OPENSTREETMAP,
    }
)
"""Formats by the ending of their main file; `.gdb` is a folder."""


def companions(path: Path) -> dict[str, Path]:
    """Return the files that belong to a main file and stand beside it, by ending, whatever the case of their names."""
    form = VECTOR_FORMATS.get(path.suffix.lower())
    if form is None or not form.companions:
        return {}
    stem = path.stem.casefold()
    beside = (each for each in path.parent.iterdir() if each.stem.casefold() == stem and each.is_file())
    return {each.suffix.lower(): each for each in sorted(beside) if each.suffix.lower() in form.companions}


def check_companions(path: Path, form: VectorFormat, found: Mapping[str, Path]) -> None:
    """Raise UnreadableSourceError where a file is missing without which a format cannot be read."""
    absent = [ending for ending in form.needed if ending not in found]
    if absent:
        told = ", ".join(f"{path.stem}{ending}" for ending in absent)
        every = ", ".join((path.suffix.lower(), *form.companions))
        detail = f"{form.name[2:].capitalize()} needs {told} beside {path.name}; send the files ({every}) as one ZIP."
        raise unreadable("files_missing", detail)
