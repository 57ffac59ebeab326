"""From dated parameter rows to the parameters of every asset: one set per class, material and service classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import RowMapping

from models.registry import ASSET_CLASS_BY_NUMBER
from service.engine.asset_inputs import AssetParameters
from service.engine.backlog import PUBLISHED_LADDER, Ladder, Method
from service.engine.curves import CurveKind, Curves, PointTable
from service.engine.grades import markov_points
from service.engine.method_parameters import GRADES, LADDER, NEEDED_BY_METHOD, MethodParameters
from service.errors import Fault, ParameterMissing
from service.operations.measure_rules import rules_that_hold
from service.operations.method_sets import (
    BY_MEASURES,
    grade_chain,
    kept_rules,
    method_faults,
    method_set,
)
from service.operations.parameter_table import ParameterTable

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
    "markov": GRADES,
}
ALL_NAMES = (
    "unit_cost_eur",
    *ALWAYS_NEEDED,
    *(name for names in NEEDED_BY_CURVE.values() for name in names),
    *(name for names in NEEDED_BY_METHOD.values() for name in names),
)


class Kind(NamedTuple):
    """What decides the parameters of an asset, and whether any of these assets needs a unit cost."""

    asset_class: int
    material: str | None
    maintenance_class: str | None = None
    functional_class: int | None = None
    needs_unit_cost: bool = False

    @property
    def service_keys(self) -> list[str]:
        """Return the keys of values for these service classes, the more special first."""
        own = (("maintenance_class", self.maintenance_class), ("functional_class", self.functional_class))
        return [f"{name}/{code}" for name, code in own if code is not None]

    def __str__(self) -> str:
        """Return the kind as faults name it."""
        code = ASSET_CLASS_BY_NUMBER[self.asset_class].code
        of = [f"of {self.material}"] if self.material else []
        return " ".join([code, *of, *(f"({key.replace('/', ' ')})" for key in self.service_keys)])


@dataclass(frozen=True)
class ParameterSet:
    """The resolved parameters of one kind of assets (material None where it has none), and their rows."""

    asset_class: int
    material: str | None
    resolved: dict[str, Any]
    value_ids: dict[str, int] = field(default_factory=dict)


def resolve_sets(
    table: ParameterTable, kinds: Iterable[Kind], method: str | None = None, rules: Sequence[RowMapping] = ()
) -> list[ParameterSet]:
    """Return the parameter set of each kind; `method` goes before the class's own.

    Args:
        table: The values valid on the valuation date.
        kinds: The kinds of assets.
        method: Method of the backlog for all of them.
        rules: The rules of the measure table that are valid on that date.

    Raises:
        ParameterMissing: names every value, measure and year of an index that is missing or wrong.
    """
    sets: list[ParameterSet] = []
    missing: dict[str, list[str]] = {}
    faults: list[Fault] = []
    for kind in kinds:
        found = resolve_set(table, kind, method, rules)
        for name in missing_parameters(found.resolved, needs_unit_cost=kind.needs_unit_cost):
            missing.setdefault(name, []).append(str(kind))
        faults += [*_unknown_codes(found, kind), *method_faults(found.resolved, str(kind))]
        sets.append(found)
    faults += [
        Fault(f"/parameters/{name}", f"no value for {'; '.join(of)} is valid on the valuation date")
        for name, of in missing.items()
    ]
    faults += table.prices.faults if table.prices is not None else []
    if faults:
        raise ParameterMissing(faults=faults)
    return sets


def resolve_set(table: ParameterTable, kind: Kind, method: str | None, rules: Sequence[RowMapping]) -> ParameterSet:
    """Return the parameters that the class's curve and method use."""
    resolved: dict[str, Any] = dict.fromkeys(ALL_NAMES)
    ids: dict[str, int] = {}

    def take(name: str) -> Any:
        row = table.find_row(name, kind.asset_class, kind.material, service_keys=kind.service_keys)
        if row is not None:
            resolved[name] = table.held(row, kind.asset_class, kind.material)
            ids[name] = row["parameter_value_id"]
        return resolved[name]

    used_method = method or take("backlog_method")
    curve = take("deterioration_curve")
    # A unit cost that no asset needs is not read: what its price level lacks must not stop the run.
    unit_cost = ["unit_cost_eur"] if kind.needs_unit_cost else []
    for name in (*unit_cost, *ALWAYS_NEEDED, *NEEDED_BY_CURVE.get(curve, ())):
        if name not in {"backlog_method", "deterioration_curve"}:
            take(name)
    for name in NEEDED_BY_METHOD.get(used_method, ()):
        take(name)
    resolved |= {"backlog_method": used_method}
    resolved |= {"maintenance_class": kind.maintenance_class, "functional_class": kind.functional_class}
    if used_method in BY_MEASURES:
        resolved["measures"] = measures_of_kind(table, kind, rules, resolved["regional_factor"])
    return ParameterSet(kind.asset_class, kind.material, resolved, ids)


