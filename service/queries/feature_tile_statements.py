"""Statements that draw vector tiles: built from the collections, each once, with nothing but bound values in them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Double, and_, bindparam, case, cast, func, literal_column, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, TEXT
from sqlalchemy.types import UserDefinedType

from gis.crs import TM35FIN
from models.registry import ASSET_CLASSES
from service.queries.data_version import version_columns
from service.queries.feature_assets import VALUED_ASSETS, scanned_assets
from service.queries.feature_registry import feature_collections
from service.queries.feature_tile_figures import with_map_figures
from service.queries.statements import Statement, compiled

if TYPE_CHECKING:
    from sqlalchemy import CTE, ColumnElement, Select
    from sqlalchemy.sql.expression import FromClause

    from service.queries.feature_collections import FeatureCollection

GRID = 4096
"""Units of a tile's side."""
MARGIN = 64
"""Units beyond a tile's edges that are drawn too, so that thick lines and symbols are not cut off."""
ASSET_CLASS = "asset_class"
AFFINE = ("east_x", "north_x", "east_y", "north_y", "offset_x", "offset_y")
_GEOMETRY, _NUMBER, _WEIGHT = "geometry", "feature_number", "drawing_order"
_ONCE = (text("MATERIALIZED"),)  # a step of its own, across municipalities too; else each shape would be drawn twice
# Whatever sets a setting is never run by several processes: they would take longer to start than a small tile takes.
_SERIALLY = "set_config('max_parallel_workers_per_gather', '0', true)"
_THOUSANDTHS: ColumnElement[float] = literal_column("1000", Double)
_SAFE_NUMBERS = 2**53 - 1  # what a number of JavaScript holds


