"""Records of an asset: assessments, components, capacities and measures, each added and never overwritten."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Sequence
from sqlalchemy.engine import Connection

from models.capacity import CAPACITY_ID_SEQUENCE, Service, ServiceArea
from models.condition import ASSESSMENT_ID_SEQUENCE, COMPONENT_ID_SEQUENCE, Component
from models.measure import MEASURE_ID_SEQUENCE
from models.suitability import SUITABILITY_ID_SEQUENCE
from service.database import Database
from service.errors import DataConflict, Fault, InvalidData, NotFound
from service.operations.capacity_units import places_of, unit_faults
from service.operations.condition_scales import condition_index_on_scale
from service.operations.kept_answers import Finish
from service.queries.asset_key import AssetKey
from service.queries.assets import find_asset_class
from service.queries.imports import load_scale_points
from service.queries.record_sets import ASSESSMENTS, CAPACITIES, COMPONENTS, MEASURES, SUITABILITIES, RecordSet
from service.queries.record_writes import draw_number, insert_record
from service.queries.records import load_record, record_exists

Values = Mapping[str, Any]
Complete = Callable[[Connection, AssetKey, Values, list[Fault]], dict[str, Any]]
"""Adds what follows from given values, and notes what the register does not know."""


@dataclass(frozen=True)
class AssetRecordKind:
    """A kind of records that belong to an asset.

    Attributes:
        records: Where they are.
        sequence: Where their numbers come from.
        number: Column of the number.
        complete: What is derived and checked when one is added.
    """

    records: RecordSet
    sequence: Sequence
    number: str
    complete: Complete


def add_asset_record(
    database: Database,
    kind: AssetRecordKind,
    key: AssetKey,
    values: Values,
    *,
    recorded_by: str,
    finish: Finish | None = None,
) -> dict[str, Any]:
    """Add a record to an asset; return it as it is stored.

    Raises:
        NotFound: There is no such asset.
        InvalidData: A value is not on its scale, or names a service, an area or a component that is not there.
        DataConflict: It contradicts another record of the asset.
    """
    with database.writing() as session:
        connection, faults = session.connection(), list[Fault]()
        if find_asset_class(connection, key) is None:
            raise NotFound(f"There is no asset {key}.")
        complete = kind.complete(connection, key, {**values, "recorded_by": recorded_by}, faults)
        if faults:
            raise InvalidData("; ".join(fault.detail for fault in faults), faults)
        identity = {"municipality_code": key.municipality_code, kind.number: draw_number(session, kind.sequence)}
        insert_record(session, kind.records, {**identity, "asset_id": key.asset_id, **complete})
        record = load_record(connection, kind.records, identity)
        if record is None:
            raise NotFound(f"There is no asset {key}.")
        if finish is not None:
            finish(session, record)
    return record


def _assessed(connection: Connection, key: AssetKey, values: Values, faults: list[Fault]) -> dict[str, Any]:
    scale_code, value_given = values["scale_code"], values["value_given"]
    points = load_scale_points(connection).get(scale_code)
    index = condition_index_on_scale(points, value_given) if points else None
    if points is None:
        faults.append(Fault("/scale_code", f"'{scale_code}' is not a condition scale of the register."))
    elif index is None:
        listed = ", ".join(points)
        faults.append(Fault("/value_given", f"'{value_given}' is not on the scale {scale_code}: {listed}."))
    component_id = values.get("component_id")
    its_key = {"municipality_code": key.municipality_code, "asset_id": key.asset_id, "component_id": component_id}
    if component_id is not None and not record_exists(connection, Component, **its_key):
        faults.append(Fault("/component_id", f"The asset {key} has no component {component_id}."))
    recorded_at = datetime.datetime.now(datetime.UTC)
    return {**values, "condition_index": index, "recorded_at": recorded_at}


def _component(connection: Connection, key: AssetKey, values: Values, _: list[Fault]) -> dict[str, Any]:
    code = values["component_code"]
    its_key = {"municipality_code": key.municipality_code, "asset_id": key.asset_id, "component_code": code}
    if record_exists(connection, Component, **its_key):
        raise DataConflict(f"The asset {key} has a component '{code}' already.")
    return _without_author(values)


def _capacity(connection: Connection, key: AssetKey, values: Values, faults: list[Fault]) -> dict[str, Any]:
    service_code, area_code = values["service_code"], values["area_code"]
    faults += service_faults(connection, service_code)
    area = {"municipality_code": key.municipality_code, "service_code": service_code, "area_code": area_code}
    if not faults and area_code is not None and not record_exists(connection, ServiceArea, **area):
        faults.append(Fault("/area_code", f"'{area_code}' is not an area of the service {service_code}."))
    stored = {name: value for name, value in _without_author(values).items() if name != "capacity_unit"}
    if not faults:
        faults += unit_faults(connection, service_code, values.get("capacity_unit"))
        stored["capacity"] = places_of(connection, key.municipality_code, values, faults)
    return stored


def service_faults(connection: Connection, service_code: str) -> list[Fault]:
    """Return the fault of a service that the register does not know, or nothing."""
    if record_exists(connection, Service, service_code=service_code):
        return []
    return [Fault("/service_code", f"'{service_code}' is not a service of the register.")]


def _measure(connection: Connection, _: AssetKey, values: Values, faults: list[Fault]) -> dict[str, Any]:
    if values["service_code"] is not None:
        faults += service_faults(connection, values["service_code"])
    return _without_author(values)


def _suitability(connection: Connection, _: AssetKey, values: Values, faults: list[Fault]) -> dict[str, Any]:
    faults += service_faults(connection, values["service_code"])
    return {**values, "recorded_at": datetime.datetime.now(datetime.UTC)}


def _without_author(values: Values) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "recorded_by"}


ASSESSMENT = AssetRecordKind(ASSESSMENTS, ASSESSMENT_ID_SEQUENCE, "assessment_id", _assessed)
COMPONENT = AssetRecordKind(COMPONENTS, COMPONENT_ID_SEQUENCE, "component_id", _component)
CAPACITY = AssetRecordKind(CAPACITIES, CAPACITY_ID_SEQUENCE, "capacity_id", _capacity)
MEASURE = AssetRecordKind(MEASURES, MEASURE_ID_SEQUENCE, "measure_id", _measure)
SUITABILITY = AssetRecordKind(SUITABILITIES, SUITABILITY_ID_SEQUENCE, "suitability_id", _suitability)