def measures_of_kind(
    table: ParameterTable, kind: Kind, rules: Sequence[RowMapping], regional_factor: float | None
) -> list[dict[str, Any]]:
    """Return the rules for a kind, unit costs at the run's price level and that of the region."""
    own = rules_that_hold(rules, kind.asset_class, kind.maintenance_class, kind.functional_class)
    years = {rule["price_level_year"] for rule in own}
    region = 1.0 if regional_factor is None else regional_factor
    factors = {year: region * table.price_factor(year, kind.asset_class, kind.material) for year in years}
    return kept_rules(own, factors)


def missing_parameters(resolved: Mapping[str, Any], *, needs_unit_cost: bool) -> list[str]:
    """Return the names of the parameters that are needed and have no value."""
    by_curve = NEEDED_BY_CURVE.get(resolved["deterioration_curve"], ())
    by_method = NEEDED_BY_METHOD.get(resolved["backlog_method"], ())
    needed = dict.fromkeys([*ALWAYS_NEEDED, *by_curve, *by_method, *(["unit_cost_eur"] if needs_unit_cost else [])])
    return [name for name in needed if resolved[name] is None]


def _unknown_codes(found: ParameterSet, kind: Kind) -> list[Fault]:
    return [
        Fault(f"/parameters/{name}", f"{found.resolved[name]!r} of {kind} is none of {', '.join(known)}")
        for name, known in (("deterioration_curve", CURVES), ("backlog_method", METHODS))
        if found.resolved[name] is not None and found.resolved[name] not in known
    ]


def asset_parameters(
    sets: list[ParameterSet], number: NDArray[np.int64], price_factor: NDArray[np.float64] | None = None
) -> AssetParameters:
    """Return the parameters of each asset from its set's number; `price_factor` is that of its recorded cost."""

    def spread(name: str) -> NDArray[np.float64]:
        return np.array([_number(each.resolved.get(name)) for each in sets], np.float64)[number]

    tables = [_points(each.resolved) for each in sets]
    known = list(dict.fromkeys(table for table in tables if table is not None))
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
            point_table=np.array([known.index(each) if each else 0 for each in tables], np.int64)[number],
            point_tables=tuple(known),
        ),
        annual_wear_share=spread("annual_wear_share"),
        target_condition=spread("target_condition"),
        default_condition=spread("default_condition"),
        method=_codes([METHODS[each.resolved["backlog_method"]] for each in sets])[number],
        price_factor=price_factor,
        ladder=_ladder(sets, number),
        methods=MethodParameters(number, tuple(method_set(each.resolved) for each in sets)),
    )


def _ladder(sets: list[ParameterSet], number: NDArray[np.int64]) -> Ladder:
    """Return each asset's steps; the published ones where its set has none: another method, or an older run's set."""
    if all(each.resolved.get(name) is None for each in sets for name in LADDER):
        return PUBLISHED_LADDER
    published = (PUBLISHED_LADDER.basic, PUBLISHED_LADDER.improvement, PUBLISHED_LADDER.improved)
    held = [
        [step if each.resolved.get(name) is None else each.resolved[name] for each in sets]
        for name, step in zip(LADDER, published, strict=True)
    ]
    return Ladder(*(np.array(steps, np.float64)[number] for steps in held))


def _points(resolved: dict[str, Any]) -> PointTable | None:
    curve = resolved["deterioration_curve"]
    chain = grade_chain(resolved) if curve == "markov" else None
    if chain is not None:
        return markov_points(chain)
    return point_table(resolved["deterioration_points"]) if curve == "piecewise" else None


def _codes(codes: list[Any]) -> NDArray[np.int8]:
    return np.array([int(code) for code in codes], np.int8)


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def point_table(text: str) -> PointTable:
    """Return a piecewise curve from `age:condition` points, e.g. `0:1, 20:0.9, 40:0.2`."""
    points = [tuple(float(part) for part in point.split(":")) for point in text.split(",")]
    return PointTable(tuple(age for age, _ in points), tuple(condition for _, condition in points))
