"""Results of a run about the service need beyond single service areas."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Money, MunicipalityCode, municipality_check


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
