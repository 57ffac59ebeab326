"""The record tables that REST lists, each with its columns and the key that orders it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ColumnElement, FromClause, Table

from models.base import Base
from models.capacity import Capacity, Service, ServiceArea, ServiceNeed
from models.condition import Component, ConditionAssessment, ConditionScale, ConditionScaleValue
from models.cost_index import CostIndex
from models.enrolment import GradeEnrolment
from models.measure import Budget, Measure, Outage
from models.measure_rule import MeasureRule
from models.municipality import Municipality
from models.parameter import Parameter, ParameterValue
from models.population import PopulationForecast
from models.source import Source
from models.suitability import Suitability
from service.queries.tables import table_of


@dataclass(frozen=True)
class RecordSet:
    """Records of one kind.

    Attributes:
        name: What one of them is called in the OpenAPI document.
        table: Where they are written.
        source: Where they are read from.
        columns: What is given out, by name.
        order: Names of the columns of the key, by which pages go.
        description: What they are.
    """

    name: str
    table: Table
    source: FromClause
    columns: Mapping[str, ColumnElement[Any]] = field(repr=False)
    order: tuple[str, ...]
    description: str = ""

    @property
    def key_types(self) -> tuple[type[Any], ...]:
        """Return the Python types of the key's parts."""
        return tuple(self.columns[name].type.python_type for name in self.order)


def is_geometry(column: ColumnElement[Any]) -> bool:
    """Return whether a column holds geometry."""
    return isinstance(column.type, Geometry)


def _of(model: type[Base], *order: str, without: tuple[str, ...] = ()) -> RecordSet:
    table = table_of(model)
    columns = {column.name: column for column in table.columns if column.name not in without}
    return RecordSet(model.__name__, table, table, columns, order, model.__doc__ or "")


def _parameters() -> RecordSet:
    values, names = table_of(ParameterValue), table_of(Parameter)
    source = values.join(names, values.c.name == names.c.name)
    described = {name: names.c[name] for name in ("description", "unit", "kind")}
    columns = {column.name: column for column in values.columns}
    return RecordSet(
        "ParameterValue",
        values,
        source,
        {**columns, **described},
        ("parameter_value_id",),
        ParameterValue.__doc__ or "",
    )


def _scales() -> RecordSet:
    values, scales = table_of(ConditionScaleValue), table_of(ConditionScale)
    source = values.join(scales, values.c.scale_code == scales.c.scale_code)
    columns = {**{column.name: column for column in values.columns}, "description": scales.c.description}
    return RecordSet("ConditionScaleValue", values, source, columns, ("scale_code", "value_given"), _SCALES)


_SCALES = "A point of a condition scale and the index it means; scales of numbers are linear between their points."
ASSESSMENTS = _of(ConditionAssessment, "municipality_code", "assessment_id")
COMPONENTS = _of(Component, "municipality_code", "component_id")
CAPACITIES = _of(Capacity, "municipality_code", "capacity_id")
MEASURES = _of(Measure, "municipality_code", "measure_id")
OUTAGES = _of(Outage, "municipality_code", "outage_id")
SERVICES = _of(Service, "service_code")
SERVICE_AREAS = _of(ServiceArea, "municipality_code", "service_code", "area_code")
SUITABILITIES = _of(Suitability, "municipality_code", "suitability_id")
GRADE_ENROLMENTS = _of(GradeEnrolment, "municipality_code", "service_code", "area_code", "year", "grade")
SERVICE_NEEDS = _of(ServiceNeed, "municipality_code", "service_code", "area_code", "scenario", "year")
POPULATION_FORECASTS = _of(PopulationForecast, "municipality_code", "area_code", "scenario", "year", "age")
BUDGETS = _of(Budget, "municipality_code", "year", "asset_class")
MUNICIPALITIES = _of(Municipality, "municipality_code", without=("boundary",))
PARAMETERS = _parameters()
SCALES = _scales()
COST_INDICES = _of(CostIndex, "index_code", "year", "month")
MEASURE_RULES = _of(MeasureRule, "measure_rule_id")
SOURCES = _of(Source, "source_id")

RECORD_SETS = (
    ASSESSMENTS,
    COMPONENTS,
    CAPACITIES,
    MEASURES,
    OUTAGES,
    SUITABILITIES,
    SERVICES,
    SERVICE_AREAS,
    SERVICE_NEEDS,
    GRADE_ENROLMENTS,
    POPULATION_FORECASTS,
    BUDGETS,
    MUNICIPALITIES,
    PARAMETERS,
    SCALES,
    MEASURE_RULES,
    COST_INDICES,
    SOURCES,
)
