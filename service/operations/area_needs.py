"""The need of every service area by year, given directly, from cohorts or from the population; what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import RowMapping

from service.engine.errors import EngineError
from service.engine.need import given_need_in_years, need_by_year, need_with_given_first
from service.errors import Fault, InvalidData
from service.operations.area_population import AreaPersons, PopulationSources
from service.operations.cohort_needs import cohort_need, cohort_users, enrolment_of
from service.operations.need_parameters import NeedParameters, ServiceUseByYear, listed
from service.operations.parameter_table import ParameterTable

PARTICIPATION, COHORT_SURVIVAL = "participation", "cohort_survival"
NEED_METHODS = (PARTICIPATION, COHORT_SURVIVAL)
GIVEN, UNKNOWN = "given", None
Key = tuple[str, str]
Years = NDArray[np.int64]
Need = NDArray[np.float64]


@dataclass(frozen=True)
class AreaNeeds:
    """Need by year (years × areas, `nan`: unknown) and its basis per area."""

    need: Need
    basis: list[str | None]


class AreaNeedComputation:
    """Computes the needs of a municipality's service areas, and collects every fault on the way."""

    def __init__(
        self,
        population: PopulationSources,
        parameters: NeedParameters,
        table: ParameterTable,
        given: Sequence[RowMapping],
        enrolments: Sequence[RowMapping],
        need_method: str | None,
    ) -> None:
        self._population = population
        self._parameters = parameters
        self._table = table
        self._given = _by_area(given)
        self._enrolments = _by_area(enrolments)
        self._method = need_method
        self._uses: dict[str, ServiceUseByYear] = {}
        self._faults: list[Fault] = []

    def needs(self, service_areas: Sequence[RowMapping]) -> AreaNeeds:
        """Return the need of all service areas; an area that others lie in has none but what is given for it.

        Raises:
            InvalidData: names every area, age, year and parameter at fault.
        """
        parents = {(row["service_code"], row["parent_area_code"]) for row in service_areas}
        found = [self._of_area(row, is_sum=_key(row) in parents) for row in service_areas]
        if self._faults:
            what = dict.fromkeys(fault.detail.rstrip(".") for fault in self._faults[:3])
            raise InvalidData(f"The service need cannot be computed: {'; '.join(what)}.", self._faults)
        years = len(self._parameters.years)
        columns = [need for need, _ in found]
        return AreaNeeds(np.stack(columns, axis=1) if columns else np.zeros((years, 0)), [basis for _, basis in found])

    def _of_area(self, row: RowMapping, *, is_sum: bool) -> tuple[Need, str | None]:
        years = self._parameters.years
        own = self._given.get(_key(row), [])
        given_years = np.array([each["year"] for each in own], np.int64)
        given = given_need_in_years(given_years, np.array([each["service_need"] for each in own], float), years)
        if is_sum or not np.isnan(given).any():
            return need_with_given_first(given, given), GIVEN if own else UNKNOWN
        computed, basis = self._computed(row)
        if np.isnan(given).all():
            return computed, basis
        return need_with_given_first(computed, given), GIVEN if basis is None else f"{GIVEN}+{basis}"

    def _computed(self, row: RowMapping) -> tuple[Need, str | None]:
        """Return the need by the service's method; unknown with a fault, where something is missing."""
        unknown = np.full(len(self._parameters.years), np.nan)
        use = self._use(row["service_code"])
        if not use.is_used:
            return unknown, UNKNOWN
        try:
            if self._is_by_cohort(row):
                return self._by_cohort(row, use)
            return self._by_participation(row, use)
        except EngineError as error:
            self._faults.append(Fault(f"/service_areas/{'/'.join(_key(row))}", str(error)))
            return unknown, UNKNOWN

    def _use(self, service_code: str) -> ServiceUseByYear:
        if service_code not in self._uses:
            self._uses[service_code] = self._parameters.use(service_code, self._faults)
        return self._uses[service_code]

    def _is_by_cohort(self, row: RowMapping) -> bool:
        """Return whether cohorts tell an area's need: asked for the run where pupils are counted, or by parameter."""
        if self._method is not None:
            return self._method == COHORT_SURVIVAL and _key(row) in self._enrolments
        code = self._table.find("need_method", key=row["service_code"])
        if code not in (None, *NEED_METHODS):
            detail = f"{code!r} of {row['service_code']} is none of {', '.join(NEED_METHODS)}"
            self._faults.append(Fault("/parameters/need_method", detail))
        return bool(code == COHORT_SURVIVAL)

    def _by_participation(self, row: RowMapping, use: ServiceUseByYear) -> tuple[Need, str | None]:
        found = self._population.persons(row, self._parameters.years, use.ages)
        if found is None:
            return np.full(len(self._parameters.years), np.nan), UNKNOWN
        self._note_missing_ages(row, use.ages, (use.weight > 0) & np.isnan(found.persons))
        return need_by_year(found.persons, use.weight, use.reserve), found.basis

    def _note_missing_ages(self, row: RowMapping, ages: Years, missing: NDArray[np.bool_]) -> None:
        """Note a fault for each span of years, with the ages that are missing in it."""
        code, of_years = row["population_area_code"], dict[str, list[int]]()
        for at in np.flatnonzero(missing.any(axis=0)).tolist():
            of_years.setdefault(listed(self._parameters.years[missing[:, at]].tolist()), []).append(int(ages[at]))
        for years, own in of_years.items():
            detail = f"{code} has nobody told of age {listed(own)} in {years}, whom {row['service_code']} serves"
            self._faults.append(Fault(f"/population_forecasts/{code}", detail))

    def _by_cohort(self, row: RowMapping, use: ServiceUseByYear) -> tuple[Need, str | None]:
        years, pointer = self._parameters.years, f"/grade_enrolments/{'/'.join(_key(row))}"
        unknown = np.full(len(years), np.nan), UNKNOWN
        counted, entry_age = self._enrolments.get(_key(row), []), self._entry_age(row["service_code"])
        if not counted:
            self._faults.append(Fault(pointer, "no pupils are counted by grade, from whom cohorts could move up"))
        enrolment = enrolment_of(counted, pointer, self._faults) if counted else None
        if enrolment is None or entry_age is None:
            return unknown
        newcomers = self._newcomers(row, use, entry_age, enrolment.last_year)
        if newcomers is None:
            return unknown
        ages = entry_age + enrolment.grades - enrolment.grades[0]
        users = cohort_users(enrolment, years, newcomers, _of_ages(use, use.coefficient, ages, 1.0))
        if np.isnan(users).any():
            detail = f"the pupils of {listed(years[np.isnan(users)].tolist())} do not follow from what is counted"
            self._faults.append(Fault(pointer, detail))
        return cohort_need(users, use.reserve), COHORT_SURVIVAL

    def _entry_age(self, service_code: str) -> int | None:
        age = self._table.find("entry_age", key=service_code)
        if age is None:
            self._faults.append(Fault("/parameters/entry_age", f"no value for {service_code} is valid"))
        return None if age is None else int(age)

    def _newcomers(self, row: RowMapping, use: ServiceUseByYear, entry_age: int, last_counted: int) -> Need | None:
        """Return the pupils who enter after the last count, from the persons of the entry age."""
        last_year = int(self._parameters.years[-1])
        coming = np.arange(last_counted + 1, last_year + 1)
        if not len(coming):
            return np.zeros(0)
        found: AreaPersons | None = self._population.persons(row, coming, np.array([entry_age]))
        if found is None:
            where = f"/population_forecasts/{row['population_area_code']}"
            detail = f"there is neither a forecast of {row['population_area_code']} nor a grid that tells newcomers"
            self._faults.append(Fault(where, detail))
            return None
        share = _of_ages(use, use.participation, np.array([entry_age]), 0.0)[:, 0]
        return found.persons[:, 0] * share[np.clip(coming - int(self._parameters.years[0]), 0, len(share) - 1)]


def _key(row: RowMapping) -> Key:
    return row["service_code"], row["area_code"]


def _by_area(rows: Sequence[RowMapping]) -> dict[Key, list[RowMapping]]:
    own: dict[Key, list[RowMapping]] = {}
    for row in rows:
        own.setdefault(_key(row), []).append(row)
    return own


def _of_ages(use: ServiceUseByYear, values: Need, ages: Years, otherwise: float) -> Need:
    """Return years × the ages wanted of a parameter of all ages."""
    if not len(use.ages):
        return np.full((len(values), len(ages)), otherwise)
    place = np.clip(np.searchsorted(use.ages, ages), 0, len(use.ages) - 1)
    return np.where(use.ages[place] == ages, values[:, place], otherwise)
