"""Scenarios: years of assets under budgets, as runs of the kind `scenario`; required funding, of the kind `funding`."""

from __future__ import annotations

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKeyConstraint, LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Money, MunicipalityCode, Year, municipality_check, share_check


def _of_run() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["municipality_code", "run_id"], ["run.municipality_code", "run.run_id"])


class ScenarioYear(Base):
    """A class at the end of a year of a scenario; the valuation's year comes first, without spending."""

    __tablename__ = "scenario_year"
    __table_args__ = (
        _of_run(),
        municipality_check(),
        CheckConstraint("needed_backlog_eur + avoidable_backlog_eur = repair_backlog_eur", name="backlog_split"),
    )

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    asset_class: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    price_factor: Mapped[float]
    asset_count: Mapped[int]
    replacement_cost_eur: Mapped[Money]
    technical_value_eur: Mapped[Money]
    repair_backlog_eur: Mapped[Money]
    needed_backlog_eur: Mapped[Money]
    avoidable_backlog_eur: Mapped[Money]
    not_assessed_backlog_eur: Mapped[Money]
    repair_liability_eur: Mapped[Money]
    annual_wear_eur: Mapped[Money]
    spending_eur: Mapped[Money]
    not_needed_count: Mapped[int]
    chosen_count: Mapped[int]
    not_feasible_count: Mapped[int]
    superseded_count: Mapped[int]
    no_money_count: Mapped[int]


class ScenarioBudget(Base):
    """A budget of a scenario in a year: what was spent, what fitted nothing, and what was left undone."""

    __tablename__ = "scenario_budget"
    __table_args__ = (_of_run(), municipality_check())

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    budget_number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    asset_classes: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    budget_eur: Mapped[Money]
    spending_eur: Mapped[Money]
    unfitted_eur: Mapped[Money]
    open_cost_eur: Mapped[Money]
    benefit_eur: Mapped[Money]
    benefit_bound_eur: Mapped[Money | None]


class ScenarioMeasure(Base):
    """A whole measure of a scenario; written by COPY, without foreign keys, as results of assets are."""

    __tablename__ = "scenario_measure"
    __table_args__ = (municipality_check(), share_check("condition_before"), share_check("condition_after"))

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    asset_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    asset_class: Mapped[int] = mapped_column(SmallInteger)
    measure_rule_id: Mapped[int] = mapped_column(BigInteger)
    cost_eur: Mapped[Money]
    condition_before: Mapped[float]
    condition_after: Mapped[float]


class ScenarioReasons(Base):
    """Why each of some thousand assets was or was not treated in each year, packed: little is ever read of it.

    `asset_ids` holds 64-bit numbers, ascending; `reasons` one byte for each asset and year, the years of an asset
    together, compressed by zlib.
    """

    __tablename__ = "scenario_reasons"
    __table_args__ = (_of_run(), municipality_check())

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    first_asset_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    asset_ids: Mapped[bytes] = mapped_column(LargeBinary)
    reasons: Mapped[bytes] = mapped_column(LargeBinary)


class RequiredFunding(Base):
    """The least constant yearly budget, at the valuation's prices, that reaches a goal; empty where none does.

    Class 0 is all classes together, sharing one budget.
    """

    __tablename__ = "required_funding"
    __table_args__ = (_of_run(), municipality_check())

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    goal: Mapped[str] = mapped_column(primary_key=True)
    asset_class: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    years: Mapped[int] = mapped_column(SmallInteger)
    end_year: Mapped[Year]
    goal_backlog_eur: Mapped[Money]
    backlog_before_eur: Mapped[Money]
    backlog_after_eur: Mapped[Money]
    yearly_budget_eur: Mapped[Money | None]
    tolerance_eur: Mapped[Money]


class RunProgressRow(Base):
    """How far a run is, written beside its transaction and gone when it has ended."""

    __tablename__ = "run_progress"
    __table_args__ = (municipality_check(), share_check("share"))

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    step: Mapped[str]
    share: Mapped[float]
