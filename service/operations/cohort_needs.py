"""Need of a school service from the pupils who move up: enrolment counted by grade, newcomers from the forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import RowMapping

from service.engine.cohort import cohort_forecast, progression
from service.engine.need import exact_need
from service.errors import Fault
from service.operations.need_parameters import listed

LEAST_YEARS = 2


@dataclass(frozen=True)
class Enrolment:
    """Pupils counted in years running (ascending) and grades running, years × grades."""

    years: NDArray[np.int64]
    grades: NDArray[np.int64]
    pupils: NDArray[np.float64]

    @property
    def last_year(self) -> int:
        """Return the newest year counted."""
        return int(self.years[-1])


def enrolment_of(rows: Sequence[RowMapping], pointer: str, faults: list[Fault]) -> Enrolment | None:
    """Return the pupils of a service area by year and grade; None where years or grades are missing, with faults."""
    counted = {(row["year"], row["grade"]): row["users"] for row in rows}
    found = sorted({year for year, _ in counted}), sorted({grade for _, grade in counted})
    years, grades = (np.arange(each[0], each[-1] + 1) for each in found)
    gaps = [(int(grade), [int(year) for year in years if (year, grade) not in counted]) for grade in grades]
    own = [Fault(pointer, f"grade {grade} is not counted in {listed(missing)}") for grade, missing in gaps if missing]
    if len(years) < LEAST_YEARS:
        own.append(Fault(pointer, f"pupils are counted in {listed(found[0])} only: two years running are needed"))
    faults += own
    pupils = np.array([[counted.get((year, grade), np.nan) for grade in grades] for year in years], np.float64)
    return None if own else Enrolment(years, grades, pupils)


def cohort_users(
    enrolment: Enrolment, years: NDArray[np.int64], newcomers: NDArray[np.float64], coefficient: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the places used by year: pupils counted until the last count, then those of the cohorts.

    Args:
        enrolment: What was counted.
        years: Ascending, running; those before the first count are unknown.
        newcomers: Pupils that enter the lowest grade, one for each year after the last count until the last year.
        coefficient: Places that a pupil takes, years × grades.
    """
    coming = cohort_forecast(enrolment.pupils[-1], progression(enrolment.pupils), newcomers)
    known = np.concatenate([enrolment.pupils, coming.reshape(len(newcomers), len(enrolment.grades))])
    row = years - int(enrolment.years[0])
    inside = (row >= 0) & (row < len(known))
    pupils = np.where(inside[:, np.newaxis], known[np.clip(row, 0, len(known) - 1)], np.nan)
    places: NDArray[np.float64] = (pupils * coefficient).sum(axis=1)
    return places


def cohort_need(users: NDArray[np.float64], reserve: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the need by year: the users and the reserve on top."""
    return exact_need(users * (1.0 + reserve))
