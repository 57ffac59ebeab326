"""Telecom and street lighting in the streets."""

import numpy as np

from service.demo.drafts import (
    FIBRE_COMPANY,
    TOWN,
    Ageing,
    Draft,
    core_columns,
    date,
    era_of,
    materials_of,
    node_ids,
    pick,
    points_draft,
    used_nodes,
)
from service.demo.rows import AssetRows, FloatArray, IntArray
from service.demo.street_network import StreetKind, StreetNetwork
from service.demo.town import Town

COLUMN_SPACING_M = 42.0
_COLUMN_OFFSET_M = 5.0
_FIBRE_COUNTS = (12, 24, 48, 96, 144)


def _line_draft(
    rng: np.random.Generator,
    network: StreetNetwork,
    asset_class: str,
    shift: tuple[float, float],
    ageing: Ageing,
    owner: str,
) -> tuple[Draft, list[int]]:
    dating = date(rng, era_of(network.district), ageing)
    columns = core_columns(asset_class, dating, np.round(network.lengths(), 1), owner=owner)
    prefix = {"telecom_cable": "T", "telecom_duct": "P", "lighting_cable": "L"}[asset_class]
    columns |= {
        "from_node_id": node_ids(prefix, network.start),
        "to_node_id": node_ids(prefix, network.end),
    }
    return Draft(AssetRows(asset_class, columns, network.lines(shift)), dating.condition), dating.built.tolist()


def telecom_cables(rng: np.random.Generator, network: StreetNetwork) -> Draft:
    """Return the telecom cables, mostly fibre."""
    draft, built = _line_draft(rng, network, "telecom_cable", (3.4, -0.8), Ageing(35, 24, 0.05, 0.1), FIBRE_COMPANY)
    waves = ((0, {"copper": 1.0}), (1996, {"copper": 0.2, "fibre": 0.8}), (2008, {"fibre": 1.0}))
    materials = materials_of(rng, np.array(built), waves)
    fibres = [int(rng.choice(_FIBRE_COUNTS)) if material == "fibre" else None for material in materials]
    draft.rows.columns.update({"material": materials, "fibre_count": fibres})
    return draft


def telecom_ducts(rng: np.random.Generator, network: StreetNetwork) -> Draft:
    """Return the ducts of the main and collector streets."""
    draft, built = _line_draft(rng, network, "telecom_duct", (3.7, -1.1), Ageing(50, 20, 0.08, 0.02), FIBRE_COMPANY)
    draft.rows.columns["ways"] = rng.choice([1, 2, 4, 6], len(built)).tolist()
    return draft


def telecom_nodes(rng: np.random.Generator, town: Town, network: StreetNetwork) -> Draft:
    """Return cabinets at some nodes of the cables; some offer a gigabit, some old ones far less."""
    nodes = rng.choice(used_nodes(network), 42, replace=False)
    speeds = rng.choice([24, 100, 300, 1000, 10_000], len(nodes), p=[0.1, 0.2, 0.1, 0.5, 0.1])
    return points_draft(
        rng,
        town,
        "telecom_node",
        network.nodes[nodes] + np.array([4.5, -2.0]),
        Ageing(15, 36, 0.03, 0.3),
        owner=FIBRE_COMPANY,
        source_id=node_ids("T", nodes),
        max_speed_mbit_per_s=speeds.astype(float),
    )


def lighting_cables(rng: np.random.Generator, network: StreetNetwork) -> Draft:
    """Return the cables of the street lighting."""
    draft, built = _line_draft(rng, network, "lighting_cable", (-4.4, 2.4), Ageing(45, 5, 0.12, 0.15), TOWN)
    waves = ((0, {"copper": 0.6, "aluminium": 0.4}), (1975, {"aluminium": 0.85, "copper": 0.15}))
    draft.rows.columns["material"] = materials_of(rng, np.array(built), waves)
    return draft


def lighting_columns(rng: np.random.Generator, town: Town, network: StreetNetwork) -> Draft:
    """Return the lighting columns, one about every 42 m along the lit streets."""
    points, kinds = _column_places(network)
    high = kinds <= StreetKind.COLLECTOR
    lamps = np.where(rng.random(len(points)) < 0.55, "led", "high_pressure_sodium")
    lamps[rng.random(len(points)) < 0.05] = "mercury"
    power = np.where(lamps == "led", np.where(high, 62.0, 28.0), np.where(high, 150.0, 70.0))
    return points_draft(
        rng,
        town,
        "lighting_column",
        points,
        Ageing(35, 8, 0.15, 0.2),
        material=pick(rng, {"steel": 0.62, "timber": 0.24, "aluminium": 0.1, "concrete": 0.04}, len(points)),
        lamp_type=lamps.tolist(),
        power_w=power,
        height_m=np.where(high, 10.0, 6.0),
    )


def _column_places(network: StreetNetwork) -> tuple[FloatArray, IntArray]:
    start, way = network.nodes[network.start], network.nodes[network.end] - network.nodes[network.start]
    count = np.maximum(network.lengths() / COLUMN_SPACING_M, 1).astype(np.int64)
    segment = np.repeat(np.arange(len(count)), count)
    order = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    along = ((order + 0.5) / count[segment])[:, None]
    across = np.column_stack([-way[:, 1], way[:, 0]]) / network.lengths()[:, None] * _COLUMN_OFFSET_M
    return start[segment] + along * way[segment] + across[segment], network.kind[segment]
