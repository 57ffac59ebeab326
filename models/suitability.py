"""Suitability: how an asset fits the service that it houses, which its condition does not tell."""

from __future__ import annotations

import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Sequence, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Money, MunicipalityCode, municipality_check, not_negative_check

SUITABILITY_ID_SEQUENCE = Sequence("suitability_id_seq", metadata=Base.metadata)


class Suitability(Base):
    """How an asset fits a service on a day: class 5 fits it wholly, 1 not at all; and what curing that costs, VAT 0.

    The newest one counts; those before stay.
    """

    __tablename__ = "suitability"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "asset_id"], ["asset.municipality_code", "asset.asset_id"]),
        municipality_check(),
        CheckConstraint("suitability_class BETWEEN 1 AND 5", name="suitability_class"),
        not_negative_check("curing_cost_eur"),
        Index("ix_suitability_asset", "municipality_code", "asset_id", "service_code", "assessed_on"),
    )

    municipality_code: Mapped[MunicipalityCode]
    suitability_id: Mapped[int] = mapped_column(BigInteger, SUITABILITY_ID_SEQUENCE, primary_key=True)
    asset_id: Mapped[int] = mapped_column(BigInteger)
    service_code: Mapped[str] = mapped_column(ForeignKey("service.service_code"))
    assessed_on: Mapped[datetime.date]
    suitability_class: Mapped[int] = mapped_column(SmallInteger)
    curing_cost_eur: Mapped[Money | None]
    assessor: Mapped[str | None]
    remark: Mapped[str | None]
    recorded_at: Mapped[datetime.datetime]
    recorded_by: Mapped[str]
