"""Where imported assets are stored: neighbours together, so that a map reads few pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sqlalchemy import text

from service.database import Database
from service.importers.pipeline import import_file
from service.importers.profile_file import parse_profile

COUNT, SIDE_M = 2_000, 10_000
PROFILE = """
name: scattered
title: t
source_system: test
format: csv
csv: {separator: ";"}
geometry: {x: x, y: y, crs: 'EPSG:3067'}
targets:
  - target: manhole
    key: [id]
    values: {name: {column: id}}
"""
APART = text(
    "SELECT avg(ST_Distance(geometry, before)) FROM (SELECT geometry, lag(geometry) OVER (ORDER BY ctid) AS before"
    " FROM asset WHERE source_system = 'test') a"
)


def test_assets_of_a_file_in_any_order_are_stored_beside_their_neighbours(
    module_database: Database, tmp_path: Path
) -> None:
    places = np.random.default_rng(1).uniform((380_000, 6_670_000), (380_000 + SIDE_M, 6_670_000 + SIDE_M), (COUNT, 2))
    path = tmp_path / "manholes.csv"
    rows = [f"{number};{x:.1f};{y:.1f}" for number, (x, y) in enumerate(places)]
    path.write_text("\n".join(["id;x;y", *rows, ""]))
    import_file(module_database, path, parse_profile(PROFILE), municipality_code="091", changed_by="test")
    with module_database.reading() as connection:
        apart = connection.execute(APART).scalar_one()
        by_number = text(
            "SELECT bool_and(asset_id > before) FROM (SELECT asset_id, lag(asset_id) OVER (ORDER BY ctid)"
            " AS before FROM asset WHERE source_system = 'test') a WHERE before IS NOT NULL"
        )
        assert connection.execute(by_number).scalar_one()
    # In the order of the file they would be half the side apart; along the curve about one spacing.
    assert apart < 3 * SIDE_M / COUNT**0.5
