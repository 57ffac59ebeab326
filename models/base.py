"""Declarative base: naming convention, type map and the column types that every table shares."""

from __future__ import annotations

import datetime
import decimal
import enum
from typing import Annotated, Any, ClassVar

from sqlalchemy import CheckConstraint, DateTime, Double, Enum, MetaData, Numeric, SmallInteger, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING_CONVENTION = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}

MONEY = Numeric(16, 2)
MUNICIPALITY_CODE = String(3, collation="C")

CODE_TYPE = Enum(
    enum.StrEnum,
    native_enum=False,
    length=40,
    create_constraint=True,
    values_callable=lambda codes: [code.value for code in codes],
)

MunicipalityCode = Annotated[str, mapped_column(MUNICIPALITY_CODE, primary_key=True)]
Money = Annotated[decimal.Decimal, mapped_column(MONEY)]
Share = Annotated[float, mapped_column(Double)]
Year = Annotated[int, mapped_column(SmallInteger)]


class Base(DeclarativeBase):
    """Root of all tables; `timestamptz`, `text`, `double precision` and `jsonb` are the defaults of their types."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime.datetime: DateTime(timezone=True),
        str: Text(),
        enum.StrEnum: CODE_TYPE,
        float: Double(),
        decimal.Decimal: MONEY,
        dict[str, Any]: JSONB,
    }


def municipality_check() -> CheckConstraint:
    """Return the check that a municipality code is three digits."""
    return CheckConstraint("municipality_code ~ '^[0-9]{3}$'", name="municipality_code")


def share_check(column: str) -> CheckConstraint:
    """Return the check that a column lies in 0…1."""
    return CheckConstraint(f"{column} BETWEEN 0 AND 1", name=column)


def not_negative_check(column: str) -> CheckConstraint:
    """Return the check that a column is zero or more."""
    return CheckConstraint(f"{column} >= 0", name=column)
