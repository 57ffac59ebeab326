"""Collections of assets: one per class, and one of all assets with their valuation."""

from __future__ import annotations

import decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import SmallInteger, and_, any_, cast, func, literal_column, select

from models.asset import Asset, AssetStatus
from models.registry import ASSET_CLASSES, AssetClass, Attribute
from models.run import AssetValuation, Run, RunState
from service.engine.condition import ConditionBasis
from service.queries.feature_collections import (
    FeatureCollection,
    FeatureProperty,
    municipality_property,
    properties_by_name,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select, Table
    from sqlalchemy.sql.expression import FromClause

VALUED_ASSETS = "valued_assets"
CONDITION_BASIS = {basis.name.lower(): int(basis) for basis in ConditionBasis}

_asset: Table = Asset.__table__  # type: ignore[assignment]
_valuation: Table = AssetValuation.__table__  # type: ignore[assignment]
_run: Table = Run.__table__  # type: ignore[assignment]
_PUBLIC_TYPES: dict[type[Any], type[Any]] = {decimal.Decimal: float}
_OF_EVERY_CLASS = ("quantity", "material")


def class_collection(asset_class: AssetClass) -> FeatureCollection:
    """Return the collection of one asset class: its attributes and its valuation."""
    table: Table = asset_class.model.__table__  # type: ignore[assignment]
    columns = {_asset.name: _asset.c, table.name: table.c}
    attributes = [_property(each, columns[each.table][each.column]) for each in asset_class.attributes]
    return FeatureCollection(
        id=asset_class.code,
        title=asset_class.code.replace("_", " ").capitalize(),
        description=asset_class.description,
        key=(table.c.municipality_code, table.c.asset_id),
        geometry_types=asset_class.geometry_types,
        properties=properties_by_name(
            municipality_property(table.c.municipality_code), *attributes, *_valuation_properties()
        ),
        source=_with_valuation(
            table.join(_asset, _same_asset(table, _asset)), table.c.municipality_code, table.c.asset_id
        ),
        geometry=_asset.c.geometry,
        heights=_asset.c.geometry_z,
        conditions=(_asset.c.asset_class == class_number(asset_class.number),),
        unlisted=(AssetStatus.DECOMMISSIONED.value,),
        other_keys=((_asset.c.municipality_code, _asset.c.asset_id),),
        core=_with_valuation(_asset, _asset.c.municipality_code, _asset.c.asset_id),
        version=_asset.c.row_version,
        writable=True,
    )


def valued_assets_collection() -> FeatureCollection:
    """Return the collection of all assets with what they have in common and their valuation."""
    any_class = next(iter(ASSET_CLASSES.values()))
    common = [
        _property(each, _asset.c[each.column])
        for each in any_class.attributes
        if each.table == _asset.name and each.column not in _OF_EVERY_CLASS
    ]
    key = (_asset.c.municipality_code, _asset.c.asset_id)
    return FeatureCollection(
        id=VALUED_ASSETS,
        title="Valued assets",
        description="Every asset of every class with its condition and repair backlog in the newest valuation.",
        key=key,
        geometry_types=tuple(sorted({kind for each in ASSET_CLASSES.values() for kind in each.geometry_types})),
        properties=properties_by_name(
            municipality_property(key[0]), _class_property(), *common, *_valuation_properties()
        ),
        source=_with_valuation(_asset, *key),
        geometry=_asset.c.geometry,
        heights=_asset.c.geometry_z,
        unlisted=(AssetStatus.DECOMMISSIONED.value,),
        version=_asset.c.row_version,
    )


def scanned_assets() -> FromClause:
    """Return all assets with their valuation for statements that look at very many of them.

    That only rows of newest runs are joined is said of their table alone too: else those of all runs would be hashed.
    """
    return _with_valuation(_asset, _asset.c.municipality_code, _asset.c.asset_id, scanned=True)


def newest_runs() -> Select[str, int]:
    """Return the statement of the newest finished valuation of each municipality that has one."""
    return (
        select(_run.c.municipality_code, func.max(_run.c.run_id).label("run_id"))
        .where(_run.c.kind == literal_column("'valuation'"), _run.c.state == literal_column(f"'{RunState.FINISHED}'"))
        .group_by(_run.c.municipality_code)
    )


def class_number(number: int) -> ColumnElement[int]:
    """Return a class number as a smallint: an integer would keep GiST(asset_class, geometry) from using it."""
    return cast(literal_column(str(int(number))), SmallInteger)


def _same_asset(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(one.c.municipality_code == other.c.municipality_code, one.c.asset_id == other.c.asset_id)


def _with_valuation(
    assets: FromClause, municipality_code: ColumnElement[Any], asset_id: ColumnElement[Any], *, scanned: bool = False
) -> FromClause:
    """Join the figures of the newest finished valuation of each asset's municipality, where there is one."""
    newest = newest_runs().subquery("newest_run")
    in_newest = and_(
        _valuation.c.municipality_code == municipality_code,
        _valuation.c.run_id == newest.c.run_id,
        _valuation.c.asset_id == asset_id,
    )
    if scanned:
        ids = newest_runs().subquery("newest_run_ids")
        in_newest = and_(in_newest, _valuation.c.run_id == any_(func.array(select(ids.c.run_id).scalar_subquery())))
    return assets.outerjoin(newest, newest.c.municipality_code == municipality_code).outerjoin(_valuation, in_newest)


def _property(attribute: Attribute, column: ColumnElement[Any]) -> FeatureProperty:
    kind = str if attribute.choices else _PUBLIC_TYPES.get(attribute.type, attribute.type)
    return FeatureProperty(
        name=attribute.name,
        type=kind,
        column=column,
        description=attribute.description,
        unit=attribute.unit,
        ge=attribute.ge,
        le=attribute.le,
        choices=attribute.choices,
        pattern=attribute.pattern,
        read_only=attribute.read_only,
    )


def _class_property() -> FeatureProperty:
    numbers = {code: each.number for code, each in ASSET_CLASSES.items()}
    return FeatureProperty(
        "asset_class", str, _asset.c.asset_class, "Asset class", choices=tuple(numbers), codes=numbers
    )


def _valuation_properties() -> tuple[FeatureProperty, ...]:
    def money(name: str, description: str) -> FeatureProperty:
        return FeatureProperty(name, float, _valuation.c[name], description, unit="EUR", ge=0, read_only=True)

    return (
        FeatureProperty(
            "condition_index",
            float,
            _valuation.c.condition_index,
            "Condition in the newest valuation, 1 = as new",
            ge=0,
            le=1,
            read_only=True,
        ),
        FeatureProperty(
            "condition_basis",
            str,
            _valuation.c.condition_basis,
            "What the condition rests on: an assessment, the age, or the default of the class",
            choices=tuple(CONDITION_BASIS),
            codes=CONDITION_BASIS,
            read_only=True,
        ),
        money("repair_backlog_eur", "Money that brings the asset back to its target condition"),
        money("needed_backlog_eur", "Backlog of the capacity that the service need asks for"),
        money("avoidable_backlog_eur", "Backlog of the capacity that can be given up"),
    )