class _Box2d(UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "box2d"


@lru_cache(maxsize=512)
def tile_statement(
    collection_id: str, srid: int, properties: tuple[str, ...], *, thinned: bool, in_municipality: bool
) -> Statement:
    """Return the statement of a tile: its content, the number of its features, and the version of its data.

    Bound are `area` (EWKB in EPSG:3067), `west`, `south`, `east` and `north` in the tile's system, `cell` and
    `tolerance` in metres, `limit`, and `municipality_code`; where nothing is thinned and the system is another than
    the register's, also the six numbers of `tile_affine`, named as in `AFFINE`.

    Args:
        collection_id: The collection.
        srid: System of the tile.
        properties: Names of the properties that the features carry.
        thinned: Whether small assets are thinned to one a cell, the one with the largest backlog, and areas smaller
            than a cell are left out.
        in_municipality: Whether features of one municipality only are drawn.
    """
    whole = feature_collections()[collection_id]
    collection, source = _read_from(whole, properties), None
    conditions = _conditions(collection, in_municipality=in_municipality)
    if thinned and is_of_assets(whole):
        source, conditions = _among(collection, _worst(whole, in_municipality=in_municipality)), []
    elif is_of_assets(whole):
        collection, conditions = with_map_figures(collection, properties, conditions), []
    elif thinned:
        conditions.append(_side(collection.geometry) >= _metres("cell"))
    features = _features(collection, properties, srid, thinned=thinned)
    drawn = select(*features).select_from(collection.source if source is None else source).where(*conditions)
    return compiled(_encoded(drawn, collection_id, in_municipality=in_municipality, serial=not thinned))


def is_of_assets(collection: FeatureCollection) -> bool:
    """Return whether the features of a collection are assets."""
    return collection.id == VALUED_ASSETS or collection.id in ASSET_CLASSES


def _valued() -> FeatureCollection:
    return feature_collections()[VALUED_ASSETS]


def _read_from(collection: FeatureCollection, properties: tuple[str, ...]) -> FeatureCollection:
    """The collection, read without the table of its class where nothing is asked for that stands there only."""
    valued = _valued()
    if collection.id not in ASSET_CLASSES:
        return collection
    own = collection.key[0].table
    described = {name: valued.properties.get(name, each) for name, each in collection.properties.items()}
    if any(described[name].column.table is own for name in properties if name in described):
        return collection
    return replace(collection, key=valued.key, source=valued.source, properties=described)


def _conditions(collection: FeatureCollection, *, in_municipality: bool) -> list[ColumnElement[bool]]:
    area = func.ST_GeomFromEWKB(bindparam("area", type_=BYTEA))
    conditions = [collection.geometry.op("&&")(area), *collection.conditions]
    if collection.unlisted:
        status = collection.properties["status"].column
        conditions += [status != literal_column(f"'{value}'") for value in collection.unlisted]
    if in_municipality:
        conditions.append(collection.key[0] == bindparam("municipality_code", type_=TEXT))
    return conditions


def _worst(collection: FeatureCollection, *, in_municipality: bool) -> CTE:
    """Of the small assets of each cell the one with the largest backlog, and all that are larger than a cell.

    Only keys and backlogs are sorted out here, by hashing: half a million whole rows would be sorted on disk. Cells
    are those of the zoom everywhere, so that neighbouring tiles keep the same assets along their common edge.
    """
    valued, cell = _valued(), _metres("cell")
    municipality_code, asset_id = valued.key
    corner = (func.floor(func.ST_XMin(valued.geometry) / cell), func.floor(func.ST_YMin(valued.geometry) / cell))
    is_large = case((_side(valued.geometry) >= cell, asset_id), else_=literal_column("0"))
    best = func.max(postgresql.array([_weight(valued), -cast(asset_id, Double)]), type_=ARRAY(Double)).label("best")
    read = replace(collection, key=valued.key, source=valued.source)
    return (
        select(municipality_code, best)
        .select_from(scanned_assets())
        .where(*_conditions(read, in_municipality=in_municipality))
        .group_by(municipality_code, *corner, is_large)
        .order_by(best.desc(), municipality_code)
        .limit(_limit())
        .cte("worst")
        .prefix_with(*_ONCE)
    )


def _among(collection: FeatureCollection, worst: CTE) -> FromClause:
    municipality_code, asset_id = collection.key
    chosen = -cast(worst.c.best[2], BigInteger)
    return collection.source.join(worst, and_(municipality_code == worst.c.municipality_code, asset_id == chosen))


def _features(
    collection: FeatureCollection, properties: tuple[str, ...], srid: int, *, thinned: bool
) -> list[ColumnElement[Any]]:
    """Everything that a tile's features have, and what they are ordered by."""
    return [
        _shape(collection, srid, thinned=thinned).label(_GEOMETRY),
        _number(collection).label(_NUMBER),
        _rank(collection).label(_WEIGHT),
        collection.feature_id().label("id"),
        *(_value(collection, name).label(name) for name in properties),
    ]


def _shape(collection: FeatureCollection, srid: int, *, thinned: bool) -> ColumnElement[Any]:
    """The geometry on the tile's grid; null beyond its margin. What shrinks to nothing is drawn as a point."""
    simplified = func.ST_Simplify(collection.geometry, _metres("tolerance"), literal_column("true"))
    moved = func.ST_Transform(simplified, _constant(str(int(srid)))) if thinned else _moved_nearby(simplified, srid)
    sides = (_metres(side) for side in ("west", "south", "east", "north"))
    # A subquery is asked once, not for each feature.
    frame = select(cast(func.ST_MakeEnvelope(*sides, _constant(str(int(srid)))), _Box2d)).scalar_subquery()
    onto_grid = (frame, _constant(str(GRID)), _constant(str(MARGIN)))
    shape: ColumnElement[Any] = func.ST_AsMVTGeom(moved, *onto_grid)
    return func.coalesce(shape, func.ST_AsMVTGeom(func.ST_PointOnSurface(moved), *onto_grid)) if thinned else shape


def _moved_nearby(geometry: ColumnElement[Any], srid: int) -> ColumnElement[Any]:
    """The geometry in the tile's system, by the affine map that fits the projection over so small a tile.

    It costs a tenth of the projection, and differs from it by less than half a unit of the tile's grid.
    """
    if srid == TM35FIN.srid:
        return geometry
    east_x, north_x, east_y, north_y, *offsets = (_metres(name) for name in AFFINE)
    flat, upright = _constant("0"), _constant("1")
    rows = (east_x, north_x, flat, east_y, north_y, flat, flat, flat, upright)
    moved: ColumnElement[Any] = func.ST_Affine(geometry, *rows, *offsets, flat)
    return moved


def _number(collection: FeatureCollection) -> ColumnElement[int]:
    """The number that clients tell features apart by: the asset's, or one made of the id."""
    if is_of_assets(collection):
        return collection.key[1]
    hashed = func.hashtextextended(collection.feature_id(), literal_column("0"), type_=BigInteger)
    return hashed.op("&")(literal_column(str(_SAFE_NUMBERS)))


def _weight(collection: FeatureCollection) -> ColumnElement[float]:
    """What comes first where not all can be drawn: the largest backlog, or the largest area."""
    if not is_of_assets(collection):
        return func.ST_Area(collection.geometry, type_=Double)
    backlog = cast(collection.properties["repair_backlog_eur"].column, Double)
    return func.coalesce(backlog, literal_column("-1"), type_=Double)


def _rank(collection: FeatureCollection) -> ColumnElement[Any]:
    """What features are ordered by: as `_weight`, with null for what has none."""
    return collection.properties["repair_backlog_eur"].column if is_of_assets(collection) else _weight(collection)


def _value(collection: FeatureCollection, name: str) -> ColumnElement[Any]:
    """A property as styles need it: money in whole euros, condition in thousandths, which take a third of the room."""
    if name == ASSET_CLASS and name not in collection.properties:
        return literal_column(f"'{collection.id}'", TEXT)
    described = collection.properties[name]
    if name == "condition_index":
        return func.round(described.column * _THOUSANDTHS, type_=Double) / _THOUSANDTHS
    if described.unit == "EUR":
        return cast(described.column, BigInteger)
    return cast(described.read(), Double) if described.type is float else described.read()


def _encoded(drawn: Select[*tuple[Any, ...]], layer: str, *, in_municipality: bool, serial: bool) -> Select[Any]:
    """A tile of the heaviest features, in an order that is always the same; what lies beyond its margin is null.

    As all of it is asked for at once, the tile and the version of its data are of one snapshot.
    """
    heaviest = drawn.order_by(
        literal_column(_WEIGHT).desc().nulls_last(), literal_column(_NUMBER), literal_column("id")
    )
    shown = heaviest.limit(_limit()).subquery("ordered")
    kept = select(*(column for column in shown.c if column.name != _WEIGHT)).subquery("shown")
    constants = ("shown", f"'{layer}'", str(GRID), f"'{_GEOMETRY}'", f"'{_NUMBER}'")
    content: ColumnElement[bytes] = func.ST_AsMVT(*map(_constant, constants), type_=BYTEA)
    version = version_columns(in_municipality=in_municipality)
    asked = (content, func.count(kept.c[_GEOMETRY]), *version)
    return select(*asked, *map(_constant, (_SERIALLY,) if serial else ())).select_from(kept)


def _constant(code: str) -> ColumnElement[Any]:
    return literal_column(code)


def _side(geometry: ColumnElement[Any]) -> ColumnElement[float]:
    width = func.ST_XMax(geometry) - func.ST_XMin(geometry)
    height = func.ST_YMax(geometry) - func.ST_YMin(geometry)
    return func.greatest(width, height, type_=Double)


def _metres(name: str) -> ColumnElement[float]:
    return bindparam(name, type_=Double)


def _limit() -> ColumnElement[int]:
    return bindparam("limit", type_=postgresql.INTEGER())
