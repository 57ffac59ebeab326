"""The assets of a tile drawn close by, with their figures looked up block by block."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Double, Integer, and_, cast, func, literal_column, select, text, true

from models.asset import Asset
from models.map_figures import BLOCK, UNKNOWN, MapFigures
from service.queries.feature_assets import newest_runs
from service.queries.tables import table_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import CTE, ColumnElement, Subquery, Table
    from sqlalchemy.sql.expression import FromClause

    from service.queries.feature_collections import FeatureCollection

_asset, _stored = table_of(Asset), table_of(MapFigures)
_MUNICIPALITY, _NUMBER, _GEOMETRY, _BLOCK, _PLACE = "of_municipality", "of_asset", "of_shape", "of_block", "of_place"
_IN_EUROS = ("repair_backlog_eur", "needed_backlog_eur", "avoidable_backlog_eur")
_ONCE = (text("MATERIALIZED"),)  # the assets are read once: for the blocks that they are in, and to be drawn


def with_map_figures(
    collection: FeatureCollection, properties: Sequence[str], conditions: Sequence[ColumnElement[bool]]
) -> FeatureCollection:
    """Return a collection of assets as it is read for one tile: only the rows that are drawn, with their figures.

    Args:
        collection: The collection as it stands in the register.
        properties: Names of the properties that are read.
        conditions: What its rows in the tile meet.
    """
    near = _near(collection, [name for name in properties if name not in _figure_names()], conditions)
    figures = _figures(near)
    columns = {**{column.name: column for column in near.c}, **_placed(figures, near.c[_PLACE])}
    return replace(
        collection,
        key=(near.c[_MUNICIPALITY], near.c[_NUMBER]),
        geometry=near.c[_GEOMETRY],
        source=near.outerjoin(
            figures, and_(figures.c[_MUNICIPALITY] == near.c[_MUNICIPALITY], figures.c[_BLOCK] == near.c[_BLOCK])
        ),
        properties={
            name: replace(each, column=columns[name]) for name, each in collection.properties.items() if name in columns
        },
    )


def _figure_names() -> tuple[str, ...]:
    return ("condition_index", "condition_basis", *_IN_EUROS)


def _near(collection: FeatureCollection, names: Sequence[str], conditions: Sequence[ColumnElement[bool]]) -> CTE:
    municipality_code, asset_id = collection.key
    size: ColumnElement[int] = literal_column(str(BLOCK), BigInteger)
    columns = (
        municipality_code.label(_MUNICIPALITY),
        asset_id.label(_NUMBER),
        collection.geometry.label(_GEOMETRY),
        (asset_id // size).label(_BLOCK),
        (cast(asset_id % size, Integer) + literal_column("1")).label(_PLACE),
        *(collection.properties[name].column.label(name) for name in names if name in collection.properties),
    )
    found = select(*columns).select_from(_without_valuation(collection)).where(*conditions)
    return found.cte("near").prefix_with(*_ONCE)


def _without_valuation(collection: FeatureCollection) -> FromClause:
    own: Table = collection.key[0].table
    if own is _asset:
        return _asset
    of_asset = and_(_asset.c.municipality_code == own.c.municipality_code, _asset.c.asset_id == own.c.asset_id)
    return own.join(_asset, of_asset)


def _figures(near: CTE) -> Subquery:
    """The rows of the newest valuation that the assets' blocks are in, each fetched once by its whole key.

    That is what the step of its own (OFFSET) is for. The outer join has the planner expect as many rows as there are
    blocks: were it to expect one, it would compare all blocks with each asset.
    """
    blocks = select(near.c[_MUNICIPALITY], near.c[_BLOCK]).distinct().subquery("blocks")
    newest = newest_runs().subquery("newest")
    row = (
        select(*(_stored.c[name] for name in _stored_names()))
        .where(
            _stored.c.municipality_code == newest.c.municipality_code,
            _stored.c.run_id == newest.c.run_id,
            _stored.c.block == blocks.c[_BLOCK],
        )
        .offset(literal_column("0"))
        .lateral("stored")
    )
    of_newest = blocks.outerjoin(newest, newest.c.municipality_code == blocks.c[_MUNICIPALITY])
    return select(*blocks.c, *row.c).select_from(of_newest.join(row, true())).subquery("figures")


def _stored_names() -> tuple[str, ...]:
    return ("condition_thousandths", "condition_basis", *_IN_EUROS)


def _placed(figures: Subquery, place: ColumnElement[int]) -> dict[str, ColumnElement[Any]]:
    """The figures of an asset, from its place in the arrays, by the names of their properties."""

    def known(name: str) -> ColumnElement[Any]:
        return func.nullif(figures.c[name][place], literal_column(str(UNKNOWN)), type_=BigInteger)

    thousandths = cast(known("condition_thousandths"), Double)
    return {
        "condition_index": thousandths / literal_column("1000", Double),
        "condition_basis": known("condition_basis"),
        **{name: known(name) for name in _IN_EUROS},
    }
