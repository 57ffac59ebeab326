"""Rows of one target: its filters and keys, its attributes converted and checked, repeated rows told apart."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from models.identifiers import property_id_from_text
from service.importers.capacities import CAPACITY, counted_capacities
from service.importers.conversions import convert
from service.importers.crs_choice import CrsChoice
from service.importers.derived_columns import (
    CONDITION_INDEX,
    SCALE_CODE,
    SERVICE_CODE,
    VALID_TO,
    condition_indices,
    ends_of_periods,
)
from service.importers.fault_log import FaultLog
from service.importers.geometry_checks import fitted_geometry
from service.importers.geometry_repair import REPAIR
from service.importers.hashed_keys import hashed_ids, key_texts
from service.importers.profile import Profile, TargetMapping, ValueMapping
from service.importers.row_groups import kept_rows, one_row_per_group, unpivoted
from service.importers.source_table import Flags, SourceTable, Values, as_text, missing, object_column
from service.importers.units import unit_factor
from service.importers.value_checks import ColumnCheck, check_column, future_years
from service.operations.imports import RegisterCodes
from service.queries.import_rows import ImportRows
from service.queries.import_targets import TARGETS, Target, TargetField

# Columns that the pipeline adds to a file's own; no file column begins with @@.
MUNICIPALITY = "@@municipality"
FAULTY = "@@faulty"
KEY_SEPARATOR = "/"
PROPERTY_ID = "property_id"
ASSESSED_ON = "assessed_on"
HEIGHT_SYSTEM = "height_system"


@dataclass(frozen=True)
class Surroundings:
    """What mapping needs beside the file and the profile.

    Attributes:
        municipality_code: The municipality that the caller names; None where the file names them.
        today: The day that future dates are measured from.
        codes: Code lists of the register.
        crs_choice: Settles the coordinate system of the file.
        geometry_repair: `repair` invalid shapes, or `refuse` them.
    """

    municipality_code: str | None
    today: dt.date
    codes: RegisterCodes
    crs_choice: CrsChoice = dataclasses.field(default_factory=CrsChoice)
    geometry_repair: str = REPAIR

    @property
    def choices(self) -> dict[str, tuple[str, ...]]:
        """Return the fields whose values are rows of the register."""
        return {SERVICE_CODE: tuple(self.codes.services), SCALE_CODE: tuple(self.codes.scales)}


def map_target(
    table: SourceTable, profile: Profile, mapping: TargetMapping, around: Surroundings, log: FaultLog
) -> tuple[ImportRows, int]:
    """Return the good rows of one target and the number of those kept out; every fault goes to the log."""
    table = _rows_of_target(table, mapping)
    target = TARGETS[mapping.target]
    columns, bad = _attributes(table, profile, mapping, around, log)
    source_ids, no_key = _key(table, mapping.key, log)
    asset_ids, no_asset = _key(table, mapping.asset_key, log, optional=mapping.asset_missing == "warning")
    if mapping.hashed_key is not None and target.of_asset:
        asset_ids, no_asset = hashed_ids(table, mapping.hashed_key, log)
    elif mapping.hashed_key is not None:
        source_ids, no_key = hashed_ids(table, mapping.hashed_key, log)
    derived, underivable = _derived(table, target, mapping, columns, asset_ids, around, log)
    geometry, misfit = fitted_geometry(table, target, log)
    rows = ImportRows(
        target=target,
        row_numbers=table.row_numbers,
        municipality_codes=table.columns[MUNICIPALITY],
        source_ids=_own_ids(source_ids, asset_ids, target, derived),
        asset_source_ids=asset_ids,
        columns=_with_heights(derived, target, geometry, around.crs_choice.height_system),
        geometry=geometry,
        asset_required=mapping.asset_missing == "fault",
        key_texts=None if mapping.hashed_key is None else key_texts(table, mapping.hashed_key),
    )
    bad |= table.columns[FAULTY].astype(bool) | no_key | no_asset | underivable | misfit
    return rows.take(~bad), int(bad.sum())


def _rows_of_target(table: SourceTable, mapping: TargetMapping) -> SourceTable:
    if mapping.where:
        table = table.take(kept_rows(table, mapping.where))
    if mapping.one_per is not None:
        table = one_row_per_group(table, mapping.one_per)
    return table if mapping.unpivot is None else unpivoted(table, mapping.unpivot)


def _all_values(mapping: TargetMapping, target: Target) -> dict[str, ValueMapping]:
    """Return the declared values, and those that unpivoting made into columns of the attribute's name."""
    values = dict(mapping.values)
    if mapping.unpivot is not None:
        names = {mapping.unpivot.value, *(name for row in mapping.unpivot.columns.values() for name in row)}
        values |= {name: ValueMapping(column=name) for name in target.fields if name in names and name not in values}
    return values


