"""Condition assessments on the scales that each trade uses, for a part of the assets; and components."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.demo.drafts import Draft
from service.demo.rows import REFERENCE_YEAR, SOURCE_SYSTEM, FloatArray, IntArray, Records

RECORDED_AT = datetime.datetime(2026, 1, 2, 8, 0, tzinfo=datetime.UTC)
RECORDED_BY = "demo"
ASSESSOR = "Kuntoarvio Esittely Oy"


@dataclass(frozen=True)
class Inspection:
    """How a class is inspected: which share, on which scale, by which method, and within how many years."""

    share: float
    scale_code: str
    method: str
    cycle_years: int = 8


INSPECTIONS = {
    "building": Inspection(0.72, "fi_1_5", "visual", 10),
    "playground": Inspection(0.85, "fi_1_5", "visual", 3),
    "sports_ground": Inspection(0.5, "fi_1_5", "visual", 6),
    "park": Inspection(0.35, "fi_1_5", "visual", 8),
    "water_main": Inspection(0.06, "percent_0_100", "computed", 6),
    "sewer": Inspection(0.32, "fi_1_5", "cctv", 12),
    "stormwater_sewer": Inspection(0.15, "fi_1_5", "cctv", 12),
    "manhole": Inspection(0.3, "fi_1_5", "visual", 12),
    "hydrant": Inspection(0.4, "fi_1_5", "visual", 4),
    "pump_station": Inspection(0.8, "percent_0_100", "visual", 5),
    "district_heating_pipe": Inspection(0.12, "percent_0_100", "computed", 6),
    "heat_exchanger": Inspection(0.5, "fi_1_5", "visual", 5),
    "lighting_column": Inspection(0.28, "fi_1_5", "visual", 9),
    "street_segment": Inspection(0.62, "suomen_kuntotekniikka_1_5", "visual", 6),
    "foot_and_cycle_way": Inspection(0.45, "pci_0_100", "measured", 6),
    "bridge": Inspection(0.95, "fi_1_5", "visual", 5),
    "traffic_signal": Inspection(0.7, "fi_1_5", "visual", 4),
    "parking_facility": Inspection(0.3, "fi_1_5", "visual", 8),
    "quay": Inspection(1.0, "ns3424_tg", "visual", 5),
}
"""Classes that are not here are never inspected: their condition follows from their age."""

_REPEATED_SHARE = 0.3


def on_scale(scale_code: str, condition: FloatArray) -> tuple[list[str], FloatArray]:
    """Return conditions as values of a scale, and the condition index that each value means.

    >>> on_scale("suomen_kuntotekniikka_1_5", np.array([0.97, 0.41]))
    (['1', '4'], array([1. , 0.4]))
    """
    if scale_code in ("percent_0_100", "pci_0_100"):
        value = np.rint(condition * 100)
        return [str(int(each)) for each in value], value / 100
    if scale_code == "ns3424_tg":
        grade = np.rint((1 - condition) * 3)
        return [str(int(each)) for each in grade], 1 - grade / 3
    grade = np.clip(np.rint(condition * 5), 1, 5)
    shown = 6 - grade if scale_code == "suomen_kuntotekniikka_1_5" else grade
    return [str(int(each)) for each in shown], grade / 5


def assessment_records(rng: np.random.Generator, drafts: Sequence[Draft], first_asset: Sequence[int]) -> Records:
    """Return the assessments of all classes; some assets have been assessed twice."""
    parts = [
        _class_assessments(rng, draft, first, INSPECTIONS[draft.rows.asset_class])
        for draft, first in zip(drafts, first_asset, strict=True)
        if draft.rows.asset_class in INSPECTIONS
    ]
    columns = {name: [value for part, _ in parts for value in part[name]] for name in parts[0][0]}
    count = len(columns["value_given"])
    return Records(
        "condition_assessment",
        columns | _common(count),
        asset=np.concatenate([asset for _, asset in parts]),
    )


def _common(count: int) -> dict[str, Any]:
    return {
        "component_id": None,
        "assessor": ASSESSOR,
        "remark": None,
        "source_system": SOURCE_SYSTEM,
        "source_id": [f"assessment-{number:05d}" for number in range(1, count + 1)],
        "recorded_at": RECORDED_AT,
        "recorded_by": RECORDED_BY,
    }


def _class_assessments(
    rng: np.random.Generator, draft: Draft, first: int, inspection: Inspection
) -> tuple[dict[str, list[Any]], IntArray]:
    chosen = np.flatnonzero((rng.random(len(draft.rows)) < inspection.share) & _is_standing(draft))
    again = chosen[rng.random(len(chosen)) < _REPEATED_SHARE]
    asset = np.concatenate([chosen, again])
    back = np.where(np.arange(len(asset)) < len(chosen), 0, inspection.cycle_years)
    years = REFERENCE_YEAR - back - rng.integers(0, inspection.cycle_years, len(asset))
    found = np.clip(draft.condition[asset] + back * 0.012 + rng.normal(0, 0.04, len(asset)), 0, 1)
    given, index = on_scale(inspection.scale_code, found)
    columns = {
        "assessed_on": [datetime.date(int(year), int(rng.integers(4, 11)), int(rng.integers(1, 28))) for year in years],
        "scale_code": [inspection.scale_code] * len(asset),
        "value_given": given,
        "condition_index": index.tolist(),
        "method": [inspection.method] * len(asset),
    }
    return columns, asset + first


def _is_standing(draft: Draft) -> Any:
    status = draft.rows.columns["status"]
    return True if isinstance(status, str) else np.array([each in ("in_use", "out_of_use") for each in status])
