"""The demo municipality as a whole, from one seed."""

from collections.abc import Mapping, Sequence

import numpy as np
import shapely

from service.demo.assessments import assessment_records
from service.demo.buildings import building_draft, other_buildings, place_buildings, service_buildings
from service.demo.cables import lighting_cables, lighting_columns, telecom_cables, telecom_ducts, telecom_nodes
from service.demo.components import component_records
from service.demo.drafts import Draft
from service.demo.events import budget_records, measure_records, outage_records
from service.demo.grounds import parks, playgrounds, sports_grounds
from service.demo.pipe_points import WATERWORKS, heat_exchangers, hydrants, manholes, pump_stations, valves
from service.demo.pipes import downhill, heating_pipes, sewers, stormwater_sewers, water_mains
from service.demo.population import forecast_records, grid_records
from service.demo.rows import DemoMunicipality, FloatArray, Records
from service.demo.services import (
    area_populations,
    capacity_records,
    given_need_records,
    places,
    service_area_records,
    usage_records,
)
from service.demo.street_furniture import parking_facilities, quays, traffic_signals, traffic_signs
from service.demo.street_network import StreetKind, StreetNetwork, build_streets
from service.demo.streets import bridges, foot_and_cycle_ways, street_segments
from service.demo.suitability import enrolment_records, replacement_records, suitability_records
from service.demo.town import Town, build_town, district_records

MUNICIPALITY_CODE = "999"
SEED = 20_260_102
_YEARLY_BUDGET_EUR = {
    "building": 1_300_000.0,
    "street_segment": 720_000.0,
    "foot_and_cycle_way": 90_000.0,
    "bridge": 110_000.0,
    "water_main": 240_000.0,
    "sewer": 280_000.0,
    "stormwater_sewer": 60_000.0,
    "district_heating_pipe": 210_000.0,
    "telecom_cable": 40_000.0,
    "lighting_column": 95_000.0,
    "playground": 45_000.0,
    "park": 60_000.0,
}
_HEATED_DISTRICTS = (0, 1, 2, 3)


def generate_municipality(seed: int = SEED) -> DemoMunicipality:
    """Return the fictitious municipality: the same for the same seed."""
    rng = np.random.default_rng(seed)
    town = build_town()
    streets = build_streets(rng, town)
    populations = area_populations()
    places_of = places(populations)
    drafts = _drafts(rng, town, streets, places_of)
    return DemoMunicipality(
        boundary=town.boundary,
        areas=(district_records(town), service_area_records(town)),
        assets=[draft.rows for draft in drafts],
        records=_records(rng, drafts, streets, populations, places_of),
    )


def _drafts(rng: np.random.Generator, town: Town, streets: StreetNetwork, places_of: Mapping[str, int]) -> list[Draft]:
    buildings = [*service_buildings(places_of), *other_buildings(rng)]
    footprints = place_buildings(rng, buildings, streets)
    middles = shapely.get_coordinates(shapely.centroid(footprints))
    drafts = [
        building_draft(rng, buildings, footprints),
        playgrounds(rng, town),
        sports_grounds(rng, town),
        parks(rng, town),
        *_water(rng, town, streets),
        *_energy_and_telecom(rng, town, streets, middles),
        *_transport(rng, town, streets, middles),
    ]
    return [draft.placed(town) for draft in drafts]


def _water(rng: np.random.Generator, town: Town, streets: StreetNetwork) -> list[Draft]:
    in_town = streets.kind != StreetKind.RURAL
    water = streets.where(in_town | (rng.random(len(in_town)) < 0.5))
    sewer = downhill(streets.where(in_town & (rng.random(len(in_town)) < 0.93)))
    storm = downhill(streets.where(in_town & (rng.random(len(in_town)) < 0.6)))
    return [
        water_mains(rng, water),
        sewers(rng, sewer),
        stormwater_sewers(rng, storm),
        manholes(rng, town, sewer, storm),
        valves(rng, town, water),
        hydrants(rng, town, water),
        pump_stations(rng, town, sewer),
    ]


def _energy_and_telecom(
    rng: np.random.Generator, town: Town, streets: StreetNetwork, middles: FloatArray
) -> list[Draft]:
    in_town = streets.kind != StreetKind.RURAL
    heated = streets.where(in_town & np.isin(streets.district, _HEATED_DISTRICTS))
    telecom = streets.where(in_town | (rng.random(len(in_town)) < 0.6))
    lit = streets.where(in_town)
    near_heat = np.isin(town.district_of(np.array(shapely.points(middles), object)), _HEATED_DISTRICTS)
    return [
        heating_pipes(rng, heated),
        heat_exchangers(rng, town, middles[near_heat]),
        telecom_cables(rng, telecom),
        telecom_ducts(rng, streets.where(streets.kind <= StreetKind.COLLECTOR)),
        telecom_nodes(rng, town, telecom),
        lighting_cables(rng, lit),
        lighting_columns(rng, town, lit),
    ]


def _transport(rng: np.random.Generator, town: Town, streets: StreetNetwork, middles: FloatArray) -> list[Draft]:
    return [
        street_segments(rng, streets),
        foot_and_cycle_ways(rng, streets),
        bridges(rng, streets),
        traffic_signs(rng, town, streets),
        traffic_signals(rng, town, streets),
        parking_facilities(rng, town, middles[::2]),
        quays(rng),
    ]


def _records(
    rng: np.random.Generator,
    drafts: Sequence[Draft],
    streets: StreetNetwork,
    populations: Mapping[str, FloatArray],
    places_of: Mapping[str, int],
) -> list[Records]:
    sizes = [len(draft.rows) for draft in drafts]
    first = (np.cumsum(sizes) - sizes).tolist()
    number_of = {draft.rows.asset_class: number for number, draft in enumerate(drafts)}
    asset_of = {name: number for number, name in enumerate(drafts[0].rows.columns["name"])}
    street = number_of["street_segment"]
    waterworks = first[number_of["pump_station"]] + np.arange(WATERWORKS)
    return [
        assessment_records(rng, drafts, first),
        component_records(rng, drafts[0], drafts[street], (first[0], first[street])),
        capacity_records(places_of, asset_of, waterworks),
        usage_records(rng, populations, places_of, asset_of),
        given_need_records(populations),
        forecast_records(populations),
        *grid_records(rng, streets.middles(), streets.district),
        measure_records(rng, drafts, first),
        outage_records(rng, drafts, first),
        budget_records(_YEARLY_BUDGET_EUR),
        suitability_records(places_of, asset_of),
        enrolment_records(populations),
        replacement_records(places_of, asset_of),
    ]
