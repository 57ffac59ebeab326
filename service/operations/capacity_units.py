"""The unit of a capacity, and the places that follow from the number of caretakers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy.engine import Connection

from service.engine.daycare import daycare_capacity
from service.errors import Fault
from service.queries.parameters import load_parameter_values
from service.queries.record_sets import SERVICES
from service.queries.records import load_record

Values = Mapping[str, Any]


def unit_faults(connection: Connection, service_code: str, capacity_unit: str | None) -> list[Fault]:
    """Return the fault of a unit in which the service does not count its capacity, or nothing."""
    service = load_record(connection, SERVICES, {"service_code": service_code})
    if capacity_unit is None or service is None or service["capacity_unit"] == capacity_unit:
        return []
    detail = f"'{capacity_unit}' is not the unit of {service_code}, which counts in {service['capacity_unit']}."
    return [Fault("/capacity_unit", detail)]


def places_of(connection: Connection, municipality_code: str, values: Values, faults: list[Fault]) -> float | None:
    """Return the capacity as given, or the places that the caretakers can fill; notes a missing parameter."""
    if values.get("caretakers") is None:
        return None if values["capacity"] is None else float(values["capacity"])
    places = _places_per_caretaker(connection, municipality_code, values)
    if places is None:
        detail = f"no places_per_caretaker of {values['service_code']} is valid on {values['valid_from']}"
        faults.append(Fault("/caretakers", detail))
        return None
    return float(daycare_capacity(np.array([values["caretakers"]], float), places)[0])


def _places_per_caretaker(connection: Connection, municipality_code: str, values: Values) -> float | None:
    """Return the municipality's own value, else the national one, that is valid when the capacity begins."""
    rows = load_parameter_values(connection, municipality_code, values["valid_from"])
    own = [row for row in rows if (row["name"], row["key"]) == ("places_per_caretaker", values["service_code"])]
    row = max(own, key=lambda each: each["municipality_code"] is not None, default=None)
    return None if row is None else float(row["value"])
