"""Collections of areas: districts, service areas and the population grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.capacity import ServiceArea
from models.municipality import District
from models.population import PopulationGrid
from service.queries.feature_collections import (
    FeatureCollection,
    FeatureProperty,
    municipality_property,
    properties_by_name,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Table

_DISTRICT = {
    "district_code": (str, "Code of the district", None),
    "name_fi": (str, "Name in Finnish", None),
    "name_sv": (str, "Name in Swedish", None),
    "source_system": (str, "Source system of the record", None),
    "source_id": (str, "Identifier in the source system", None),
}
_SERVICE_AREA = {
    "service_code": (str, "Service that the area belongs to", None),
    "area_code": (str, "Code of the area", None),
    "parent_area_code": (str, "Code of the area that it lies in", None),
    "population_area_code": (str, "Area of the population forecast that holds its inhabitants", None),
    "name_fi": (str, "Name in Finnish", None),
    "name_sv": (str, "Name in Swedish", None),
}
_POPULATION_GRID = {
    "grid_code": (str, "Grid that the cell belongs to", None),
    "cell_id": (str, "Identifier of the cell in its grid", None),
    "year": (int, "Year of the figures", "a"),
    "population": (float, "Inhabitants", None),
    "floor_area_per_person_m2": (float, "Floor area per inhabitant", "m2"),
    "has_known_place": (bool, "False for the bin of inhabitants without a known address", None),
}


def area_collections() -> tuple[FeatureCollection, ...]:
    """Return the collections of areas."""
    return (
        _collection(District, "District", "A district of a municipality, by which reports are grouped.", _DISTRICT),
        _collection(
            ServiceArea, "Service area", "The area whose inhabitants the assets of a service serve.", _SERVICE_AREA
        ),
        _collection(PopulationGrid, "Population grid", "A cell of a population grid.", _POPULATION_GRID),
    )


def _collection(
    model: Any, title: str, description: str, declared: Mapping[str, tuple[type[Any], str, str | None]]
) -> FeatureCollection:
    table: Table = model.__table__
    stored: Any = table.c.geometry.type
    properties = [
        FeatureProperty(name, kind, table.c[name], says, unit=unit) for name, (kind, says, unit) in declared.items()
    ]
    return FeatureCollection(
        id=table.name,
        title=title,
        description=description,
        key=tuple(table.primary_key.columns),
        geometry_types=(stored.geometry_type,),
        properties=properties_by_name(municipality_property(table.c.municipality_code), *properties),
        source=table,
        geometry=table.c.geometry,
    )
