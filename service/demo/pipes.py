"""Pipes in the streets: drinking water, waste water, stormwater and district heating."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from service.demo.drafts import (
    ENERGY_COMPANY,
    TOWN,
    WATER_COMPANY,
    Ageing,
    Draft,
    Wave,
    core_columns,
    date,
    era_of,
    materials_of,
    node_ids,
)
from service.demo.rows import AssetRows, FloatArray, IntArray, Objects
from service.demo.street_network import StreetKind, StreetNetwork
from service.demo.town import ground_level


@dataclass(frozen=True)
class PipeSpec:
    """How a pipe network lies in the streets.

    `shift` is where it lies beside the middle of the street in metres, `diameters` those of local, collector and main
    streets in mm, `depth_m` the usual depth of cover.
    """

    asset_class: str
    owner: str
    node_prefix: str
    shift: tuple[float, float]
    ageing: Ageing
    diameters: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
    depth_m: float
    waves: Sequence[Wave]


WATER = PipeSpec(
    "water_main",
    WATER_COMPANY,
    "V",
    (2.2, 1.3),
    Ageing(75, 0, 0.08, 0.15),
    ((63, 90, 110), (110, 160), (160, 225, 300)),
    2.0,
    (
        (0, {"cast_iron": 1.0}),
        (1958, {"cast_iron": 0.5, "asbestos_cement": 0.3, "steel": 0.2}),
        (1970, {"pvc": 0.8, "ductile_iron": 0.2}),
        (1988, {"pe": 0.7, "pvc": 0.2, "ductile_iron": 0.1}),
    ),
)
SEWER = PipeSpec(
    "sewer",
    WATER_COMPANY,
    "J",
    (-1.9, 1.6),
    Ageing(80, 0, 0.1, 0.12),
    ((160, 200), (200, 250), (250, 315, 400)),
    2.6,
    (
        (0, {"concrete": 0.9, "vitrified_clay": 0.1}),
        (1968, {"concrete": 0.5, "pvc": 0.5}),
        (1980, {"pvc": 0.9, "pp": 0.1}),
        (2000, {"pvc": 0.4, "pp": 0.6}),
    ),
)
STORMWATER = PipeSpec(
    "stormwater_sewer",
    TOWN,
    "H",
    (-2.8, -1.2),
    Ageing(85, 4, 0.15, 0.05),
    ((250, 300), (300, 400), (400, 500, 600)),
    1.9,
    ((0, {"concrete": 1.0}), (1985, {"concrete": 0.4, "pp": 0.3, "pe": 0.3})),
)
HEATING = PipeSpec(
    "district_heating_pipe",
    ENERGY_COMPANY,
    "K",
    (0.6, -2.9),
    Ageing(50, 12, 0.03, 0.1),
    ((40, 50, 65), (80, 100, 125), (150, 200, 250)),
    1.0,
    (
        (0, {"duct_steel": 1.0}),
        (1980, {"duct_steel": 0.3, "single_pipe_steel": 0.7}),
        (1995, {"single_pipe_steel": 0.4, "twin_pipe_steel": 0.6}),
    ),
)
_SEGMENT_LIMIT = {StreetKind.LOCAL: 0, StreetKind.RURAL: 0, StreetKind.COLLECTOR: 1, StreetKind.MAIN: 2}


def pipes(rng: np.random.Generator, network: StreetNetwork, spec: PipeSpec) -> Draft:
    """Return the pipes of a network, one in each street segment."""
    dating = date(rng, era_of(network.district), spec.ageing)
    columns = core_columns(
        spec.asset_class,
        dating,
        np.round(network.lengths(), 1),
        owner=spec.owner,
        material=materials_of(rng, dating.built, spec.waves),
        status=_status(rng, len(network.start)),
        criticality=[1 + 2 * _SEGMENT_LIMIT[StreetKind(kind)] for kind in network.kind],
    )
    columns |= {
        "nominal_diameter_mm": _diameters(rng, network.kind, spec),
        "depth_m": np.round(np.clip(rng.normal(spec.depth_m, 0.3, len(network.start)), 0.6, 5), 2),
        "from_node_id": node_ids(spec.node_prefix, network.start),
        "to_node_id": node_ids(spec.node_prefix, network.end),
    }
    return Draft(AssetRows(spec.asset_class, columns, network.lines(spec.shift)), dating.condition)


def _status(rng: np.random.Generator, count: int) -> list[str]:
    return ["decommissioned" if drawn < 0.01 else "in_use" for drawn in rng.random(count)]


def _diameters(rng: np.random.Generator, kinds: IntArray, spec: PipeSpec) -> list[int]:
    return [int(rng.choice(spec.diameters[_SEGMENT_LIMIT[StreetKind(kind)]])) for kind in kinds]


def water_mains(rng: np.random.Generator, network: StreetNetwork) -> Draft:
    """Return the water mains, with pressure zones and relined pipes."""
    draft = pipes(rng, network, WATER)
    level = ground_level(network.middles())
    zones = {"pressure_zone": ["Ylävesi" if each > 115 else "Alavesi" for each in level]}
    old_iron = np.array([material == "cast_iron" for material in draft.rows.columns["material"]])
    lined = {"is_lined": (old_iron & (rng.random(len(old_iron)) < 0.12)).tolist()}
    return Draft(_with(draft.rows, zones | lined), draft.condition)


def downhill(network: StreetNetwork) -> StreetNetwork:
    """Return the network with each segment turned so that it falls."""
    level = ground_level(network.nodes)
    falls = level[network.start] >= level[network.end]
    start, end = np.where(falls, network.start, network.end), np.where(falls, network.end, network.start)
    return StreetNetwork(network.nodes, start, end, network.kind, network.district)


def sewers(rng: np.random.Generator, network: StreetNetwork) -> Draft:
    """Return the sewers of a network that falls, with levels; a few are pressure sewers."""
    draft = pipes(rng, network, SEWER)
    depth = np.asarray(draft.rows.columns["depth_m"])
    pressurised = {"is_pressurised": (rng.random(len(depth)) < 0.06).tolist()}
    return Draft(_with(draft.rows, pressurised, _with_levels(network, depth)), draft.condition)


def stormwater_sewers(rng: np.random.Generator, network: StreetNetwork) -> Draft:
    """Return the stormwater sewers of a network that falls."""
    return pipes(rng, network, STORMWATER)


def heating_pipes(rng: np.random.Generator, network: StreetNetwork) -> Draft:
    """Return the district heating pipes."""
    return pipes(rng, network, HEATING)


def _with_levels(network: StreetNetwork, depth: FloatArray) -> Objects:
    level = ground_level(network.nodes)
    ends = np.stack([network.nodes[network.start], network.nodes[network.end]], axis=1) + np.array(SEWER.shift)
    z = np.column_stack([level[network.start], level[network.end]]) - depth[:, None]
    return np.array(shapely.linestrings(np.dstack([ends, np.round(z, 2)])), object)


def _with(rows: AssetRows, columns: dict[str, Any], geometry_z: Objects | None = None) -> AssetRows:
    return AssetRows(rows.asset_class, {**rows.columns, **columns}, rows.geometry, geometry_z)
