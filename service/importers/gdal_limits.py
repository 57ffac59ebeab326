"""What GDAL may do with a file that is imported: read it, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import pyogrio
from pyogrio import _ogr

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
