"""What stands in and beside the streets: signs, signals, parking and quays."""

import numpy as np
import shapely

from service.demo.drafts import TOWN, Ageing, Draft, core_columns, date, era_of, points_draft
from service.demo.rows import AssetRows, FloatArray
from service.demo.street_network import StreetKind, StreetNetwork
from service.demo.town import CENTRE, Town

_SIGN_CODES = ("A11", "B5", "B6", "C32", "C37", "D5", "E1", "E30", "F50")
_QUAY_COUNT = 5
_SIGNALS = 14


def traffic_signs(rng: np.random.Generator, town: Town, network: StreetNetwork) -> Draft:
    """Return signs near the ends of the streets, more of them on main streets."""
    expected = np.where(network.kind <= StreetKind.COLLECTOR, 1.6, 0.6)
    segment = np.repeat(np.arange(len(expected)), rng.poisson(expected))
    along = rng.choice([0.1, 0.9], len(segment))[:, None]
    start, end = network.nodes[network.start[segment]], network.nodes[network.end[segment]]
    points = start + along * (end - start) + rng.normal(0, 1.2, (len(segment), 2)) + 4.0
    codes = rng.choice(_SIGN_CODES, len(segment)).tolist()
    return points_draft(rng, town, "traffic_sign", points, Ageing(15, 25, 0.4, 0.7), sign_code=codes)


def traffic_signals(rng: np.random.Generator, town: Town, network: StreetNetwork) -> Draft:
    """Return signals at the junctions where most main streets meet, nearest to the centre first."""
    main = network.where(network.kind == StreetKind.MAIN)
    degree = np.bincount(np.concatenate([main.start, main.end]), minlength=len(network.nodes))
    distance = np.linalg.norm(network.nodes - np.array(CENTRE), axis=1)
    chosen = np.lexsort((distance, -np.minimum(degree, 2)))[:_SIGNALS]
    return points_draft(
        rng,
        town,
        "traffic_signal",
        network.nodes[chosen],
        Ageing(20, 20, 0.0, 0.6),
        criticality=3,
        controller_type=rng.choice(["EC-2", "FC3", "ITC-3"], len(chosen)).tolist(),
    )


def parking_facilities(rng: np.random.Generator, town: Town, places_near: FloatArray) -> Draft:
    """Return a parking area near each of the given buildings, some of them for bicycles."""
    bicycles = rng.random(len(places_near)) < 0.3
    places = np.where(bicycles, rng.integers(10, 60, len(places_near)), rng.integers(12, 140, len(places_near)))
    half = np.sqrt(places * np.where(bicycles, 1.5, 25.0)) / 2
    middle = places_near + np.array([-38.0, 30.0])
    geometry = np.array(shapely.box(*(middle - half[:, None]).T, *(middle + half[:, None]).T), object)
    district = town.district_of(np.array(shapely.centroid(geometry), object))
    dating = date(rng, era_of(district), Ageing(40, 6, 0.2, 0.3))
    columns = core_columns("parking_facility", dating, places.astype(float), is_for_bicycles=bicycles.tolist())
    columns["charging_points"] = [None if bicycle else int(rng.binomial(6, 0.3)) for bicycle in bicycles]
    return Draft(AssetRows("parking_facility", columns, geometry), dating.condition)


def quays(rng: np.random.Generator) -> Draft:
    """Return quays on the shore in the south-east."""
    start = np.array(CENTRE) + np.column_stack(
        [2150 + 130 * np.arange(_QUAY_COUNT), -1900 + 60 * rng.normal(0, 1, _QUAY_COUNT)]
    )
    length = np.round(rng.uniform(25, 90, _QUAY_COUNT), 1)
    ends = np.stack([start, start + np.column_stack([length, np.zeros(_QUAY_COUNT)])], axis=1)
    geometry = np.array(shapely.linestrings(ends), object)
    dating = date(rng, np.full(_QUAY_COUNT, 1976), Ageing(50, 0, 0.1, 0.3))
    columns = core_columns("quay", dating, length, owner=TOWN, criticality=2)
    columns |= {
        "name": [f"Rantakylän laituri {number}" for number in range(1, _QUAY_COUNT + 1)],
        "water_depth_m": np.round(rng.uniform(1.8, 4.2, _QUAY_COUNT), 1),
    }
    return Draft(AssetRows("quay", columns, geometry), dating.condition)
