"""Capacities of a file: in the unit of their service, places from caretakers, by the rules that hold over HTTP."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np

from service.engine.daycare import daycare_capacity
from service.importers.fault_log import FaultLog
from service.importers.source_table import Flags, Values, as_text, missing
from service.operations.capacity_units import no_places, places_per_caretaker, wrong_unit
from service.operations.imports import RegisterCodes
from service.queries.import_rows import Column

CAPACITY, CARETAKERS, CAPACITY_UNIT = "capacity", "caretakers", "capacity_unit"
SERVICE_CODE, VALID_FROM = "service_code", "valid_from"


def counted_capacities(
    columns: Mapping[str, Values], municipalities: Column, codes: RegisterCodes, rows: Column, log: FaultLog
) -> tuple[dict[str, Values], Flags]:
    """Return the columns with every capacity in the unit of its service, and the rows where it is not to be told."""
    kept = {name: values for name, values in columns.items() if name != CAPACITY_UNIT}
    count = len(rows)
    capacity = columns.get(CAPACITY, np.full(count, np.nan))
    caretakers = columns.get(CARETAKERS, np.full(count, np.nan))
    either = missing(capacity) != missing(caretakers)
    detail = "Give either capacity or caretakers."
    bad = log.error_rows(~either, rows, "required", detail, column=CAPACITY, values=as_text(capacity))
    bad = bad | _in_another_unit(columns, codes, rows, log)
    places, unknown = _places(columns, caretakers, ~bad, municipalities, codes, rows, log)
    return {**kept, CAPACITY: np.where(missing(caretakers), capacity, places)}, bad | unknown


def _in_another_unit(columns: Mapping[str, Values], codes: RegisterCodes, rows: Column, log: FaultLog) -> Flags:
    if CAPACITY_UNIT not in columns:
        return np.zeros(len(rows), dtype=bool)
    pairs = list(zip(columns[SERVICE_CODE].tolist(), columns[CAPACITY_UNIT].tolist(), strict=True))
    bad = np.zeros(len(rows), dtype=bool)
    for service, unit in sorted({pair for pair in pairs if None not in pair}):
        if codes.services.get(service, unit) != unit:
            flags = np.array([pair == (service, unit) for pair in pairs], dtype=bool)
            detail = wrong_unit(unit, service, codes.services[service])
            bad |= log.error_rows(flags, rows, "unit", detail, column=CAPACITY_UNIT, values=columns[CAPACITY_UNIT])
    return bad


def _places(
    columns: Mapping[str, Values],
    caretakers: Values,
    asked: Flags,
    municipalities: Column,
    codes: RegisterCodes,
    rows: Column,
    log: FaultLog,
) -> tuple[Values, Flags]:
    """Return the places that caretakers can fill, and the rows for which no parameter says how many."""
    services = columns[SERVICE_CODE].tolist()
    known = np.array([service in codes.services for service in services], dtype=bool)
    asked = asked & known & ~missing(caretakers) & ~missing(columns[VALID_FROM])
    keys = list(zip(municipalities.tolist(), services, columns[VALID_FROM].tolist(), strict=True))
    found = {key: _each(codes, *key) for key in {keys[at] for at in np.flatnonzero(asked).tolist()}}
    bad = np.zeros(len(rows), dtype=bool)
    for key in sorted(key for key, places in found.items() if places is None):
        flags = asked & np.array([each == key for each in keys], dtype=bool)
        bad |= log.error_rows(
            flags, rows, "parameter", no_places(*key[1:]), column=CARETAKERS, values=as_text(caretakers)
        )
    each = np.array([found.get(key) or np.nan for key in keys], np.float64)
    return daycare_capacity(caretakers, each), bad


def _each(codes: RegisterCodes, municipality: str, service: str, day: dt.date) -> float | None:
    valid = [
        row
        for row in codes.caretaker_places
        if row["municipality_code"] in (None, municipality)
        and row["valid_from"] <= day
        and (row["valid_to"] is None or row["valid_to"] > day)
    ]
    return places_per_caretaker(valid, service)
