"""Runs: what was computed when, with which parameters, and the results, which are never changed."""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Sequence,
    SmallInteger,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Money, MunicipalityCode, Year, municipality_check, share_check

# They stand in the index too: a page or a tile of a low zoom else fetches a row for each asset. 32 MB of a million
# assets. Tiles drawn close by have `map_figures`.
_SHOWN_ON_MAPS = [
    "condition_index",
    "condition_basis",
    "repair_backlog_eur",
    "needed_backlog_eur",
    "avoidable_backlog_eur",
]
RUN_ID_SEQUENCE = Sequence("run_id_seq", metadata=Base.metadata)


class RunState(StrEnum):
    """How far a run is."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Run(Base):
    """One valuation of a municipality's assets."""

    __tablename__ = "run"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code"], ["municipality.municipality_code"]),
        municipality_check(),
        CheckConstraint("valuation_year BETWEEN 1900 AND 2200", name="valuation_year"),
        Index("ix_run_municipality_code_finished", "municipality_code", "state", "run_id"),
    )

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, RUN_ID_SEQUENCE, primary_key=True)
    kind: Mapped[str]
    state: Mapped[RunState]
    valuation_year: Mapped[Year]
    settings: Mapped[dict[str, Any]]
    asset_count: Mapped[int | None]
    code_version: Mapped[str]
    input_hash: Mapped[str | None]
    started_at: Mapped[datetime.datetime]
    finished_at: Mapped[datetime.datetime | None]
    created_by: Mapped[str]
    error: Mapped[str | None]


class RunParameter(Base):
    """A parameter value that a run read, as it was then."""

    __tablename__ = "run_parameter"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "run_id"], ["run.municipality_code", "run.run_id"]),
        municipality_check(),
    )

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    parameter_value_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str]
    asset_class: Mapped[int | None] = mapped_column(SmallInteger)
    material: Mapped[str | None]
    key: Mapped[str | None]
    value: Mapped[float | None]
    code: Mapped[str | None]
    unit: Mapped[str | None]
    source_id: Mapped[str]
    is_demo: Mapped[bool]


class RunParameterSet(Base):
    """The parameters that a run used for the assets of one class and material, resolved."""

    __tablename__ = "run_parameter_set"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "run_id"], ["run.municipality_code", "run.run_id"]),
        municipality_check(),
    )

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    parameter_set: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    asset_class: Mapped[int] = mapped_column(SmallInteger)
    material: Mapped[str | None]
    resolved: Mapped[dict[str, Any]]
    value_ids: Mapped[dict[str, Any]]


class AssetValuation(Base):
    """An asset's inputs and figures in a run.

    Written by COPY, a million rows at a time: no foreign keys, which would be checked row by row; a result
    stays when its asset changes, so its inputs stand beside it.
    """

    __tablename__ = "asset_valuation"
    __table_args__ = (
        PrimaryKeyConstraint("municipality_code", "run_id", "asset_id", postgresql_include=_SHOWN_ON_MAPS),
        municipality_check(),
        share_check("condition_index"),
        share_check("retained_share"),
        CheckConstraint("needed_backlog_eur + avoidable_backlog_eur = repair_backlog_eur", name="backlog_split"),
    )

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    asset_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    asset_class: Mapped[int] = mapped_column(SmallInteger)
    parameter_set: Mapped[int] = mapped_column(SmallInteger)
    quantity: Mapped[float | None]
    recorded_replacement_cost_eur: Mapped[Money | None]
    price_level_year: Mapped[int | None] = mapped_column(SmallInteger)
    built_year: Mapped[Year | None]
    renewed_year: Mapped[Year | None]
    assessed_condition: Mapped[float | None]
    assessed_year: Mapped[float | None]
    condition_index: Mapped[float]
    condition_basis: Mapped[int] = mapped_column(SmallInteger)
    replacement_cost_basis: Mapped[int] = mapped_column(SmallInteger)
    replacement_cost_eur: Mapped[Money | None]
    technical_value_eur: Mapped[Money | None]
    repair_backlog_eur: Mapped[Money | None]
    basic_repair_eur: Mapped[Money | None]
    improvement_eur: Mapped[Money | None]
    repair_liability_eur: Mapped[Money | None]
    annual_wear_eur: Mapped[Money | None]
    retained_share: Mapped[float | None]
    needed_backlog_eur: Mapped[Money | None]
    avoidable_backlog_eur: Mapped[Money | None]
    not_assessed_backlog_eur: Mapped[Money | None]


