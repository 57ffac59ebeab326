"""`attribute()`: one declaration of an asset's attribute, from which column, schema, queryable and mapping follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import MappedColumn, mapped_column
from sqlalchemy.types import TypeEngine

INFO_KEY = "attribute"


@dataclass(frozen=True)
class AttributeDeclaration:
    """What is said of an attribute beside its Python type."""

    description: str
    unit: str | None = None
    ge: float | None = None
    le: float | None = None
    pattern: str | None = None
    source_names: tuple[str, ...] = ()
    read_only: bool = False


def attribute(
    description: str,
    *,
    unit: str | None = None,
    ge: float | None = None,
    le: float | None = None,
    pattern: str | None = None,
    source_names: tuple[str, ...] = (),
    read_only: bool = False,
    type_: TypeEngine[Any] | None = None,
) -> MappedColumn[Any]:
    """Return a mapped column that carries its declaration in `info`."""
    declaration = AttributeDeclaration(description, unit, ge, le, pattern, source_names, read_only)
    return mapped_column(type_, info={INFO_KEY: declaration})


def limit_checks(name: str, declaration: AttributeDeclaration) -> list[CheckConstraint]:
    """Return the check constraints that keep a column within its declared limits."""
    conditions = []
    if declaration.ge is not None:
        conditions.append(f"{name} >= {declaration.ge:g}")
    if declaration.le is not None:
        conditions.append(f"{name} <= {declaration.le:g}")
    if declaration.pattern is not None:
        conditions.append(f"{name} ~ '{declaration.pattern}'")
    return [CheckConstraint(" AND ".join(conditions), name=name)] if conditions else []
