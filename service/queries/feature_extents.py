"""Extents of collections, found by the spatial index instead of by reading every geometry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, func, literal_column, select, union_all
from sqlalchemy.dialects.postgresql import TEXT

from models.asset import Asset
from models.registry import ASSET_CLASS_BY_NUMBER, ASSET_CLASSES, AssetClass
from service.queries.feature_assets import VALUED_ASSETS, class_number
from service.queries.feature_registry import feature_collections

if TYPE_CHECKING:
    from sqlalchemy import Select, Table
    from sqlalchemy.engine import Connection

    from gis.finland import Bounds
    from service.queries.feature_collections import FeatureCollection

_asset: Table = Asset.__table__  # type: ignore[assignment]
# Side, the coordinate on it, and a line beyond Finland that runs along it: the geometry nearest to the line is the
# outermost, and the index finds it without looking at the others.
_SIDES = (
    ("ST_XMin", "LINESTRING(-10000000 0,-10000000 20000000)"),
    ("ST_YMin", "LINESTRING(-10000000 -10000000,10000000 -10000000)"),
    ("ST_XMax", "LINESTRING(10000000 0,10000000 20000000)"),
    ("ST_YMax", "LINESTRING(-10000000 20000000,10000000 20000000)"),
)


def load_extents(connection: Connection) -> dict[str, Bounds | None]:
    """Return west, south, east, north in EPSG:3067 of each collection; None where it holds no geometry."""
    classes = [_class_extent(each) for each in ASSET_CLASSES.values()]
    areas = [_area_extent(each) for each in feature_collections().values() if _is_area(each)]
    extents = {row[0]: _bounds(row[1:]) for row in connection.execute(union_all(*classes, *areas))}
    of_classes = [bounds for code in ASSET_CLASSES if (bounds := extents[code])]
    return {**extents, VALUED_ASSETS: _around(of_classes)}


def load_municipal_extents(connection: Connection, municipality_code: str) -> dict[str, Bounds | None]:
    """Return the extents of what one municipality has in each collection, found by reading its geometries."""
    own = _asset.c.municipality_code == bindparam("municipality_code", municipality_code)
    box = func.ST_Extent(_asset.c.geometry).label("box")
    by_class = select(_asset.c.asset_class, box).where(own).group_by(_asset.c.asset_class).subquery()
    rows = connection.execute(select(by_class.c.asset_class, *_sides(by_class.c.box)))
    found = {ASSET_CLASS_BY_NUMBER[row[0]].code: _bounds(row[1:]) for row in rows}
    areas = [_area_extent(each, municipality_code) for each in feature_collections().values() if _is_area(each)]
    of_areas = {row[0]: _bounds(row[1:]) for row in connection.execute(union_all(*areas))}
    around = _around([bounds for bounds in found.values() if bounds])
    return {**dict.fromkeys(ASSET_CLASSES), **found, **of_areas, VALUED_ASSETS: around}


def _is_area(collection: FeatureCollection) -> bool:
    return collection.id != VALUED_ASSETS and collection.id not in ASSET_CLASSES


def _class_extent(asset_class: AssetClass) -> Select[Any]:
    sides = (_outermost(asset_class, name, line) for name, line in _SIDES)
    return select(literal_column(f"'{asset_class.code}'", TEXT), *sides)


def _outermost(asset_class: AssetClass, coordinate: str, line: str) -> Any:
    beyond = func.ST_GeomFromEWKT(literal_column(f"'SRID=3067;{line}'"))
    nearest = select(getattr(func, coordinate)(_asset.c.geometry)).where(
        _asset.c.asset_class == class_number(asset_class.number),
        _asset.c.geometry.is_not(None),
        # An empty class is known by its own table at once, while the index would be searched for it far and wide.
        exists(select(literal_column("1")).select_from(asset_class.model.__table__)),
    )
    return nearest.order_by(_asset.c.geometry.op("<->")(beyond)).limit(literal_column("1")).scalar_subquery()


def _area_extent(collection: FeatureCollection, municipality_code: str | None = None) -> Select[Any]:
    statement = select(func.ST_Extent(collection.geometry).label("box")).select_from(collection.source)
    if municipality_code is not None:
        statement = statement.where(collection.key[0] == bindparam("municipality_code", municipality_code))
    return select(literal_column(f"'{collection.id}'", TEXT), *_sides(statement.subquery().c.box))


def _sides(box: Any) -> list[Any]:
    return [getattr(func, coordinate)(box) for coordinate, _ in _SIDES]


def _bounds(sides: Any) -> Bounds | None:
    west, south, east, north = sides
    return None if west is None else (west, south, east, north)


def _around(boxes: list[Bounds]) -> Bounds | None:
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)
