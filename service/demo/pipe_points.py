"""What stands on the pipes: manholes, valves, hydrants, pump stations and heat exchangers."""

import numpy as np
import shapely

from service.demo.drafts import (
    ENERGY_COMPANY,
    WATER_COMPANY,
    Ageing,
    Dating,
    Draft,
    core_columns,
    date,
    era_of,
    node_ids,
    points_draft,
    used_nodes,
)
from service.demo.pipes import SEWER, STORMWATER, WATER, PipeSpec
from service.demo.rows import AssetRows, FloatArray, IntArray
from service.demo.street_network import StreetNetwork
from service.demo.town import Town, ground_level

WATERWORKS = 3
_PUMP_STATIONS = 27


def _node_points(network: StreetNetwork, nodes: IntArray, spec: PipeSpec) -> FloatArray:
    points: FloatArray = network.nodes[nodes] + np.array(spec.shift)
    return points


def manholes(rng: np.random.Generator, town: Town, sewer: StreetNetwork, stormwater: StreetNetwork) -> Draft:
    """Return a manhole at every node of the sewers and stormwater sewers, with the level of its cover."""
    networks = ((sewer, SEWER, "sewer"), (stormwater, STORMWATER, "stormwater"))
    nodes = [used_nodes(network) for network, _, _ in networks]
    points = np.vstack(
        [_node_points(network, own, spec) for (network, spec, _), own in zip(networks, nodes, strict=True)]
    )
    district = town.district_of(np.array(shapely.points(points), object))
    dating = date(rng, era_of(district), Ageing(80, 0, 0.12, 0.05))
    ids = [name for (_, spec, _), own in zip(networks, nodes, strict=True) for name in node_ids(spec.node_prefix, own)]
    serves = [name for (_, _, name), own in zip(networks, nodes, strict=True) for _ in own]
    return _manhole_draft(rng, points, dating, ids, serves)


def _manhole_draft(
    rng: np.random.Generator, points: FloatArray, dating: Dating, ids: list[str], serves: list[str]
) -> Draft:
    level = np.round(ground_level(points), 2)
    columns = core_columns("manhole", dating, 1.0, owner=WATER_COMPANY, source_id=ids)
    columns |= {"serves_network": serves, "cover_level_m": level}
    columns["depth_m"] = np.round(np.clip(rng.normal(2.4, 0.5, len(points)), 0.8, 6), 2)
    with_level = np.array(shapely.points(np.column_stack([points, level])), object)
    return Draft(AssetRows("manhole", columns, np.array(shapely.points(points), object), with_level), dating.condition)


def valves(rng: np.random.Generator, town: Town, water: StreetNetwork) -> Draft:
    """Return a valve at every node of the water network."""
    nodes = used_nodes(water)
    return points_draft(
        rng,
        town,
        "valve",
        _node_points(water, nodes, WATER),
        Ageing(40, 0, 0.12, 0.25),
        owner=WATER_COMPANY,
        source_id=node_ids(WATER.node_prefix, nodes),
        nominal_diameter_mm=rng.choice([63, 90, 110, 160, 225], len(nodes)).tolist(),
        is_open=(rng.random(len(nodes)) > 0.03).tolist(),
    )


def hydrants(rng: np.random.Generator, town: Town, water: StreetNetwork) -> Draft:
    """Return hydrants along the water mains, about one for five segments."""
    chosen = np.flatnonzero(rng.random(len(water.start)) < 0.2)
    points = water.middles()[chosen] + np.array(WATER.shift) + 1.5
    flow = np.round(rng.normal(1500, 300, len(points)), -1)
    return points_draft(
        rng,
        town,
        "hydrant",
        points,
        Ageing(40, 0, 0.1, 0.3),
        owner=WATER_COMPANY,
        flow_l_per_min=np.clip(flow, 400, 3000),
    )


def pump_stations(rng: np.random.Generator, town: Town, sewer: StreetNetwork) -> Draft:
    """Return the waterworks' pump stations first, then those of the sewers at low nodes."""
    nodes = used_nodes(sewer)
    low = nodes[np.argsort(ground_level(sewer.nodes[nodes]))]
    chosen = np.concatenate([low[-WATERWORKS:], rng.choice(low[: len(low) // 2], _PUMP_STATIONS, replace=False)])
    names = [f"Vedenottamo {number}" for number in range(1, WATERWORKS + 1)]
    names += [f"JVP {number:02d}" for number in range(1, _PUMP_STATIONS + 1)]
    flow = np.concatenate([[140, 120, 90], np.round(rng.lognormal(3.2, 0.5, _PUMP_STATIONS), 1)])
    return points_draft(
        rng,
        town,
        "pump_station",
        sewer.nodes[chosen] + np.array([9.0, -7.0]),
        Ageing(35, 4, 0.05, 0.5),
        owner=WATER_COMPANY,
        name=names,
        criticality=[5] * WATERWORKS + [4] * _PUMP_STATIONS,
        serves_network=["water"] * WATERWORKS + ["sewer"] * _PUMP_STATIONS,
        design_flow_m3_per_h=flow,
        pumps=[3] * WATERWORKS + [2] * _PUMP_STATIONS,
    )


def heat_exchangers(rng: np.random.Generator, town: Town, heated: FloatArray) -> Draft:
    """Return a heat exchanger beside each of the given buildings."""
    power = np.round(rng.lognormal(4.6, 0.6, len(heated)))
    return points_draft(
        rng,
        town,
        "heat_exchanger",
        heated + np.array([12.0, 12.0]),
        Ageing(25, 15, 0.04, 0.6),
        owner=ENERGY_COMPANY,
        thermal_power_kw=power,
    )
