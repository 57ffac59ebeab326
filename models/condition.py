"""Condition: scales, assessments that are kept for ever, and components."""

from __future__ import annotations

import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Sequence, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, MunicipalityCode, Share, Year, municipality_check, share_check

ASSESSMENT_ID_SEQUENCE = Sequence("condition_assessment_id_seq", metadata=Base.metadata)
COMPONENT_ID_SEQUENCE = Sequence("component_id_seq", metadata=Base.metadata)


class ConditionScale(Base):
    """A rating scale with its direction: never a bare number (methods.md C.4)."""

    __tablename__ = "condition_scale"
    __table_args__ = (CheckConstraint("best <> worst", name="direction"),)

    scale_code: Mapped[str] = mapped_column(primary_key=True)
    description: Mapped[str]
    best: Mapped[float | None]
    worst: Mapped[float | None]
    source_id: Mapped[str] = mapped_column(ForeignKey("source.source_id"))


class ConditionScaleValue(Base):
    """A point of a scale and the condition index it means; numeric scales are linear between their points."""

    __tablename__ = "condition_scale_value"
    __table_args__ = (share_check("condition_index"),)

    scale_code: Mapped[str] = mapped_column(ForeignKey("condition_scale.scale_code"), primary_key=True)
    value_given: Mapped[str] = mapped_column(primary_key=True)
    condition_index: Mapped[Share]


class AssessmentMethod(StrEnum):
    """How a condition was found."""

    VISUAL = "visual"
    MEASURED = "measured"
    CCTV = "cctv"
    COMPUTED = "computed"


class ConditionAssessment(Base):
    """One assessment of an asset or of a component; the newest at or before the valuation date counts."""

    __tablename__ = "condition_assessment"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "asset_id"], ["asset.municipality_code", "asset.asset_id"]),
        ForeignKeyConstraint(
            ["municipality_code", "component_id"], ["component.municipality_code", "component.component_id"]
        ),
        UniqueConstraint("municipality_code", "source_system", "source_id"),
        municipality_check(),
        share_check("condition_index"),
        Index("ix_condition_assessment_newest", "municipality_code", "asset_id", "assessed_on"),
    )

    municipality_code: Mapped[MunicipalityCode]
    assessment_id: Mapped[int] = mapped_column(BigInteger, ASSESSMENT_ID_SEQUENCE, primary_key=True)
    asset_id: Mapped[int] = mapped_column(BigInteger)
    component_id: Mapped[int | None] = mapped_column(BigInteger)
    assessed_on: Mapped[datetime.date]
    scale_code: Mapped[str] = mapped_column(ForeignKey("condition_scale.scale_code"))
    value_given: Mapped[str]
    condition_index: Mapped[Share]
    method: Mapped[AssessmentMethod]
    assessor: Mapped[str | None]
    remark: Mapped[str | None]
    source_system: Mapped[str | None]
    source_id: Mapped[str | None]
    recorded_at: Mapped[datetime.datetime]
    recorded_by: Mapped[str]


class Component(Base):
    """A part of an asset with its own life: roof, facade, ventilation; wearing course, base."""

    __tablename__ = "component"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "asset_id"], ["asset.municipality_code", "asset.asset_id"]),
        UniqueConstraint("municipality_code", "asset_id", "component_code"),
        municipality_check(),
        share_check("cost_share"),
        CheckConstraint("service_life_years > 0", name="service_life_years"),
        CheckConstraint("built_year BETWEEN 1200 AND 2200", name="built_year"),
        CheckConstraint("renewed_year BETWEEN 1200 AND 2200", name="renewed_year"),
    )

    municipality_code: Mapped[MunicipalityCode]
    component_id: Mapped[int] = mapped_column(BigInteger, COMPONENT_ID_SEQUENCE, primary_key=True)
    asset_id: Mapped[int] = mapped_column(BigInteger)
    component_code: Mapped[str]
    cost_share: Mapped[Share]
    built_year: Mapped[Year | None]
    renewed_year: Mapped[Year | None]
    service_life_years: Mapped[float]
