"""Small sets of assets to value: everything not named takes a value that disturbs nothing."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from service.engine.backlog import Method
from service.engine.components import ComponentInputs
from service.engine.curves import CurveKind, Curves, PointTable
from service.engine.grades import GradeChain
from service.engine.method_parameters import Ambition, MethodParameters, MethodSet
from service.engine.need_split import CapacityInputs, SizingNeeds
from service.engine.valuation import AssetInputs, AssetParameters

settings.register_profile("engine", deadline=None, derandomize=True)
settings.load_profile("engine")

UNKNOWN = float("nan")

CURVES = {
    "kind": CurveKind.LINEAR,
    "annual_wear_share": 0.0175,
    "service_life_years": 50.0,
    "wearing_share": 1.0,
    "shape": 2.5,
    "scale_years": 45.0,
    "point_table": 0,
}
ASSETS = {
    "asset_class": 1,
    "quantity": 1000.0,
    "recorded_replacement_cost_eur": UNKNOWN,
    "built_year": UNKNOWN,
    "renewed_year": UNKNOWN,
    "assessed_condition": UNKNOWN,
    "assessed_year": UNKNOWN,
    "is_protected": False,
}
PARAMETERS = {
    "unit_cost_eur": 2500.0,
    "regional_factor": 1.0,
    "annual_wear_share": 0.0175,
    "target_condition": 0.75,
    "default_condition": 0.5,
    "method": Method.VALUE,
}
COMPONENTS = {
    "cost_share": 1.0,
    "built_year": UNKNOWN,
    "renewed_year": UNKNOWN,
    "service_life_years": 40.0,
    "assessed_condition": UNKNOWN,
    "assessed_year": UNKNOWN,
    "wearing_share": 1.0,
}
# Every method's parameters; the measures cost a share of the replacement cost, so that no quantity disturbs a law.
METHOD_SET = MethodSet(
    optimum_class=4.0,
    limit_condition=0.5,
    ambition=Ambition.ACCEPTABLE,
    is_collector=True,
    balance_remaining_life=0.5,
    service_life_years=60.0,
    discount_rate=0.03,
    outlook_years=15.0,
    grades=GradeChain((0.08, 0.06, 0.05, 0.04), (1.0, 0.75, 0.5, 0.25, 0.0), (0.0, 0.1, 0.3, 1.0, 1.0)),
    rules=((1, 5, UNKNOWN, 1.0), (2, 5, UNKNOWN, 0.6), (2, 4, UNKNOWN, 0.4), (3, 5, UNKNOWN, 0.3)),
)
TYPES = {"kind": np.int8, "method": np.int8, "asset_class": np.int16, "is_protected": np.bool_}


def columns(defaults: dict[str, Any], size: int, given: dict[str, Any]) -> dict[str, np.ndarray]:
    unknown_names = given.keys() - defaults.keys()
    assert not unknown_names, f"no such column: {unknown_names}"
    return {
        name: np.array(np.broadcast_to(np.asarray(given.get(name, value), TYPES.get(name, float)), size))
        for name, value in defaults.items()
    }


@pytest.fixture(scope="session")
def curves() -> Callable[..., Curves]:
    """Curves of ``size`` assets; linear with 1.75 % a year unless said otherwise."""

    def make(size: int = 1, tables: tuple[PointTable, ...] = (), **given: Any) -> Curves:
        made = columns(CURVES, size, given)
        made["point_table"] = made["point_table"].astype(np.int64)
        return Curves(**made, point_tables=tables)

    return make


@pytest.fixture(scope="session")
def assets() -> Callable[..., AssetInputs]:
    """Assets of 1 000 m² of which nothing else is known unless said otherwise."""

    def make(size: int = 1, asset_id: Any = None, **given: Any) -> AssetInputs:
        ids = np.arange(1, size + 1) if asset_id is None else np.asarray(asset_id)
        return AssetInputs(asset_id=ids, **columns(ASSETS, size, given))

    return make


@pytest.fixture(scope="session")
def parameters(curves: Callable[..., Curves]) -> Callable[..., AssetParameters]:
    """Parameters: 2 500 €/m², target 0.75, default condition 0.5, value method unless said otherwise."""

    def make(size: int = 1, curve: Curves | None = None, price_factor: Any = None, **given: Any) -> AssetParameters:
        factor = None if price_factor is None else np.broadcast_to(np.asarray(price_factor, float), size)
        made = columns(PARAMETERS, size, given)
        methods = MethodParameters(np.zeros(size, np.int64), (METHOD_SET,))
        return AssetParameters(**made, curves=curve or curves(size), price_factor=factor, methods=methods)

    return make


@pytest.fixture(scope="session")
def components() -> Callable[..., ComponentInputs]:
    """Components of the assets in the rows given, each with a life of 40 years unless said otherwise."""

    def make(asset_row: list[int], **given: Any) -> ComponentInputs:
        return ComponentInputs(asset_row=np.array(asset_row), **columns(COMPONENTS, len(asset_row), given))

    return make


@pytest.fixture(scope="session")
def capacities() -> Callable[..., CapacityInputs]:
    """Capacities of service 1 in area 1 for the assets in the rows given, unless said otherwise."""

    def make(
        asset_row: Any, capacity: Any, service: Any = 1, area: Any = 1, running_cost_eur: Any = 0.0
    ) -> CapacityInputs:
        rows = np.asarray(asset_row)
        numbers = (np.array(np.broadcast_to(np.asarray(value, np.int64), rows.size)) for value in (service, area))
        figures = (np.array(np.broadcast_to(np.asarray(v, float), rows.size)) for v in (capacity, running_cost_eur))
        return CapacityInputs(rows, *numbers, *figures)

    return make


@pytest.fixture(scope="session")
def needs() -> Callable[..., SizingNeeds]:
    """Sizing needs of service 1 in area 1, a new place at 30 000 €, unless said otherwise."""

    def make(sizing_need: Any, service: Any = 1, area: Any = 1, new_place_cost_eur: Any = 30_000.0) -> SizingNeeds:
        need = np.atleast_1d(np.asarray(sizing_need, float))
        numbers = (np.array(np.broadcast_to(np.asarray(value, np.int64), need.size)) for value in (service, area))
        price = np.array(np.broadcast_to(np.asarray(new_place_cost_eur, float), need.size))
        return SizingNeeds(*numbers, need, price)

    return make
