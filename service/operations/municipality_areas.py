"""The area in which a municipality's assets are expected to lie."""

from __future__ import annotations

from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from gis.finland import FINLAND
from service.database import Database
from service.queries.municipality_areas import load_assets_box, load_boundary, load_districts_box

BOUNDARY_MARGIN_M = 1_000.0
BOX_MARGIN_M = 10_000.0


@dataclass(frozen=True)
class Area:
    """Where things are expected to lie.

    Attributes:
        shape: In EPSG:3067, with a margin.
        name: A phrase that says what it is, to follow a verb: `within the boundary of 837`.
    """

    shape: BaseGeometry
    name: str


IN_FINLAND = Area(shapely.box(*FINLAND), "in Finland")


def municipality_area(database: Database, municipality_code: str | None) -> Area:
    """Return a municipality's area: its boundary, else the box of its districts, of its assets, else Finland."""
    if municipality_code is None:
        return IN_FINLAND
    known = (
        (load_boundary, BOUNDARY_MARGIN_M, f"within the boundary of municipality {municipality_code}"),
        (load_districts_box, BOX_MARGIN_M, f"where the districts of municipality {municipality_code} are"),
        (load_assets_box, BOX_MARGIN_M, f"where the assets of municipality {municipality_code} are"),
    )
    with database.reading() as connection:
        for load, margin, name in known:
            shape = load(connection, municipality_code)
            if shape is not None:
                return Area(shapely.buffer(shapely.from_wkb(shape), margin), name)
    return IN_FINLAND