class ValuationGroup(Base):
    """Sums of a run over the assets that share all grouping keys: reports add these up, never the assets."""

    __tablename__ = "valuation_group"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "run_id"], ["run.municipality_code", "run.run_id"]),
        municipality_check(),
    )

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    group_number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    asset_class: Mapped[int] = mapped_column(SmallInteger)
    district_code: Mapped[str | None]
    use_code: Mapped[str | None]
    owner: Mapped[str | None]
    service_area_code: Mapped[str | None]
    decade: Mapped[int | None] = mapped_column(SmallInteger)
    condition_class: Mapped[int] = mapped_column(SmallInteger)
    condition_basis: Mapped[int] = mapped_column(SmallInteger)
    asset_count: Mapped[int]
    unvalued_count: Mapped[int]
    quantity: Mapped[float]
    replacement_cost_eur: Mapped[Money]
    technical_value_eur: Mapped[Money]
    repair_backlog_eur: Mapped[Money]
    basic_repair_eur: Mapped[Money]
    improvement_eur: Mapped[Money]
    repair_liability_eur: Mapped[Money]
    annual_wear_eur: Mapped[Money]
    needed_backlog_eur: Mapped[Money]
    avoidable_backlog_eur: Mapped[Money]
    not_assessed_backlog_eur: Mapped[Money]
    replacement_cost_basis: Mapped[int | None] = mapped_column(SmallInteger)
    rests_on_demo: Mapped[bool | None]
    backlog_variance_eur2: Mapped[float | None]


class ServiceBalance(Base):
    """Sizing of a service area in a run: the highest need of the horizon against the capacity in use."""

    __tablename__ = "service_balance"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "run_id"], ["run.municipality_code", "run.run_id"]),
        municipality_check(),
    )

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    service_code: Mapped[str] = mapped_column(ForeignKey("service.service_code"), primary_key=True)
    area_code: Mapped[str] = mapped_column(primary_key=True)
    sizing_need: Mapped[float]
    capacity: Mapped[float]
    utilisation: Mapped[float | None]
    surplus: Mapped[float]
    deficit: Mapped[float]
    first_surplus_year: Mapped[int | None] = mapped_column(SmallInteger)
    first_deficit_year: Mapped[int | None] = mapped_column(SmallInteger)
    capacity_investment_eur: Mapped[Money | None]
    needed_backlog_eur: Mapped[Money]
    avoidable_backlog_eur: Mapped[Money]
    need_basis: Mapped[str | None]
    peak_utilisation: Mapped[float | None]


class ServiceBalanceYear(Base):
    """Need and capacity of a service area in one year of a run's horizon."""

    __tablename__ = "service_balance_year"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "run_id"], ["run.municipality_code", "run.run_id"]),
        municipality_check(),
    )

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    service_code: Mapped[str] = mapped_column(ForeignKey("service.service_code"), primary_key=True)
    area_code: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    service_need: Mapped[float]
    capacity: Mapped[float]
    utilisation: Mapped[float | None]
    surplus: Mapped[float]
    deficit: Mapped[float]


class RetentionRank(Base):
    """Where an asset stood in the order in which the capacity of its service area was retained, and why."""

    __tablename__ = "retention_rank"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "run_id"], ["run.municipality_code", "run.run_id"]),
        municipality_check(),
    )

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    asset_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    service_code: Mapped[str] = mapped_column(ForeignKey("service.service_code"), primary_key=True)
    area_code: Mapped[str]
    capacity: Mapped[float]
    running_cost_eur: Mapped[float | None]
    is_protected: Mapped[bool]
    cost_per_place_eur: Mapped[float | None]
    rank: Mapped[int]
    capacity_before: Mapped[float | None]
    retained_share: Mapped[float | None]
