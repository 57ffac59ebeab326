"""What is read and written whole columns at a time is what row by row gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.database import Database, raw_connection
from service.importers import read_vector as reader
from service.importers.source_table import SourceTable, as_text, object_column
from service.queries.import_copy import copy_columns, geometry_texts

TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
SPACED = st.sampled_from(["", " ", "a", " b ", "\tc\u00a0", "Å,;\"'\n\\N", "\\."])
ROWS = st.lists(
    st.tuples(
        SPACED | st.none(),
        st.none() | st.integers(-(2**40), 2**40),
        st.none() | st.floats(allow_nan=False, allow_infinity=False),
        st.none() | st.booleans(),
        st.none() | st.tuples(st.integers(100_000, 700_000), st.integers(6_700_000, 7_700_000)),
    ),
    min_size=1,
    max_size=6,
)


def _columns(rows: list[tuple[Any, ...]]) -> tuple[list[Any], list[Any], list[Any], list[Any], list[Any]]:
    text, whole, real, flag, place = map(list, zip(*rows, strict=True))
    return text, whole, real, flag, place


@given(rows=ROWS, high=st.booleans())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_geopackage_read_by_columns_is_the_one_read_by_rows(
    rows: list[tuple[Any, ...]], high: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lines.gpkg"
    path.unlink(missing_ok=True)
    _write(path, rows, high)
    by_columns = reader.read_vector(path)
    with monkeypatch.context() as patched:
        patched.setattr(reader, "is_plain", lambda _layer: False)
        by_rows = reader.read_vector(path)
    assert _shown(by_columns) == _shown(by_rows)
    assert reader.is_plain(pyogrio.read_info(path))


def _write(path: Path, rows: list[tuple[Any, ...]], high: bool) -> None:
    text, whole, real, flag, place = _columns(rows)
    shapes = [at and shapely.LineString([(*at, 1.5)[: 2 + high], (at[0] + 9, at[1], 2.5)[: 2 + high]]) for at in place]
    masks = [np.array([value is None for value in values]) for values in (text, whole, real, flag)]
    data = [
        np.array(text, dtype=object),
        np.array([value or 0 for value in whole], dtype=np.int64),
        np.array([value or 0.0 for value in real]),
        np.array([bool(value) for value in flag]),
    ]
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(shapes, dtype=object)),
        data,
        np.array(["text", "whole", "real", "flag"]),
        field_mask=[None, *masks[1:]],
        layer="lines",
        crs="EPSG:3067",
        geometry_type="LineString Z" if high else "LineString",
    )


def _shown(table: SourceTable) -> dict[str, list[Any]]:
    columns = {name: as_text(values).tolist() for name, values in table.columns.items()}
    assert table.geometry is not None
    return columns | {"geometry": shapely.to_wkt(table.geometry).tolist(), "row": table.row_numbers.tolist()}


@pytest.fixture(scope="module")
def connection(module_database: Database) -> Any:
    """A transaction with a table of each kind of column, which is empty for each example."""
    with module_database.writing() as session:
        raw = raw_connection(session.connection())
        raw.execute(
            "CREATE TEMPORARY TABLE told (number int, text text, whole bigint, real float8, exact numeric(16, 2),"
            " flag boolean, day date, geometry geometry, geometry_z geometry)"
        )
        yield raw
        session.rollback()


@given(rows=st.lists(st.tuples(TEXTS, *(st.none() | each for each in (
    st.integers(-(2**31), 2**31), st.floats(-1e30, 1e30), st.decimals(-10**9, 10**9, places=2), st.booleans(),
    st.dates(), st.integers(0, 10**6)
))), min_size=1, max_size=6), mixed=st.booleans())  # fmt: skip
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_copied_is_what_the_register_then_holds(
    rows: list[tuple[Any, ...]], mixed: bool, connection: psycopg.Connection[Any]
) -> None:
    text, whole, real, exact, flag, day, place = map(list, zip(*rows, strict=True))
    shapes = object_column([None if x is None else shapely.Point((x, 7e6, 1.25)[: 2 + x % 2]) for x in place])
    columns = {
        "number": np.arange(len(rows)),
        "text": object_column(text),
        "whole": object_column(whole) if mixed else np.array(whole, dtype=float),
        "real": np.array(real, dtype=float),
        "exact": object_column(exact),
        "flag": object_column(flag),
        "day": np.array(day, dtype="datetime64[D]"),
        "geometry": geometry_texts(shapes, flat=True),
        "geometry_z": geometry_texts(shapes, flat=False),
    }
    connection.execute("DELETE FROM told")
    copy_columns(connection, "told", columns, len(rows))
    held = connection.execute(
        "SELECT text, whole, real, exact, flag, day, ST_X(geometry)::int, ST_SRID(geometry), ST_Zmflag(geometry),"
        " ST_Z(geometry_z), ST_SRID(geometry_z) FROM told ORDER BY number"
    ).fetchall()
    places = [(None,) * 5 if x is None else (x, 3067, 0, *((1.25, 3067) if x % 2 else (None, None))) for x in place]
    assert held == [(*row[:6], *told) for row, told in zip(rows, places, strict=True)]
