"""Capacity, use and service need."""

from __future__ import annotations

import datetime

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Sequence,
    SmallInteger,
    func,
    literal_column,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Money, MunicipalityCode, municipality_check, not_negative_check

CAPACITY_ID_SEQUENCE = Sequence("capacity_id_seq", metadata=Base.metadata)


class Service(Base):
    """A service that inhabitants use, and the unit in which its need and capacity are counted."""

    __tablename__ = "service"

    service_code: Mapped[str] = mapped_column(primary_key=True)
    capacity_unit: Mapped[str]
    name_fi: Mapped[str]
    name_sv: Mapped[str]
    name_en: Mapped[str]


class ServiceArea(Base):
    """The area whose inhabitants the assets of a service serve; areas may lie within another."""

    __tablename__ = "service_area"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code"], ["municipality.municipality_code"]),
        ForeignKeyConstraint(
            ["municipality_code", "service_code", "parent_area_code"],
            ["service_area.municipality_code", "service_area.service_code", "service_area.area_code"],
            name="fk_service_area_parent",
        ),
        municipality_check(),
        Index("ix_service_area_geometry", "geometry", postgresql_using="gist"),
    )

    municipality_code: Mapped[MunicipalityCode]
    service_code: Mapped[str] = mapped_column(ForeignKey("service.service_code"), primary_key=True)
    area_code: Mapped[str] = mapped_column(primary_key=True)
    parent_area_code: Mapped[str | None]
    population_area_code: Mapped[str]
    name_fi: Mapped[str]
    name_sv: Mapped[str | None]
    geometry: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", srid=3067, spatial_index=False))


class Capacity(Base):
    """What an asset can serve of a service, from a day until another; `caretakers` where it follows from the staff."""

    __tablename__ = "capacity"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "asset_id"], ["asset.municipality_code", "asset.asset_id"]),
        ForeignKeyConstraint(
            ["municipality_code", "service_code", "area_code"],
            ["service_area.municipality_code", "service_area.service_code", "service_area.area_code"],
        ),
        ExcludeConstraint(
            ("municipality_code", "="),
            ("asset_id", "="),
            ("service_code", "="),
            (func.daterange(literal_column("valid_from"), literal_column("valid_to")), "&&"),
            name="ex_capacity_overlap",
            using="gist",
        ),
        municipality_check(),
        not_negative_check("capacity"),
        not_negative_check("running_cost_eur"),
        not_negative_check("caretakers"),
        CheckConstraint("valid_to > valid_from", name="validity"),
    )

    municipality_code: Mapped[MunicipalityCode]
    capacity_id: Mapped[int] = mapped_column(BigInteger, CAPACITY_ID_SEQUENCE, primary_key=True)
    asset_id: Mapped[int] = mapped_column(BigInteger)
    service_code: Mapped[str] = mapped_column(ForeignKey("service.service_code"))
    area_code: Mapped[str | None]
    valid_from: Mapped[datetime.date]
    valid_to: Mapped[datetime.date | None]
    capacity: Mapped[float]
    running_cost_eur: Mapped[Money | None]
    source_system: Mapped[str | None]
    source_id: Mapped[str | None]
    caretakers: Mapped[float | None]


class ServiceUsage(Base):
    """Observed use of an asset by a service on a day: pupils enrolled, children present."""

    __tablename__ = "service_usage"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "asset_id"], ["asset.municipality_code", "asset.asset_id"]),
        municipality_check(),
        not_negative_check("users"),
    )

    municipality_code: Mapped[MunicipalityCode]
    asset_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    service_code: Mapped[str] = mapped_column(ForeignKey("service.service_code"), primary_key=True)
    observed_on: Mapped[datetime.date] = mapped_column(primary_key=True)
    users: Mapped[float]


class ServiceNeed(Base):
    """A need given directly, which goes before the one computed from the population."""

    __tablename__ = "service_need"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_code", "service_code", "area_code"],
            ["service_area.municipality_code", "service_area.service_code", "service_area.area_code"],
        ),
        municipality_check(),
        not_negative_check("service_need"),
    )

    municipality_code: Mapped[MunicipalityCode]
    service_code: Mapped[str] = mapped_column(ForeignKey("service.service_code"), primary_key=True)
    area_code: Mapped[str] = mapped_column(primary_key=True)
    scenario: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    service_need: Mapped[float]
    note: Mapped[str | None]
