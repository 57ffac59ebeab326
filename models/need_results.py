"""Results of a run about the service need beyond single service areas."""

from __future__ import annotations

import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Money, MunicipalityCode, Year, municipality_check


class ServiceBalanceSum(Base):
    """Sums over the service areas that lie within an area: surplus and deficit stand side by side, never netted.

    `unpriced_count` areas have a deficit without a known price, which the sum of the investments leaves out.
    """

    __tablename__ = "service_balance_sum"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "run_id"], ["run.municipality_code", "run.run_id"]),
        municipality_check(),
    )

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    service_code: Mapped[str] = mapped_column(ForeignKey("service.service_code"), primary_key=True)
    area_code: Mapped[str] = mapped_column(primary_key=True)
    area_count: Mapped[int]
    sizing_need: Mapped[float]
    capacity: Mapped[float]
    surplus: Mapped[float]
    deficit: Mapped[float]
    needed_backlog_eur: Mapped[Money]
    avoidable_backlog_eur: Mapped[Money]
    capacity_investment_eur: Mapped[Money]
    unpriced_count: Mapped[int]


class FunctionNeed(Base):
    """What an asset owes to fit a service, in a run; beside its condition and its area's capacity, never added."""

    __tablename__ = "function_need"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "run_id"], ["run.municipality_code", "run.run_id"]),
        municipality_check(),
    )

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    asset_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    service_code: Mapped[str] = mapped_column(ForeignKey("service.service_code"), primary_key=True)
    area_code: Mapped[str | None]
    suitability_class: Mapped[int] = mapped_column(SmallInteger)
    assessed_on: Mapped[datetime.date]
    curing_cost_eur: Mapped[Money | None]
    needed_curing_eur: Mapped[Money | None]
    avoidable_curing_eur: Mapped[Money | None]
    repair_backlog_eur: Mapped[Money]
    retained_share: Mapped[float | None]
    capacity: Mapped[float | None]


class PlannedReplacement(Base):
    """A planned renewal in a run: what of its cost renews the asset, and what makes it larger or better."""

    __tablename__ = "planned_replacement"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "run_id"], ["run.municipality_code", "run.run_id"]),
        municipality_check(),
        CheckConstraint(
            "renewal_eur + capacity_upgrade_eur + function_upgrade_eur = cost_eur", name="replacement_split"
        ),
    )

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    measure_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    asset_id: Mapped[int] = mapped_column(BigInteger)
    year: Mapped[Year]
    cost_eur: Mapped[Money]
    replacement_cost_eur: Mapped[Money]
    size_ratio: Mapped[float | None]
    renewal_eur: Mapped[Money]
    capacity_upgrade_eur: Mapped[Money]
    function_upgrade_eur: Mapped[Money]


class NetworkUse(Base):
    """How many use the networks and streets of a class in a run; an empty `district_code` means all districts.

    Users come from records or traffic counts, else from the population grid within the service distance.
    `inhabitants_served` counts each inhabitant within the distance once, so the districts do not add up to all.
    """

    __tablename__ = "network_use"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "run_id"], ["run.municipality_code", "run.run_id"]),
        municipality_check(),
    )

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    asset_class: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    district_code: Mapped[str] = mapped_column(primary_key=True)
    asset_count: Mapped[int]
    recorded_count: Mapped[int]
    grid_count: Mapped[int]
    length_m: Mapped[float]
    length_without_users_m: Mapped[float]
    length_unknown_m: Mapped[float]
    user_metres: Mapped[float]
    repair_backlog_eur: Mapped[Money]
    backlog_without_users_eur: Mapped[Money]
    inhabitants_served: Mapped[float | None]


class BroadbandReach(Base):
    """Inhabitants and buildings that a speed reaches, in a run."""

    __tablename__ = "broadband_reach"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "run_id"], ["run.municipality_code", "run.run_id"]),
        municipality_check(),
    )

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    speed_mbit_per_s: Mapped[float] = mapped_column(primary_key=True)
    inhabitants: Mapped[float]
    inhabitants_reached: Mapped[float]
    buildings: Mapped[int]
    buildings_reached: Mapped[int]
    target_share: Mapped[float | None]
