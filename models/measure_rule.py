"""The measure table: what brings an asset from one condition class to a better one, and what that costs."""

from __future__ import annotations

import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, func, literal_column
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import MUNICIPALITY_CODE, Base


class MeasureCode(StrEnum):
    """What a rule of the measure table does to an asset, the lightest first."""

    REPAIR = "repair"
    RESURFACING = "resurfacing"
    RELINING = "relining"
    BASIC_REPAIR = "basic_repair"
    IMPROVEMENT = "improvement"
    RENEWAL = "renewal"


class MeasureRule(Base):
    """A measure that lifts assets of a class from one condition class to a better one, at a cost, from a day on.

    The cost is per unit of the class's quantity at a price level, or a share of the replacement cost; VAT 0. Condition
    classes are Finnish, 5 excellent to 1 very poor; an asset repaired to class 4 has the condition index 0.8. A
    municipality that has rules of its own for a class uses none of the national ones for it, so that no national price
    stands in its list unseen. A rule for the asset's maintenance class goes before one for its functional class, and
    that one before one for any. It is a national table: small, and joined freely.
    """

    __tablename__ = "measure_rule"

    measure_rule_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    municipality_code: Mapped[str | None] = mapped_column(MUNICIPALITY_CODE)
    asset_class: Mapped[int] = mapped_column(SmallInteger, ForeignKey("asset_class.asset_class"))
    maintenance_class: Mapped[str | None]
    functional_class: Mapped[int | None] = mapped_column(SmallInteger)
    measure_code: Mapped[MeasureCode]
    condition_class_from: Mapped[int] = mapped_column(SmallInteger)
    condition_class_to: Mapped[int] = mapped_column(SmallInteger)
    unit_cost_eur: Mapped[float | None]
    cost_share: Mapped[float | None]
    price_level_year: Mapped[int | None] = mapped_column(SmallInteger)
    valid_from: Mapped[datetime.date]
    valid_to: Mapped[datetime.date | None]
    source_id: Mapped[str] = mapped_column(ForeignKey("source.source_id"))
    is_demo: Mapped[bool]
    note: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name="municipality_code"),
        CheckConstraint("num_nonnulls(maintenance_class, functional_class) <= 1", name="one_class"),
        CheckConstraint("functional_class BETWEEN 1 AND 9", name="functional_class"),
        CheckConstraint(
            "1 <= condition_class_from AND condition_class_from < condition_class_to AND condition_class_to <= 5",
            name="condition_classes",
        ),
        CheckConstraint("num_nonnulls(unit_cost_eur, cost_share) = 1", name="one_cost"),
        CheckConstraint("unit_cost_eur IS NULL OR price_level_year IS NOT NULL", name="price_level"),
        CheckConstraint("unit_cost_eur >= 0 AND unit_cost_eur < 'Infinity'", name="unit_cost_eur"),
        CheckConstraint("cost_share BETWEEN 0 AND 10", name="cost_share"),
        CheckConstraint("valid_to > valid_from", name="validity"),
        ExcludeConstraint(
            (func.coalesce(literal_column("municipality_code"), ""), "="),
            ("asset_class", "="),
            (func.coalesce(literal_column("maintenance_class"), ""), "="),
            (func.coalesce(literal_column("functional_class"), literal_column("-1")), "="),
            ("measure_code", "="),
            ("condition_class_from", "="),
            (func.daterange(literal_column("valid_from"), literal_column("valid_to")), "&&"),
            name="ex_measure_rule_overlap",
            using="gist",
        ),
        Index("ix_measure_rule_asset_class", "asset_class", "municipality_code"),
    )
