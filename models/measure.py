"""Measures planned and done, outages and budgets."""

from __future__ import annotations

import datetime
from enum import StrEnum

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Sequence,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Money, MunicipalityCode, Year, municipality_check, not_negative_check, share_check

MEASURE_ID_SEQUENCE = Sequence("measure_id_seq", metadata=Base.metadata)
OUTAGE_ID_SEQUENCE = Sequence("outage_id_seq", metadata=Base.metadata)


class MeasureKind(StrEnum):
    """What is done to an asset."""

    REPAIR = "repair"
    BASIC_REPAIR = "basic_repair"
    IMPROVEMENT = "improvement"
    RENEWAL = "renewal"
    DEMOLITION = "demolition"
    DISPOSAL = "disposal"


class MeasureState(StrEnum):
    """Whether a measure lies ahead or behind."""

    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class Measure(Base):
    """A measure of an asset, with its year, cost and the condition after it.

    Where it makes the asset larger, `capacity_after` says what the asset then serves of `service_code`, and
    `quantity_after` how large it is.
    """

    __tablename__ = "measure"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "asset_id"], ["asset.municipality_code", "asset.asset_id"]),
        municipality_check(),
        not_negative_check("cost_eur"),
        share_check("condition_index_after"),
        not_negative_check("capacity_after"),
        not_negative_check("quantity_after"),
        CheckConstraint("year BETWEEN 1900 AND 2200", name="year"),
        Index("ix_measure_asset", "municipality_code", "asset_id"),
    )

    municipality_code: Mapped[MunicipalityCode]
    measure_id: Mapped[int] = mapped_column(BigInteger, MEASURE_ID_SEQUENCE, primary_key=True)
    asset_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[MeasureKind]
    state: Mapped[MeasureState]
    year: Mapped[Year]
    cost_eur: Mapped[Money | None]
    condition_index_after: Mapped[float | None]
    remark: Mapped[str | None]
    service_code: Mapped[str | None] = mapped_column(ForeignKey("service.service_code"))
    capacity_after: Mapped[float | None]
    quantity_after: Mapped[float | None]


class Outage(Base):
    """A break or an interruption; the asset stays open where the source names one that is not in the register."""

    __tablename__ = "outage"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code"], ["municipality.municipality_code"]),
        ForeignKeyConstraint(["municipality_code", "asset_id"], ["asset.municipality_code", "asset.asset_id"]),
        UniqueConstraint("municipality_code", "source_system", "source_id"),
        municipality_check(),
        not_negative_check("customers_affected"),
        CheckConstraint("ended_at >= started_at", name="ended_at"),
        Index("ix_outage_asset", "municipality_code", "asset_id"),
    )

    municipality_code: Mapped[MunicipalityCode]
    outage_id: Mapped[int] = mapped_column(BigInteger, OUTAGE_ID_SEQUENCE, primary_key=True)
    asset_id: Mapped[int | None] = mapped_column(BigInteger)
    source_asset_id: Mapped[str | None]
    started_at: Mapped[datetime.datetime]
    ended_at: Mapped[datetime.datetime | None]
    customers_affected: Mapped[int | None] = mapped_column(Integer)
    cause: Mapped[str | None]
    is_planned: Mapped[bool]
    geometry: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=3067, spatial_index=False))
    source_system: Mapped[str | None]
    source_id: Mapped[str | None]


class Budget(Base):
    """Money for repair and renewal of a class in a year."""

    __tablename__ = "budget"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code"], ["municipality.municipality_code"]),
        municipality_check(),
        not_negative_check("amount_eur"),
        CheckConstraint("year BETWEEN 1900 AND 2200", name="year"),
    )

    municipality_code: Mapped[MunicipalityCode]
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    asset_class: Mapped[int] = mapped_column(ForeignKey("asset_class.asset_class"), primary_key=True)
    amount_eur: Mapped[Money]
