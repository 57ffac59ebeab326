"""Rules of the measure table: those valid on a day, and new ones."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.orm import Session

from models.measure_rule import MeasureRule
from service.queries.audit_writes import note_insert, noted
from service.queries.tables import table_of

_RULE = table_of(MeasureRule)
_KEY = (
    "municipality_code",
    "asset_class",
    "maintenance_class",
    "functional_class",
    "measure_code",
    "condition_class_from",
)


def load_measure_rules(connection: Connection, municipality_code: str, day: datetime.date) -> list[RowMapping]:
    """Return the national rules and the municipality's own that are valid on a day, by class and number."""
    own = or_(_RULE.c.municipality_code.is_(None), _RULE.c.municipality_code == municipality_code)
    holds = (_RULE.c.valid_from <= day) & or_(_RULE.c.valid_to.is_(None), _RULE.c.valid_to > day)
    query = select(_RULE).where(own, holds).order_by(_RULE.c.asset_class, _RULE.c.measure_rule_id)
    return list(connection.execute(query).mappings())


def insert_measure_rule(session: Session, values: Mapping[str, Any]) -> int:
    """Write a rule; return its number."""
    statement = insert(_RULE).values(**values).returning(_RULE.c.measure_rule_id)
    number = int(session.execute(statement).scalar_one())
    note_insert(session, _RULE, {"measure_rule_id": number})
    return number


def close_open_rule(session: Session, values: Mapping[str, Any], valid_to: datetime.date) -> None:
    """End the open range of the same measure, classes and municipality where it began before."""
    same = [_RULE.c[name].is_not_distinct_from(values.get(name)) for name in _KEY]
    is_open = (_RULE.c.valid_to.is_(None), _RULE.c.valid_from < valid_to)
    number = _RULE.c.measure_rule_id
    found = session.scalars(select(number).where(*same, *is_open).with_for_update()).all()
    with noted(session, _RULE, *({"measure_rule_id": each} for each in found)):
        session.execute(update(_RULE).where(number.in_(found)).values(valid_to=valid_to))
