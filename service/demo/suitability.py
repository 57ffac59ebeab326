"""How the demo's schools and day-care centres fit their services, pupils by grade, and one larger school planned."""

import datetime
from collections.abc import Mapping

import numpy as np

from service.demo.building_kinds import DAY_CARE, SCHOOLS, ServiceBuilding
from service.demo.population import YEARS
from service.demo.rows import REFERENCE_YEAR, FloatArray, Records
from service.demo.services import SCHOOL_AREAS

# Teaching and care changed in these years: what was built before fits the less.
_CLASS_BY_YEAR = {1960: 1, 1975: 2, 1990: 3, 2005: 4}
_CURING_EUR_PER_M2 = {1: 900.0, 2: 600.0, 3: 250.0, 4: 60.0, 5: 0.0}
_ASSESSED_ON = datetime.date(REFERENCE_YEAR, 3, 14)
_GRADES = range(1, 10)
_FIRST_AGE = 7
_REPLACED, _REPLACED_YEAR, _MORE_PLACES, _REPLACEMENT_EUR_PER_PLACE = "Rantakylän koulu", 2034, 1.2, 28_000.0


def suitability_class(building: ServiceBuilding) -> int:
    """Return the class by the year in which the building was built or renewed, 5 for what is new."""
    year = building.renewed_year or building.built_year
    return next((grade for limit, grade in _CLASS_BY_YEAR.items() if year < limit), 5)


def suitability_records(places_of: Mapping[str, int], asset_of: Mapping[str, int]) -> Records:
    """Return how each school and day-care centre fits its service, with the cost of curing what does not fit."""
    buildings = [(each, "basic_education") for each in SCHOOLS] + [(each, "early_education") for each in DAY_CARE]
    classes = [suitability_class(each) for each, _ in buildings]
    area = [places_of[each.name_fi] * each.area_per_place_m2 for each, _ in buildings]
    rates = [_CURING_EUR_PER_M2[grade] for grade in classes]
    return Records(
        "suitability",
        {
            "service_code": [service for _, service in buildings],
            "assessed_on": _ASSESSED_ON,
            "suitability_class": classes,
            "curing_cost_eur": np.round(np.array(area) * np.array(rates), -3),
            "assessor": "Tilapalvelut",
            "remark": "Esittelyarvo rakennusvuoden mukaan",
            "recorded_at": datetime.datetime(REFERENCE_YEAR, 3, 14, 12, tzinfo=datetime.UTC),
            "recorded_by": "demo",
        },
        asset=np.array([asset_of[each.name_fi] for each, _ in buildings], np.int64),
    )


def enrolment_records(populations: Mapping[str, FloatArray]) -> Records:
    """Return the pupils of each school area by grade, counted in the years until the reference year."""
    years = [int(year) for year in YEARS if year <= REFERENCE_YEAR]
    rows = [
        (area.code, year, grade, float(np.rint(populations[area.code][year - int(YEARS[0]), _FIRST_AGE + grade - 1])))
        for area in SCHOOL_AREAS
        for year in years
        for grade in _GRADES
    ]
    area_code, year, grade, users = zip(*rows, strict=True)
    return Records(
        "grade_enrolment",
        {"service_code": "basic_education", "area_code": area_code, "year": year, "grade": grade, "users": users},
    )


def replacement_records(places_of: Mapping[str, int], asset_of: Mapping[str, int]) -> Records:
    """Return the one school that is planned to be replaced by a larger and better one."""
    places = float(round(places_of[_REPLACED] * _MORE_PLACES))
    return Records(
        "measure",
        {
            "kind": ["renewal"],
            "state": "planned",
            "year": _REPLACED_YEAR,
            "cost_eur": round(places * _REPLACEMENT_EUR_PER_PLACE, -3),
            "condition_index_after": 1.0,
            "service_code": "basic_education",
            "capacity_after": places,
            "remark": "Esittelykohde: suurempi ja parempi koulu",
        },
        asset=np.array([asset_of[_REPLACED]], np.int64),
    )
