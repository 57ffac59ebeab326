"""One small data set written in every map and table format that imports read, for tests that break it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from pyproj import CRS

from service.importers.read_csv import CsvLayout, read_csv
from service.importers.read_vector import read_vector
from service.importers.read_xlsx import read_xlsx
from service.importers.source_table import SourceTable, UnreadableSourceError
from service.operations.import_report import ImportFault

Read = Callable[[Path], SourceTable | list[ImportFault]]

NAMES = ("Mäntypuisto", "Åkerparken", "Lehto", "Häme", "Niitty", "Øvre", "Koivu", "Puro", "Silta", "Ranta")
EASTINGS = 24_480_000.0 + 100.0 * np.arange(10)
NORTHINGS = 6_820_000.0 + 50.0 * np.arange(10)
GDAL_FORMATS = {
    "a.geojson": "GeoJSON",
    "a.gpkg": "GPKG",
    "a.fgb": "FlatGeobuf",
    "a.shp": "ESRI Shapefile",
    "a.tab": "MapInfo File",
    "a.mif": "MapInfo File",
    "a.gml": "GML",
    "a.kml": "LIBKML",
    "a.dxf": "DXF",
    "a.gdb": "OpenFileGDB",
}


def write_all(folder: Path) -> dict[str, Path]:
    """Write ten points in EPSG:3878 in every format and return the files; those of several files as ZIP too."""
    for name, driver in GDAL_FORMATS.items():
        _write(folder / name, driver)
    _write_parquet(folder)
    _write_tables(folder)
    for name in ("a.shp", "a.tab", "a.mif", "a.gml", "a.gdb"):
        _zip(folder, name)
    files = {path.name: path for path in sorted(folder.iterdir()) if path.is_file()}
    companions = {"a.dbf", "a.shx", "a.prj", "a.cpg", "a.dat", "a.map", "a.id", "a.mid", "a.xsd"}
    return {name: path for name, path in files.items() if name not in companions}


def _write(path: Path, driver: str) -> None:
    shapes = shapely.points(EASTINGS, NORTHINGS)
    fields = {"Layer": np.array(["puistot"] * 10, dtype=object)} if driver == "DXF" else _fields()
    options = {"FORMAT": "MIF"} if path.suffix == ".mif" else {"RFC7946": "NO"} if driver == "GeoJSON" else {}
    if driver == "LIBKML":
        shapes = shapely.points(23.6 + 0.001 * np.arange(10), 61.5 + 0.001 * np.arange(10))
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapes),
        list(fields.values()),
        list(fields),
        driver=driver,
        geometry_type="Point",
        crs="EPSG:4326" if driver == "LIBKML" else None if driver == "DXF" else "EPSG:3878",
        **options,
    )


def _fields() -> dict[str, np.ndarray]:
    return {"tunnus": np.arange(1, 11, dtype=np.int32), "nimi": np.array(NAMES, dtype=object)}


def _write_parquet(folder: Path) -> None:
    _, table = pyogrio.raw.read_arrow(folder / "a.gpkg")
    name = table.column_names[-1]
    column = {"encoding": "WKB", "geometry_types": ["Point"], "crs": CRS("EPSG:3878").to_json_dict()}
    told = {"version": "1.1.0", "primary_column": name, "columns": {name: column}}
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(told)}), folder / "a.parquet")


def _write_tables(folder: Path) -> None:
    rows = list(zip(range(1, 11), NAMES, EASTINGS.tolist(), NORTHINGS.tolist(), strict=True))
    lines = ["tunnus;nimi;E;N", *(f"{n};{name};{e:.1f};{m:.1f}".replace(".", ",") for n, name, e, m in rows)]
    (folder / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Sheet")
    for row in [("tunnus", "nimi", "E", "N"), *rows]:
        sheet.append(list(row))
    book.save(folder / "a.xlsx")


def _zip(folder: Path, name: str) -> None:
    parts = (folder / name).rglob("*") if (folder / name).is_dir() else folder.glob("a.*")
    with zipfile.ZipFile(folder / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(parts):
            if part.suffix in _PARTS[name] or name == "a.gdb":
                archive.write(part, part.relative_to(folder))


_PARTS = {
    "a.shp": {".shp", ".shx", ".dbf", ".prj", ".cpg"},
    "a.tab": {".tab", ".dat", ".map", ".id"},
    "a.mif": {".mif", ".mid"},
    "a.gml": {".gml", ".xsd"},
    "a.gdb": set(),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The ten points in every format, by name."""
    with pytest.warns(UserWarning, match="crs"):  # a DXF has none
        return write_all(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def broken(files: dict[str, Path]) -> Iterator[dict[str, Path]]:
    """The files, to be broken and then made whole again."""
    whole = {path: path.read_bytes() for path in files.values()}
    yield files
    for path, content in whole.items():
        path.write_bytes(content)


@pytest.fixture
def read() -> Read:
    """Read a file, or return the faults that it is refused with: short sentences without the insides of the service."""

    def do(path: Path) -> SourceTable | list[ImportFault]:
        try:
            if path.suffix == ".csv":
                return read_csv(path, CsvLayout())
            return read_xlsx(path) if path.suffix == ".xlsx" else read_vector(path)
        except UnreadableSourceError as refused:
            check_plain(refused.faults, path)
            return refused.faults

    return do


def check_plain(faults: list[ImportFault], path: Path) -> None:
    """Check that each fault is a short sentence without the insides of the service."""
    assert faults
    for fault in faults:
        assert fault.detail.endswith(".")
        assert len(fault.detail) < 600
        assert str(path.parent) not in fault.detail
        assert not any(word in fault.detail for word in ("Traceback", " b'", "0x", "sqlite3"))
