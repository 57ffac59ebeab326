"""Streets and ways."""

import uuid
from typing import Any

import numpy as np
import shapely

from service.demo.drafts import Ageing, Draft, core_columns, date, era_of, pick
from service.demo.rows import AssetRows, Columns, FloatArray, IntArray
from service.demo.street_network import StreetKind, StreetNetwork
from service.demo.town import DISTRICTS

_WIDTH_M = {StreetKind.MAIN: 9.0, StreetKind.COLLECTOR: 7.5, StreetKind.LOCAL: 6.0, StreetKind.RURAL: 5.0}
_FUNCTIONAL_CLASS = {StreetKind.MAIN: 3, StreetKind.COLLECTOR: 4, StreetKind.LOCAL: 5, StreetKind.RURAL: 6}
_WINTER_CLASS = {StreetKind.MAIN: "Is", StreetKind.COLLECTOR: "I", StreetKind.LOCAL: "II", StreetKind.RURAL: "III"}
_TRAFFIC = {StreetKind.MAIN: 4200, StreetKind.COLLECTOR: 1800, StreetKind.LOCAL: 350, StreetKind.RURAL: 120}
_SURFACES = {
    StreetKind.MAIN: {"asphalt": 1.0},
    StreetKind.COLLECTOR: {"asphalt": 0.96, "paving_stone": 0.04},
    StreetKind.LOCAL: {"asphalt": 0.86, "gravel": 0.08, "paving_stone": 0.03, "soft_asphalt": 0.03},
    StreetKind.RURAL: {"gravel": 0.6, "soft_asphalt": 0.3, "asphalt": 0.1},
}
_NAMES = (
    "Koulu",
    "Asema",
    "Ranta",
    "Mylly",
    "Koivu",
    "Kirkko",
    "Pelto",
    "Metsä",
    "Kauppa",
    "Linna",
    "Satama",
    "Niitty",
)
_WAY_WIDTH_M = 3.0


def street_segments(rng: np.random.Generator, network: StreetNetwork) -> Draft:
    """Return the street segments; the surface of each is renewed every now and then."""
    count = len(network.start)
    dating = date(rng, era_of(network.district), Ageing(28, 1, 0.08, 0.85))
    width = np.round(_of_kind(network.kind, _WIDTH_M) + rng.normal(0, 0.5, count), 1)
    length = np.round(network.lengths(), 1)
    columns = core_columns("street_segment", dating, np.round(length * width, 1))
    columns |= {
        "name": street_names(network),
        "material": [pick(rng, _SURFACES[StreetKind(kind)], 1)[0] for kind in network.kind],
        "criticality": [5 - int(kind) for kind in network.kind],
        "length_m": length,
        "width_m": width,
    }
    columns |= _traffic_columns(rng, network.kind)
    return Draft(AssetRows("street_segment", columns, network.lines()), dating.condition)


def _of_kind(kinds: IntArray, values: dict[StreetKind, float]) -> FloatArray:
    return np.array([values[StreetKind(kind)] for kind in kinds], float)


def _traffic_columns(rng: np.random.Generator, kinds: IntArray) -> Columns:
    traffic = np.round(
        _of_kind(kinds, {kind: float(adt) for kind, adt in _TRAFFIC.items()}) * rng.lognormal(0, 0.4, len(kinds))
    )
    return {
        "digiroad_link_id": link_ids(rng, len(kinds)),
        "functional_class": [_FUNCTIONAL_CLASS[StreetKind(kind)] for kind in kinds],
        "maintenance_class": [_WINTER_CLASS[StreetKind(kind)] for kind in kinds],
        "street_class": [StreetKind(kind).name.lower() for kind in kinds],
        "lanes": 2,
        "daily_traffic_adt": traffic.astype(np.int64),
        "is_on_bridge": False,
    }


def link_ids(rng: np.random.Generator, count: int) -> list[str]:
    """Return link ids in the form that Digiroad's have; they are links of nothing."""
    return [f"{uuid.UUID(bytes=rng.bytes(16), version=4)}:1" for _ in range(count)]


def street_names(network: StreetNetwork) -> list[str]:
    """Return a street name for each segment, the same along a main street and for neighbours in a district."""
    names = []
    for number, (kind, district) in enumerate(zip(network.kind, network.district, strict=True)):
        stem = _NAMES[(number // 9 + int(district)) % len(_NAMES)]
        ending = {StreetKind.MAIN: "väylä", StreetKind.COLLECTOR: "katu", StreetKind.RURAL: "tie"}.get(kind, "kuja")
        names.append(f"{stem}{ending} ({DISTRICTS[district].name_fi})")
    return names


def foot_and_cycle_ways(rng: np.random.Generator, network: StreetNetwork) -> Draft:
    """Return the ways for walking and cycling beside main and collector streets and through the parks."""
    ways = network.where((network.kind <= StreetKind.COLLECTOR) | (rng.random(len(network.kind)) < 0.1))
    length = np.round(ways.lengths(), 1)
    dating = date(rng, era_of(ways.district), Ageing(25, 8, 0.12, 0.6))
    columns = core_columns("foot_and_cycle_way", dating, np.round(length * _WAY_WIDTH_M, 1))
    columns |= {
        "material": pick(rng, {"asphalt": 0.8, "gravel": 0.15, "concrete": 0.05}, len(length)),
        "digiroad_link_id": link_ids(rng, len(length)),
        "maintenance_class": "K1",
        "length_m": length,
        "width_m": _WAY_WIDTH_M,
    }
    return Draft(AssetRows("foot_and_cycle_way", columns, ways.lines((-7.5, 5.5))), dating.condition)


def bridges(rng: np.random.Generator, network: StreetNetwork) -> Draft:
    """Return bridges in some main, collector and rural segments, with the older ones limited in load."""
    large = network.where(network.kind != StreetKind.LOCAL)
    chosen = rng.choice(len(large.start), 19, replace=False)
    bridged = large.where(np.isin(np.arange(len(large.start)), chosen))
    span = np.round(rng.uniform(6, 38, len(chosen)), 1)
    dating = date(rng, era_of(bridged.district), Ageing(80, 0, 0.05, 0.3))
    columns = core_columns("bridge", dating, np.round(span * 1.2 * 8.5, 1))
    columns |= {"name": [f"{each.split(' ')[0]}n silta {i + 1}" for i, each in enumerate(street_names(bridged))]}
    columns |= _bridge_columns(rng, span, dating.condition)
    geometry = np.array(shapely.points(bridged.middles()), object)
    return Draft(AssetRows("bridge", columns, geometry), dating.condition)


def _bridge_columns(rng: np.random.Generator, span: FloatArray, condition: FloatArray) -> dict[str, Any]:
    weak = condition < 0.5
    return {
        "material": pick(rng, {"concrete": 0.5, "prestressed_concrete": 0.15, "steel": 0.15, "timber": 0.2}, len(span)),
        "criticality": rng.integers(2, 6, len(span)).tolist(),
        "structure_type": pick(
            rng, {"laattasilta": 0.5, "palkkisilta": 0.35, "kaarisilta": 0.05, "putkisilta": 0.1}, len(span)
        ),
        "load_limit_t": [18.0 if is_weak else None for is_weak in weak],
        "span_m": span,
        "length_m": np.round(span * 1.2, 1),
        "daily_traffic_adt": np.round(rng.lognormal(7, 0.6, len(span))).astype(np.int64),
        "is_protected": (rng.random(len(span)) < 0.08).tolist(),
    }
