"""The map formats that GDAL reads for us: which files belong together, and what GDAL may do with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pyogrio
from pyogrio import _ogr

from service.importers.source_table import unreadable

# Drivers that only point elsewhere, to other files or over the network: what a file says must stand in the file.
FORBIDDEN_DRIVERS = (
    *("OGR_VRT", "GDALG", "HTTP", "WFS", "OAPIF", "CSW", "OGCAPI", "Carto", "AmigoCloud", "Elasticsearch", "EEDA"),
    *("PLSCENES", "NGW", "ADBC", "GPSBabel"),
)
GDAL_OPTIONS: Mapping[str, str | bool | int] = {
    "GDAL_SKIP": ",".join(FORBIDDEN_DRIVERS),
    # No request leaves the machine, whatever a file refers to: the network file systems serve no extension.
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{noext}.none",
    "OGR_SQLITE_LIST_VIRTUAL_OGR": False,
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GML_DOWNLOAD_SCHEMA": False,
    "GML_DOWNLOAD_WFS_SCHEMA": False,
    "GML_USE_SCHEMA_IMPORT": False,
    "LIBKML_RESOLVE_STYLE": False,
    # KML's own identifier leaves the name to a column of the data, which is ID in every other register.
    "LIBKML_ID_FIELD": "kml_id",
    "DXF_CLOSED_LINE_AS_POLYGON": True,
    "SHAPE_RESTORE_SHX": True,
    # Arcs become chords of one degree: of a radius of 100 m they are nowhere more than 4 mm off.
    "OGR_ARC_STEPSIZE": 1,
}


def limit_gdal() -> None:
    """Set what GDAL may do in this process, and take the drivers out that read other things than the file."""
    pyogrio.set_gdal_config_options(dict(GDAL_OPTIONS))
    _ogr._register_drivers()


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
