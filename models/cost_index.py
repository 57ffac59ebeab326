"""Cost indices: what building costs in one month or year against another."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class CostIndex(Base):
    """A point of a cost index: of a month, or of a whole year where the month is 0.

    Only ratios within one index mean anything: each has a base of its own. The level of a year is the value of the
    whole year, else the mean of its twelve months; a year with fewer months has none. A national table.
    """

    __tablename__ = "cost_index"
    __table_args__ = (
        CheckConstraint("year BETWEEN 1900 AND 2200", name="year"),
        CheckConstraint("month BETWEEN 0 AND 12", name="month"),
        CheckConstraint("value > 0 AND value < 'Infinity'", name="value"),
    )

    index_code: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    month: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    value: Mapped[float]
    source_id: Mapped[str] = mapped_column(ForeignKey("source.source_id"))
    is_demo: Mapped[bool]
