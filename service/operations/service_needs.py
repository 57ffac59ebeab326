"""Service areas and service needs: what inhabitants use, by area, scenario and year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from models.capacity import ServiceArea
from service.database import Database
from service.errors import DataConflict, Fault, InvalidData
from service.operations.kept_answers import Finish
from service.operations.records import service_faults
from service.operations.replacement import KnownRecord, present_record, replace_record
from service.queries.data_version import raise_data_version
from service.queries.municipalities import municipality_exists
from service.queries.record_sets import GRADE_ENROLMENTS, SERVICE_AREAS, SERVICE_NEEDS
from service.queries.record_writes import insert_record
from service.queries.records import load_record, record_exists

Values = Mapping[str, Any]


def add_service_area(database: Database, values: Values, *, finish: Finish | None = None) -> None:
    """Add a service area.

    Raises:
        InvalidData: Municipality, service or the area that it lies in are not in the register.
        DataConflict: The service has an area of this code in the municipality.
    """
    with database.writing() as session:
        connection = session.connection()
        faults = _area_faults(connection, values)
        if faults:
            raise InvalidData("; ".join(fault.detail for fault in faults), faults)
        key = {name: values[name] for name in SERVICE_AREAS.order}
        if record_exists(connection, ServiceArea, **key):
            raise DataConflict(f"The service {values['service_code']} has an area '{values['area_code']}' already.")
        insert_record(session, SERVICE_AREAS, values)
        raise_data_version(connection, [values["municipality_code"]])
        if finish is not None:
            finish(session, present_record(load_record(connection, SERVICE_AREAS, key)))


def read_service_need(database: Database, key: Values) -> Values:
    """Return one service need by its key; raises `NotFound` where there is none."""
    with database.reading() as connection:
        return present_record(load_record(connection, SERVICE_NEEDS, key))


def add_service_need(database: Database, values: Values, *, finish: Finish | None = None) -> None:
    """Add a service need of an area, scenario and year.

    Raises:
        InvalidData: The service has no such area in the municipality.
        DataConflict: There is one already: it is to be replaced instead.
    """
    key = {name: values[name] for name in SERVICE_NEEDS.order}
    with database.writing() as session:
        connection = session.connection()
        _check_area(connection, key)
        if load_record(connection, SERVICE_NEEDS, key) is not None:
            raise DataConflict("There is a service need of this area, scenario and year already: replace it by PUT.")
        insert_record(session, SERVICE_NEEDS, values)
        if finish is not None:
            finish(session, present_record(load_record(connection, SERVICE_NEEDS, key)))


def put_service_need(
    database: Database, key: Values, values: Values, known: KnownRecord, finish: Finish | None = None
) -> Values:
    """Write a service need over the present one, or as a new one; return it.

    Args:
        database: The register.
        key: Municipality, service, area, scenario and year.
        values: Need and note.
        known: What the client says of the present one.
        finish: Called last within the transaction, with the need.

    Raises:
        InvalidData: The service has no such area in the municipality.
        VersionMissing: There is one, and the client did not say which one it knows.
        StaleVersion: It has been changed since the client read it, or the client knows one that is not there.
    """
    with database.writing() as session:
        _check_area(session.connection(), key)
        return replace_record(session, SERVICE_NEEDS, key, values, known, finish)


def read_grade_enrolment(database: Database, key: Values) -> Values:
    """Return the pupils of one grade, area and year; raises `NotFound` where none are counted."""
    with database.reading() as connection:
        return present_record(load_record(connection, GRADE_ENROLMENTS, key))


def put_grade_enrolment(
    database: Database, key: Values, values: Values, known: KnownRecord, finish: Finish | None = None
) -> Values:
    """Write the pupils of one grade, area and year over those present, or as new ones; return the record.

    `finish` is called last within the transaction, with the record.

    Raises:
        InvalidData: The service has no such area in the municipality.
        VersionMissing: There are some, and the client did not say which record it knows.
        StaleVersion: They have been changed since the client read them, or the client knows a record not there.
    """
    with database.writing() as session:
        _check_area(session.connection(), key)
        return replace_record(session, GRADE_ENROLMENTS, key, values, known, finish)


def _area_faults(connection: Connection, values: Values) -> list[Fault]:
    faults = service_faults(connection, values["service_code"])
    if not municipality_exists(connection, values["municipality_code"]):
        detail = f"'{values['municipality_code']}' is not a municipality of the register."
        faults.append(Fault("/municipality_code", detail))
    parent = values.get("parent_area_code")
    key = {"municipality_code": values["municipality_code"], "service_code": values["service_code"]}
    if parent is not None and not record_exists(connection, ServiceArea, **key, area_code=parent):
        faults.append(Fault("/parent_area_code", f"'{parent}' is not an area of the service."))
    return faults


def _check_area(connection: Connection, key: Values) -> None:
    faults = service_faults(connection, key["service_code"])
    if faults:
        raise InvalidData(faults[0].detail, faults)
    area = {name: key[name] for name in SERVICE_AREAS.order}
    if not record_exists(connection, ServiceArea, **area):
        detail = (
            f"The service '{key['service_code']}' has no area '{key['area_code']}'"
            f" in municipality {key['municipality_code']}."
        )
        raise InvalidData(detail, [Fault("/area_code", detail)])