def _attributes(
    table: SourceTable, profile: Profile, mapping: TargetMapping, around: Surroundings, log: FaultLog
) -> tuple[dict[str, Values], Flags]:
    """Return the converted columns by field name, and the rows in which one of them is faulty."""
    target = TARGETS[mapping.target]
    columns: dict[str, Values] = {}
    bad = np.zeros(len(table), dtype=bool)
    for name, value_mapping in _all_values(mapping, target).items():
        field = target.fields[name]
        field = dataclasses.replace(field, choices=around.choices.get(name, field.choices))
        converted = convert(table, value_mapping, field.kind, profile.unknown, _factor(value_mapping, field))
        converted = dataclasses.replace(converted, values=_normalised(converted.values, name))
        check = ColumnCheck(field, _shown_column(value_mapping, name), table.row_numbers, around.today, value_mapping)
        bad |= check_column(converted, check, log)
        columns[name] = converted.values
    return columns, bad | future_years(columns, table.row_numbers, around.today, bad, log)


def _shown_column(mapping: ValueMapping, name: str) -> str:
    return " + ".join(mapping.source_columns) or name


def _normalised(values: Values, name: str) -> Values:
    """Return identifiers in the register's spelling; what cannot be read stays, for the check to name."""
    if name != PROPERTY_ID:
        return values
    return object_column([None if text is None else property_id_from_text(text) or text for text in values.tolist()])


def _factor(mapping: ValueMapping, target_field: TargetField) -> float:
    by_unit = 1.0 if mapping.unit is None else unit_factor(mapping.unit, target_field.unit)
    return mapping.factor * (1.0 if by_unit is None else by_unit)


def _derived(
    table: SourceTable,
    target: Target,
    mapping: TargetMapping,
    columns: dict[str, Values],
    asset_ids: Values | None,
    around: Surroundings,
    log: FaultLog,
) -> tuple[dict[str, Values], Flags]:
    """Return the columns with those that follow from others, and the rows where one could not be derived."""
    none = np.zeros(len(table), dtype=bool)
    if CONDITION_INDEX in target.fields and CONDITION_INDEX not in columns:
        indices, off = condition_indices(columns, around.codes.scales, table.row_numbers, log)
        return {**columns, CONDITION_INDEX: indices}, off
    if target.code == CAPACITY:
        places = table.columns[MUNICIPALITY]
        columns, none = counted_capacities(columns, places, around.codes, table.row_numbers, log)
    if mapping.successive and asset_ids is not None:
        return {**columns, VALID_TO: ends_of_periods(columns, asset_ids)}, none
    return columns, none


def _with_heights(
    columns: dict[str, Values], target: Target, shapes: Values | None, system: str | None
) -> dict[str, Values]:
    """Return the columns with the height system of the shapes that have levels, where the file says it."""
    if system is None or shapes is None or HEIGHT_SYSTEM not in target.fields or HEIGHT_SYSTEM in columns:
        return columns
    high = shapely.has_z(shapes).tolist()
    return {**columns, HEIGHT_SYSTEM: object_column([system if each else None for each in high])}


def _own_ids(
    source_ids: Values | None, asset_ids: Values | None, target: Target, columns: Mapping[str, Values]
) -> Values | None:
    """Return the rows' ids in the source; an assessment without one is known by its asset and day."""
    if source_ids is not None or asset_ids is None or ASSESSED_ON not in target.fields:
        return source_ids
    days = as_text(columns[ASSESSED_ON]).tolist()
    return object_column([f"{asset}@{day}" for asset, day in zip(asset_ids.tolist(), days, strict=True)])


def _key(
    table: SourceTable, columns: Sequence[str], log: FaultLog, *, optional: bool = False
) -> tuple[Values | None, Flags]:
    """Return the key columns joined, and the rows that lack a part of their key."""
    lacking = np.zeros(len(table), dtype=bool)
    if not columns:
        return None, lacking
    parts = [as_text(table.columns[name]) for name in columns]
    if not optional:
        for name, part in zip(columns, parts, strict=True):
            detail = "The row has no key."
            lacking |= log.error_rows(missing(part), table.row_numbers, "key", detail, column=name, values=part)
    if len(parts) == 1:
        return object_column([text or None for text in parts[0].tolist()]), lacking
    joined = [KEY_SEPARATOR.join(row) if all(row) else None for row in zip(*(p.tolist() for p in parts), strict=True)]
    return object_column(joined), lacking
