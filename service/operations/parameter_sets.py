"""From dated parameter rows to the parameters of every asset: one set per asset class and material."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import RowMapping

from models.registry import ASSET_CLASS_BY_NUMBER
from service.engine.backlog import Method
from service.engine.curves import CurveKind, Curves, PointTable
from service.engine.valuation import AssetParameters
from service.errors import Fault, ParameterMissing

CURVES = {kind.name.lower(): kind for kind in CurveKind}
METHODS = {method.name.lower(): method for method in Method}
ALWAYS_NEEDED = (
    "annual_wear_share",
    "backlog_method",
    "default_condition",
    "deterioration_curve",
    "regional_factor",
    "target_condition",
)
NEEDED_BY_CURVE = {
    "linear": (),
    "quadratic": ("service_life_years", "wearing_share"),
    "weibull": ("curve_shape", "curve_scale_years"),
    "piecewise": ("deterioration_points",),
}
ALL_NAMES = ("unit_cost_eur", *ALWAYS_NEEDED, *(name for names in NEEDED_BY_CURVE.values() for name in names))


@dataclass
class ParameterTable:
    """The values valid on the valuation date, looked up by the most special one; remembers which were read."""

    values: list[RowMapping]
    read: dict[int, RowMapping] = field(default_factory=dict)
    _by_name: dict[tuple[str, str | None], list[RowMapping]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.values:
            self._by_name.setdefault((row["name"], row["key"]), []).append(row)

    def find(
        self, name: str, asset_class: int | None = None, material: str | None = None, key: str | None = None
    ) -> Any:
        """Return the value or code that holds, or None.

        Municipality before nation, then material before any, then class before all (architecture.md §7).
        """
        row = self.find_row(name, asset_class, material, key)
        return None if row is None else held(row)

    def find_row(
        self, name: str, asset_class: int | None = None, material: str | None = None, key: str | None = None
    ) -> RowMapping | None:
        """Return the row of the value that holds, or None; it counts as read."""
        row = max(
            (row for row in self._by_name.get((name, key), []) if _holds(row, asset_class, material)),
            key=_speciality,
            default=None,
        )
        if row is not None:
            self.read[row["parameter_value_id"]] = row
        return row

    def keys_of(self, name: str) -> list[str]:
        """Return the keys for which a parameter has values, sorted."""
        return sorted(key for held, key in self._by_name if held == name and key is not None)


def held(row: RowMapping) -> Any:
    """Return what a parameter's row holds: its number, or its code."""
    return row["value"] if row["code"] is None else row["code"]


def _holds(row: RowMapping, asset_class: int | None, material: str | None) -> bool:
    return row["asset_class"] in (None, asset_class) and row["material"] in (None, material)


def _speciality(row: RowMapping) -> tuple[bool, bool, bool]:
    return row["municipality_code"] is not None, row["material"] is not None, row["asset_class"] is not None


@dataclass(frozen=True)
class ParameterSet:
    """The resolved parameters of one class and material (None where the curve does not need one), and their rows."""

    asset_class: int
    material: str | None
    resolved: dict[str, Any]
    value_ids: dict[str, int] = field(default_factory=dict)


def resolve_sets(
    table: ParameterTable, kinds: Iterable[tuple[int, str | None, bool]], method: str | None = None
) -> list[ParameterSet]:
    """Return a parameter set for each (class, material, needs a unit cost); `method` overrides the class's method.

    Raises:
        ParameterMissing: names every value that is missing.
    """
    sets: list[ParameterSet] = []
    missing: dict[str, list[str]] = {}
    faults: list[Fault] = []
    for asset_class, material, needs_unit_cost in kinds:
        found = _resolve(table, asset_class, material, method)
        for name in _missing(found.resolved, needs_unit_cost=needs_unit_cost):
            missing.setdefault(name, []).append(_kind(found))
        faults += _unknown_codes(found)
        sets.append(found)
    faults += [
        Fault(f"/parameters/{name}", f"no value for {'; '.join(of)} is valid on the valuation date")
        for name, of in missing.items()
    ]
    if faults:
        raise ParameterMissing(faults=faults)
    return sets


def _kind(of: ParameterSet) -> str:
    code = ASSET_CLASS_BY_NUMBER[of.asset_class].code
    return f"{code} of {of.material}" if of.material else code


def _resolve(table: ParameterTable, asset_class: int, material: str | None, method: str | None) -> ParameterSet:
    """Return the parameters that the class's curve and method use; `method` goes before the class's own."""
    curve = table.find("deterioration_curve", asset_class, material)
    used = ("unit_cost_eur", *ALWAYS_NEEDED, *NEEDED_BY_CURVE.get(curve, ()))
    rows = {
        name: table.find_row(name, asset_class, material) for name in used if name != "backlog_method" or not method
    }
    resolved: dict[str, Any] = dict.fromkeys(ALL_NAMES)
    resolved |= {name: held(row) for name, row in rows.items() if row is not None}
    ids = {name: row["parameter_value_id"] for name, row in rows.items() if row is not None}
    return ParameterSet(asset_class, material, resolved | ({"backlog_method": method} if method else {}), ids)


def _missing(resolved: dict[str, Any], *, needs_unit_cost: bool) -> list[str]:
    """Return the names of the parameters that are needed and have no value."""
    needed = [*ALWAYS_NEEDED, *NEEDED_BY_CURVE.get(resolved["deterioration_curve"], ())]
    needed += ["unit_cost_eur"] if needs_unit_cost else []
    return [name for name in needed if resolved[name] is None]


def _unknown_codes(found: ParameterSet) -> list[Fault]:
    return [
        Fault(f"/parameters/{name}", f"{found.resolved[name]!r} of {_kind(found)} is none of {', '.join(known)}")
        for name, known in (("deterioration_curve", CURVES), ("backlog_method", METHODS))
        if found.resolved[name] is not None and found.resolved[name] not in known
    ]


def asset_parameters(sets: list[ParameterSet], number: NDArray[np.int64]) -> AssetParameters:
    """Return the parameters of each asset from its set's number."""

    def spread(name: str) -> NDArray[np.float64]:
        return np.array([_number(each.resolved[name]) for each in sets], np.float64)[number]

    points = [each.resolved["deterioration_points"] for each in sets]
    tables = sorted({text for text in points if text})
    return AssetParameters(
        unit_cost_eur=spread("unit_cost_eur"),
        regional_factor=spread("regional_factor"),
        curves=Curves(
            kind=_codes([CURVES[each.resolved["deterioration_curve"]] for each in sets])[number],
            annual_wear_share=spread("annual_wear_share"),
            service_life_years=spread("service_life_years"),
            wearing_share=spread("wearing_share"),
            shape=spread("curve_shape"),
            scale_years=spread("curve_scale_years"),
            point_table=np.array([tables.index(text) if text else 0 for text in points], np.int64)[number],
            point_tables=tuple(point_table(text) for text in tables),
        ),
        annual_wear_share=spread("annual_wear_share"),
        target_condition=spread("target_condition"),
        default_condition=spread("default_condition"),
        method=_codes([METHODS[each.resolved["backlog_method"]] for each in sets])[number],
    )


def _codes(codes: list[Any]) -> NDArray[np.int8]:
    return np.array([int(code) for code in codes], np.int8)


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def point_table(text: str) -> PointTable:
    """Return a piecewise curve from `age:condition` points, e.g. `0:1, 20:0.9, 40:0.2`."""
    points = [tuple(float(part) for part in point.split(":")) for point in text.split(",")]
    return PointTable(tuple(age for age, _ in points), tuple(condition for _, condition in points))
