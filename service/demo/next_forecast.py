"""A later forecast of the demo municipality in the layout of StatFin's table 14wx: fewer births, fewer families."""

import json
from collections.abc import Mapping

import numpy as np

from service.demo.population import AGES, YEARS
from service.demo.rows import FloatArray
from service.demo.services import WHOLE, area_populations

FEWER_BORN_FROM = 2025
FEWER_BORN_SHARE = 0.12
LEAVING_FROM = 2026
LEAVING_SHARE = 0.0125
_LEAVING_AGES = 45
_AREA_CODE = "KU999"


def next_forecast(year: int) -> bytes:
    """Return the forecast made in a year, from that year on: persons of the whole municipality by year and age.

    It differs from the demo's own in the children born from 2025 on, of whom there are 12 % fewer, and in those under
    45, of whom 1.25 % more leave each year from 2026 on: a school area is too large two years earlier.
    """
    persons = area_populations()[WHOLE]
    born = YEARS[:, np.newaxis] - AGES[np.newaxis, :]
    fewer = np.where(born >= FEWER_BORN_FROM, 1.0 - FEWER_BORN_SHARE, 1.0)
    years_of_leaving = np.clip(YEARS - LEAVING_FROM + 1, 0, None)[:, np.newaxis]
    left = np.where(AGES < _LEAVING_AGES, (1.0 - LEAVING_SHARE) ** years_of_leaving, 1.0)
    own = year <= YEARS
    counted = np.rint(persons * fewer * left)[own]
    return json.dumps(_dataset(year, YEARS[own].tolist(), counted), ensure_ascii=False).encode()


def _dataset(year: int, years: list[int], persons: FloatArray) -> Mapping[str, object]:
    ages = [f"{age:03d}" for age in AGES[:-1].tolist()] + [f"{AGES[-1]}-"]
    dimensions = {
        "Alue": {_AREA_CODE: "Kuntola"},
        "Vuosi": {str(each): str(each) for each in years},
        "Sukupuoli": {"SSS": "Total"},
        "Ikä": {age: age for age in ages},
        "Tiedot": {"vaesto_e24": "Population 31 Dec (projection)"},
    }
    return {
        "version": "2.0",
        "class": "dataset",
        "label": f"Population projection {year}: Population 31 Dec by Area, Year, Sex, Age and Information",
        "source": "Demo municipality, fictitious; in the layout of Statistics Finland",
        "id": list(dimensions),
        "size": [len(each) for each in dimensions.values()],
        "dimension": {name: _dimension(labels) for name, labels in dimensions.items()},
        "value": persons.ravel().astype(int).tolist(),
    }


def _dimension(labels: Mapping[str, str]) -> Mapping[str, object]:
    return {"category": {"index": {code: number for number, code in enumerate(labels)}, "label": dict(labels)}}
