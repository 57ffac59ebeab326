"""Whole valuations worked by hand, kept in valuation_cases.yaml for planners to read and add to."""

from typing import Any

import numpy as np
import pytest

from service.engine.backlog import Method
from service.engine.components import ComponentInputs
from service.engine.curves import CurveKind, Curves
from service.engine.valuation import AssetInputs, AssetParameters, value_assets

AMOUNTS = {
    "replacement_cost",
    "technical_value",
    "repair_backlog",
    "basic_repair",
    "improvement",
    "repair_liability",
    "annual_wear",
}


def one(value: float) -> np.ndarray:
    return np.array([value], float)


def inputs(asset: dict[str, float]) -> AssetInputs:
    known = {"quantity": 1000.0, **asset}
    names = ("quantity", "recorded_replacement_cost_eur", "built_year", "renewed_year")
    names += ("assessed_condition", "assessed_year")
    columns = {name: one(known.pop(name, np.nan)) for name in names}
    assert not known, f"no such input: {known}"
    return AssetInputs(np.array([1]), np.array([1]), **columns, is_protected=np.array([False]))


def parameters(method: str, wear: float) -> AssetParameters:
    curves = Curves(
        np.array([CurveKind.LINEAR], np.int8), one(wear), *(one(np.nan) for _ in range(4)), np.zeros(1, np.int64)
    )
    code = np.array([Method[method.upper()]], np.int8)
    return AssetParameters(one(2500), one(1), curves, one(wear), one(0.75), one(0.5), code)


def test_valuation_comes_out_as_worked_by_hand(valuation_case: dict[str, Any]) -> None:
    held = parameters(valuation_case["method"], valuation_case.get("annual_wear_share", 0.0175))
    valued = value_assets(inputs(valuation_case["asset"]), ComponentInputs.none(), held, valuation_case["year"])

    for name, expected in valuation_case["expect"].items():
        found = getattr(valued, name)[0]
        assert (found / 100 if name in AMOUNTS else found) == pytest.approx(expected, abs=1e-12), name
