"""Which inspections would narrow a run's backlog most."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKeyConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Money, MunicipalityCode, municipality_check, share_check


class InspectionCandidate(Base):
    """An asset that nobody has assessed, among the hundred whose backlog is the most uncertain in a run."""

    __tablename__ = "inspection_candidate"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code", "run_id"], ["run.municipality_code", "run.run_id"]),
        municipality_check(),
        share_check("condition_index"),
    )

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    asset_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    rank: Mapped[int] = mapped_column(SmallInteger)
    asset_class: Mapped[int] = mapped_column(SmallInteger)
    condition_index: Mapped[float]
    condition_basis: Mapped[int] = mapped_column(SmallInteger)
    typical_change: Mapped[float]
    replacement_cost_eur: Mapped[Money]
    repair_backlog_eur: Mapped[Money]
    uncertainty_eur: Mapped[Money]
