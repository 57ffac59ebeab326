"""The unit of a capacity, and the places that follow from the number of caretakers."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from sqlalchemy.engine import Connection, RowMapping

from service.engine.daycare import daycare_capacity
from service.errors import Fault
from service.queries.parameters import load_parameter_values
from service.queries.record_sets import SERVICES
from service.queries.records import load_record

Values = Mapping[str, Any]
PLACES_PER_CARETAKER = "places_per_caretaker"


def unit_faults(connection: Connection, service_code: str, capacity_unit: str | None) -> list[Fault]:
    """Return the fault of a unit in which the service does not count its capacity, or nothing."""
    service = load_record(connection, SERVICES, {"service_code": service_code})
    if capacity_unit is None or service is None or service["capacity_unit"] == capacity_unit:
        return []
    return [Fault("/capacity_unit", wrong_unit(capacity_unit, service_code, service["capacity_unit"]))]


def wrong_unit(given: str, service_code: str, own: str) -> str:
    """Return what is said of a unit in which a service does not count."""
    return f"'{given}' is not the unit of {service_code}, which counts in {own}."


def places_of(connection: Connection, municipality_code: str, values: Values, faults: list[Fault]) -> float | None:
    """Return the capacity as given, or the places that the caretakers can fill; notes a missing parameter."""
    if values.get("caretakers") is None:
        return None if values["capacity"] is None else float(values["capacity"])
    rows = load_parameter_values(connection, municipality_code, values["valid_from"])
    places = places_per_caretaker(rows, values["service_code"])
    if places is None:
        faults.append(Fault("/caretakers", no_places(values["service_code"], values["valid_from"])))
        return None
    return float(daycare_capacity(np.array([values["caretakers"]], float), places)[0])


def no_places(service_code: str, day: datetime.date) -> str:
    """Return what is said where caretakers cannot be counted as places."""
    return f"no {PLACES_PER_CARETAKER} of {service_code} is valid on {day}"


def places_per_caretaker(rows: Iterable[RowMapping], service_code: str) -> float | None:
    """Return the municipality's own value, else the national one, of those valid when the capacity begins."""
    own = [row for row in rows if (row["name"], row["key"]) == (PLACES_PER_CARETAKER, service_code)]
    row = max(own, key=lambda each: each["municipality_code"] is not None, default=None)
    return None if row is None else float(row["value"])
