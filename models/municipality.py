"""Municipalities (national) and the districts of each."""

from __future__ import annotations

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import MUNICIPALITY_CODE, Base, MunicipalityCode, Year, municipality_check

AREA_SRID = 3067


class Municipality(Base):
    """A municipality of today or of yesterday; `000` is the whole country in statistics."""

    __tablename__ = "municipality"
    __table_args__ = (municipality_check(),)

    municipality_code: Mapped[MunicipalityCode]
    name_fi: Mapped[str]
    name_sv: Mapped[str]
    name_en: Mapped[str | None]
    abolished_year: Mapped[Year | None]
    successor_code: Mapped[str | None] = mapped_column(MUNICIPALITY_CODE)
    is_fictitious: Mapped[bool]
    boundary: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", srid=AREA_SRID, spatial_index=False))


class District(Base):
    """A district of a municipality, by which reports are grouped."""

    __tablename__ = "district"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code"], ["municipality.municipality_code"]),
        UniqueConstraint("municipality_code", "source_system", "source_id"),
        municipality_check(),
        Index("ix_district_geometry", "geometry", postgresql_using="gist"),
    )

    municipality_code: Mapped[MunicipalityCode]
    district_code: Mapped[str] = mapped_column(primary_key=True)
    name_fi: Mapped[str]
    name_sv: Mapped[str | None]
    geometry: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=AREA_SRID, spatial_index=False))
    source_system: Mapped[str | None]
    source_id: Mapped[str | None]
