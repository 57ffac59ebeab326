"""Parameters: dated values with a unit and a source, national or of one municipality."""

from __future__ import annotations

import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, func, literal_column
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import MUNICIPALITY_CODE, Base


class ParameterKind(StrEnum):
    """What a parameter is, which decides the limits of its values."""

    MONEY = "money"
    SHARE = "share"
    YEARS = "years"
    NUMBER = "number"
    CODE = "code"


class Parameter(Base):
    """A named quantity that the engine reads."""

    __tablename__ = "parameter"

    name: Mapped[str] = mapped_column(primary_key=True)
    description: Mapped[str]
    unit: Mapped[str | None]
    kind: Mapped[ParameterKind]


class ParameterValue(Base):
    """One value of a parameter from a day until another, for a class, a material, a key or all.

    The municipality's value goes before the national one, one for the material before one for any,
    one for the class before one for all (architecture.md §7). `key` names what else a value depends on:
    the service, or the age. It is a national table: small, and joined freely.
    """

    __tablename__ = "parameter_value"

    parameter_value_id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(ForeignKey("parameter.name"))
    municipality_code: Mapped[str | None] = mapped_column(MUNICIPALITY_CODE)
    asset_class: Mapped[int | None] = mapped_column(SmallInteger, ForeignKey("asset_class.asset_class"))
    material: Mapped[str | None]
    key: Mapped[str | None]
    valid_from: Mapped[datetime.date]
    valid_to: Mapped[datetime.date | None]
    value: Mapped[float | None]
    code: Mapped[str | None]
    source_id: Mapped[str] = mapped_column(ForeignKey("source.source_id"))
    price_level_year: Mapped[int | None] = mapped_column(SmallInteger)
    is_demo: Mapped[bool]
    note: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name="municipality_code"),
        CheckConstraint("num_nonnulls(value, code) = 1", name="one_value"),
        CheckConstraint("valid_to > valid_from", name="validity"),
        CheckConstraint("value > '-Infinity' AND value < 'Infinity'", name="value_finite"),
        ExcludeConstraint(
            ("name", "="),
            (func.coalesce(literal_column("municipality_code"), ""), "="),
            (func.coalesce(literal_column("asset_class"), literal_column("-1")), "="),
            (func.coalesce(literal_column("material"), ""), "="),
            (func.coalesce(literal_column("key"), ""), "="),
            (func.daterange(literal_column("valid_from"), literal_column("valid_to")), "&&"),
            name="ex_parameter_value_overlap",
            using="gist",
        ),
        Index("ix_parameter_value_name", "name", "asset_class"),
    )
