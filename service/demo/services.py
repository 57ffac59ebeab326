"""Service areas, capacities, use and needs: one school area with too few pupils soon, one with too many."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from service.demo.building_kinds import DAY_CARE, LIBRARIES, SCHOOLS, ServiceBuilding
from service.demo.pipe_points import WATERWORKS
from service.demo.population import SCENARIO, YEARS, population_by_area
from service.demo.rows import REFERENCE_YEAR, SOURCE_SYSTEM, FloatArray, IntArray, Records
from service.demo.town import DISTRICTS, Town, as_multipolygons

WHOLE = "all"
SIZED_YEAR = REFERENCE_YEAR + 1
_RESERVE = 1.05  # as the default parameter need_reserve_share has it
_SCHOOL_AGES = np.arange(7, 16)
_DAY_CARE_USE = np.array([0.42, 0.42, 0.42, 0.90, 0.90, 0.93, 0.81]) * np.array([1.75] * 3 + [1.0] * 4)
_RUNNING_COST_EUR_PER_M2 = 82.0


@dataclass(frozen=True)
class Area:
    """A service area made of districts; `slack` is its capacity in relation to the need of the sized year."""

    service: str
    code: str
    name_fi: str
    name_sv: str
    districts: tuple[str, ...]
    slack: float


SCHOOL_AREAS = (
    Area("basic_education", "PO1", "Keskustan oppilaaksiottoalue", "Centrums upptagningsområde", ("01", "02"), 1.34),
    Area("basic_education", "PO2", "Rantakylän oppilaaksiottoalue", "Strandbys upptagningsområde", ("03", "06"), 0.97),
    Area("basic_education", "PO3", "Myllymäen oppilaaksiottoalue", "Kvarnbackens upptagningsområde", ("04",), 0.0),
    Area("basic_education", "PO4", "Koivuniemen oppilaaksiottoalue", "Björknäs upptagningsområde", ("05",), 1.06),
    Area("basic_education", "PO5", "Kirkonkylän oppilaaksiottoalue", "Kyrkbyns upptagningsområde", ("07", "08"), 1.5),
)
SURPLUS_AREA, SURPLUS_FROM = "PO3", 2033
_DAY_CARE_SLACK = {"01": 1.15, "02": 1.0, "03": 0.93, "04": 1.25, "05": 1.05, "06": 1.1, "07": 1.4, "08": 1.35}
DAY_CARE_AREAS = tuple(
    Area(
        "early_education",
        f"VK{district.code}",
        f"{district.genitive_fi} varhaiskasvatusalue",
        f"{district.name_sv}: område för småbarnspedagogik",
        (district.code,),
        _DAY_CARE_SLACK[district.code],
    )
    for district in DISTRICTS
)
WHOLE_AREAS = tuple(
    Area(service, WHOLE, "Koko kunta", "Hela kommunen", tuple(each.code for each in DISTRICTS), 1.0)
    for service in ("library", "water_supply")
)
_EVERYWHERE = tuple(each.code for each in DISTRICTS)
# The areas around the others: their figures are sums.
OUTER_AREAS = (
    Area(
        "basic_education", "PO", "Perusopetus, koko kunta", "Grundläggande utbildning, hela kommunen", _EVERYWHERE, 0.0
    ),
    Area("early_education", "VK", "Varhaiskasvatus, koko kunta", "Småbarnspedagogik, hela kommunen", _EVERYWHERE, 0.0),
)
AREAS = (*SCHOOL_AREAS, *DAY_CARE_AREAS, *WHOLE_AREAS)
_WATERWORKS_CAPACITY = (1500.0, 1300.0, 900.0)
_LIBRARY_CAPACITY = {"Pääkirjasto": 430.0, "Kirkonkylän lähikirjasto": 90.0}


def area_populations() -> dict[str, FloatArray]:
    """Return persons by year and age of the districts, the school areas and the whole municipality."""
    districts = {each.code: (each.code,) for each in DISTRICTS}
    schools = {area.code: area.districts for area in SCHOOL_AREAS}
    return population_by_area({**districts, **schools, WHOLE: tuple(districts)})


def service_area_records(town: Town) -> Records:
    """Return the rows of the service areas: their districts, put together."""
    by_code = dict(zip((each.code for each in DISTRICTS), town.districts, strict=True))
    areas = (*OUTER_AREAS, *AREAS)
    outer = {area.service: area.code for area in OUTER_AREAS}
    shapes = [shapely.union_all([by_code[code] for code in area.districts]) for area in areas]
    return Records(
        "service_area",
        {
            "service_code": [area.service for area in areas],
            "area_code": [area.code for area in areas],
            "parent_area_code": [None if area in OUTER_AREAS else outer.get(area.service) for area in areas],
            "population_area_code": [WHOLE if area in OUTER_AREAS else _population_area(area) for area in areas],
            "name_fi": [area.name_fi for area in areas],
            "name_sv": [area.name_sv for area in areas],
        },
        geometry=as_multipolygons(np.array(shapes, object)),
    )


def _population_area(area: Area) -> str:
    return area.districts[0] if area.service == "early_education" else area.code


def need_by_year(area: Area, populations: Mapping[str, FloatArray]) -> FloatArray:
    """Return the places that an area needs, by year, as the default parameters have it."""
    persons = populations[_population_area(area)]
    if area.service == "basic_education":
        return np.asarray(persons[:, _SCHOOL_AGES].sum(axis=1) * _RESERVE, float)
    return np.asarray(persons[:, : len(_DAY_CARE_USE)] @ _DAY_CARE_USE * _RESERVE, float)


def area_capacity(area: Area, populations: Mapping[str, FloatArray]) -> float:
    """Return the places of an area: its slack times the need, or what is just too much from a year on."""
    need = need_by_year(area, populations)
    if area.code == SURPLUS_AREA:
        return float(need[np.searchsorted(YEARS, [SURPLUS_FROM - 1, SURPLUS_FROM])].mean())
    return float(need[np.searchsorted(YEARS, SIZED_YEAR)] * area.slack)


def places(populations: Mapping[str, FloatArray]) -> dict[str, int]:
    """Return the places of each school and day-care centre, by name."""
    found: dict[str, int] = {}
    for buildings, areas in ((SCHOOLS, SCHOOL_AREAS), (DAY_CARE, DAY_CARE_AREAS)):
        for area in areas:
            own = [building for building in buildings if building.district in area.districts]
            shares = np.array([building.place_share for building in own])
            split = np.floor(area_capacity(area, populations) * shares / shares.sum()).astype(int)
            found |= {building.name_fi: int(count) for building, count in zip(own, split, strict=True)}
    return found


def _area_of(building: ServiceBuilding, areas: tuple[Area, ...]) -> Area:
    return next(area for area in areas if building.district in area.districts)


def capacity_records(places_of: Mapping[str, int], asset_of: Mapping[str, int], waterworks: IntArray) -> Records:
    """Return the capacities with their running costs: schools, day-care, libraries and waterworks.

    Args:
        places_of: Places by name of the school or day-care centre.
        asset_of: Number of the asset by name of the building.
        waterworks: Numbers of the waterworks' pump stations.
    """
    rows = [
        (asset_of[each.name_fi], area.service, area.code, float(places_of[each.name_fi]), each.area_per_place_m2)
        for buildings, areas in ((SCHOOLS, SCHOOL_AREAS), (DAY_CARE, DAY_CARE_AREAS))
        for each in buildings
        for area in [_area_of(each, areas)]
    ]
    rows += [(asset_of[each.name_fi], "library", WHOLE, _LIBRARY_CAPACITY[each.name_fi], 5.0) for each in LIBRARIES]
    rows += [
        (int(waterworks[number]), "water_supply", WHOLE, _WATERWORKS_CAPACITY[number], 1.2)
        for number in range(WATERWORKS)
    ]
    asset, service, area, capacity, unit_area = zip(*rows, strict=True)
    return Records(
        "capacity",
        {
            "service_code": service,
            "area_code": area,
            "valid_from": datetime.date(2015, 8, 1),
            "valid_to": None,
            "capacity": capacity,
            "running_cost_eur": np.round(np.array(capacity) * np.array(unit_area) * _RUNNING_COST_EUR_PER_M2, 2),
            "source_system": SOURCE_SYSTEM,
            "source_id": [f"capacity-{number:04d}" for number in range(1, len(rows) + 1)],
        },
        asset=np.array(asset, np.int64),
    )


def usage_records(
    rng: np.random.Generator,
    populations: Mapping[str, FloatArray],
    places_of: Mapping[str, int],
    asset_of: Mapping[str, int],
) -> Records:
    """Return the pupils and children counted on 20 September of the last two years."""
    years = (REFERENCE_YEAR - 1, REFERENCE_YEAR)
    rows = []
    for buildings, areas in ((SCHOOLS, SCHOOL_AREAS), (DAY_CARE, DAY_CARE_AREAS)):
        for building in buildings:
            area = _area_of(building, areas)
            share = places_of[building.name_fi] / sum(
                places_of[other.name_fi] for other in buildings if _area_of(other, areas) is area
            )
            for year in years:
                need = need_by_year(area, populations)[year - int(YEARS[0])] / _RESERVE
                users = float(rng.poisson(need * share * 0.98))
                rows.append((asset_of[building.name_fi], area.service, datetime.date(year, 9, 20), users))
    asset, service, day, users_counted = zip(*rows, strict=True)
    columns = {"service_code": service, "observed_on": day, "users": users_counted}
    return Records("service_usage", columns, asset=np.array(asset, np.int64))


def given_need_records(populations: Mapping[str, FloatArray]) -> Records:
    """Return the needs given directly: water and library visits a day, which follow the number of inhabitants."""
    inhabitants = populations[WHOLE].sum(axis=1)
    per_person = {"library": 0.021, "water_supply": 0.195}
    return Records(
        "service_need",
        {
            "service_code": [service for service in per_person for _ in YEARS],
            "area_code": WHOLE,
            "scenario": SCENARIO,
            "year": np.tile(YEARS, len(per_person)),
            "service_need": np.concatenate([np.round(inhabitants * share, 1) for share in per_person.values()]),
            "note": "Esittelyarvo: asukasmäärä × ominaiskäyttö",
        },
    )
