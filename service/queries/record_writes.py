"""Writing of records whose keys are drawn from a sequence or given by the client."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import LargeBinary, Sequence, bindparam, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from models.asset import SRID
from models.parameter import ParameterValue
from models.source import Source
from service.queries.audit_writes import NATIONAL, note_insert, noted
from service.queries.record_sets import RecordSet
from service.queries.tables import table_of

_PARAMETER_VALUE = table_of(ParameterValue)
_PARAMETER_KEY = ("name", "municipality_code", "asset_class", "material", "key")


def draw_number(session: Session, sequence: Sequence) -> int:
    """Return the next number of a sequence."""
    return int(session.execute(select(sequence.next_value())).scalar_one())


def insert_record(session: Session, records: RecordSet, values: Mapping[str, Any]) -> None:
    """Write a new record; a shapely geometry in EPSG:3067 becomes what the column holds."""
    stored = {name: _stored(name, value) for name, value in values.items()}
    session.execute(insert(records.table).values(stored))
    note_insert(session, records.table, {each.name: values[each.name] for each in records.table.primary_key.columns})


def add_record(session: Session, records: RecordSet, key: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Write a new record; return whether it is written: not where another was of the same key meanwhile."""
    statement = upsert(records.table).values({**key, **values}).on_conflict_do_nothing()
    if session.execute(statement.returning(literal(1))).first() is None:
        return False
    note_insert(session, records.table, key)
    return True


def store_record(session: Session, records: RecordSet, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Write a record over the one of the same key, or as a new one."""
    statement = upsert(records.table).values({**key, **values})
    with noted(session, records.table, key):
        session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


def insert_source(session: Session, source_id: str, title: str, reference: str | None, *, under: str | None) -> None:
    """Write a source of values; `under` is the municipality whose value brings it, where it is one's own."""
    values = {"source_id": source_id, "title": title, "reference": reference, "is_demo": False}
    session.execute(insert(table_of(Source)).values(values))
    note_insert(session, table_of(Source), {"source_id": source_id}, under=under or NATIONAL)


def insert_parameter_value(session: Session, values: Mapping[str, Any]) -> int:
    """Write a value of a parameter; return its number."""
    statement = insert(_PARAMETER_VALUE).values(**values).returning(_PARAMETER_VALUE.c.parameter_value_id)
    number = int(session.execute(statement).scalar_one())
    note_insert(session, _PARAMETER_VALUE, {"parameter_value_id": number})
    return number


def close_open_value(session: Session, values: Mapping[str, Any], valid_to: datetime.date) -> None:
    """End the open range of the same parameter, municipality, class, material and key where it began before."""
    same = [_PARAMETER_VALUE.c[name].is_not_distinct_from(values.get(name)) for name in _PARAMETER_KEY]
    is_open = (_PARAMETER_VALUE.c.valid_to.is_(None), _PARAMETER_VALUE.c.valid_from < valid_to)
    number = _PARAMETER_VALUE.c.parameter_value_id
    found = session.scalars(select(number).where(*same, *is_open).with_for_update()).all()
    with noted(session, _PARAMETER_VALUE, *({"parameter_value_id": each} for each in found)):
        session.execute(update(_PARAMETER_VALUE).where(number.in_(found)).values(valid_to=valid_to))


def load_overlap(session: Session, values: Mapping[str, Any]) -> tuple[datetime.date, datetime.date | None] | None:
    """Return the first period of the same parameter, municipality, class, material and key that meets the new one."""
    first, last = _PARAMETER_VALUE.c.valid_from, _PARAMETER_VALUE.c.valid_to
    same = [_PARAMETER_VALUE.c[name].is_not_distinct_from(values.get(name)) for name in _PARAMETER_KEY]
    meets = [or_(last.is_(None), last > values["valid_from"])]
    if values.get("valid_to") is not None:
        meets.append(first < values["valid_to"])
    found = session.execute(select(first, last).where(*same, *meets).order_by(first).limit(1)).one_or_none()
    return None if found is None else (found[0], found[1])


def _stored(name: str, value: Any) -> Any:
    if not isinstance(value, BaseGeometry):
        return value
    content = shapely.to_wkb(shapely.set_srid(shapely.force_2d(value), SRID), include_srid=True)
    return func.ST_Multi(func.ST_GeomFromEWKB(bindparam(f"{name}_ewkb", content, LargeBinary())))
