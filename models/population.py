"""Population by single age and year, and the population grid."""

from __future__ import annotations

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, MunicipalityCode, Year, municipality_check, not_negative_check

WHOLE_MUNICIPALITY = "all"


class PopulationForecast(Base):
    """Persons of one age in an area at the end of a year; the area `all` is the whole municipality.

    `is_open_age` marks a class such as "100 and over".
    """

    __tablename__ = "population_forecast"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code"], ["municipality.municipality_code"]),
        municipality_check(),
        not_negative_check("population"),
        CheckConstraint("year BETWEEN 1749 AND 2200", name="year"),
        CheckConstraint("age BETWEEN 0 AND 130", name="age"),
    )

    municipality_code: Mapped[MunicipalityCode]
    area_code: Mapped[str] = mapped_column(primary_key=True)
    scenario: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    age: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    population: Mapped[float]
    is_open_age: Mapped[bool]


class PopulationGrid(Base):
    """A cell of a population grid; `has_known_place` is false for the bin of people without a known address."""

    __tablename__ = "population_grid"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code"], ["municipality.municipality_code"]),
        municipality_check(),
        not_negative_check("population"),
        Index("ix_population_grid_geometry", "geometry", postgresql_using="gist"),
    )

    municipality_code: Mapped[MunicipalityCode]
    grid_code: Mapped[str] = mapped_column(primary_key=True)
    cell_id: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[Year | None]
    population: Mapped[float]
    floor_area_per_person_m2: Mapped[float | None]
    has_known_place: Mapped[bool]
    geometry: Mapped[WKBElement] = mapped_column(Geometry("POLYGON", srid=3067, spatial_index=False))


class PopulationGridAge(Base):
    """Persons of an age group in a cell; `age_to` empty is the open group."""

    __tablename__ = "population_grid_age"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_code", "grid_code", "cell_id"],
            ["population_grid.municipality_code", "population_grid.grid_code", "population_grid.cell_id"],
        ),
        municipality_check(),
        not_negative_check("population"),
        CheckConstraint("age_to >= age_from", name="age_to"),
    )

    municipality_code: Mapped[MunicipalityCode]
    grid_code: Mapped[str] = mapped_column(primary_key=True)
    cell_id: Mapped[str] = mapped_column(primary_key=True)
    age_from: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    age_to: Mapped[int | None] = mapped_column(SmallInteger)
    population: Mapped[float]
