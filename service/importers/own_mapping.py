"""Rows of the register's own exports: columns by their names, assets by their ids, everything checked as elsewhere."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from models.registry import ASSET_CLASSES
from service.exporters.csv_files import EASTING, HEIGHT, NORTHING, TM35FIN, WKT
from service.importers.conversions import convert
from service.importers.crs_choice import CrsChoice
from service.importers.geometry_checks import fitted_geometry
from service.importers.geometry_mapping import place
from service.importers.parse_values import parse_numbers
from service.importers.profile import GeometrySource, ValueMapping
from service.importers.source_table import as_text, missing, object_column, unreadable
from service.importers.value_checks import ColumnCheck, check_column, future_years
from service.operations.import_report import ImportFault, Severity
from service.queries.export_tables import ASSET_CLASS, ASSET_ID, ID, MUNICIPALITY_CODE, ROW_VERSION, export_tables
from service.queries.import_rows import ImportRows
from service.queries.own_targets import own_target

if TYPE_CHECKING:
    from service.importers.fault_log import FaultLog
    from service.importers.source_table import Flags, SourceTable, Values
    from service.importers.target_mapping import Surroundings
    from service.queries.import_targets import Target

OWN_SOURCE_SYSTEM = "kuntokanta"
_SHAPES = re.compile(rf"^{WKT}(?:_epsg_(\d{{4,5}}))?(?:_part_\d+)?$")
_POINT = ("POINT",)
# Keys of records that the register does not number.
_PLAIN_ID = re.compile(r"^(\d{3})-([1-9]\d{0,12})$")


@dataclass
class OwnRegister:
    """The register as rows of an export are checked against it.

    Attributes:
        around: Code lists, the municipality that the caller names, and the day.
        classes: Class number of each asset of the register, and of those that the file brings.
        versions: Version of the record of each asset of the register.
        keeps_newer: Whether what was changed since the export is kept, and its rows are faults.
        keys: Keys of each table that the file has brought so far.
    """

    around: Surroundings
    classes: dict[int, int]
    versions: dict[int, int] = field(default_factory=dict)
    keeps_newer: bool = True
    keys: dict[str, set[tuple[object, ...]]] = field(default_factory=dict)


def map_own_table(table: SourceTable, code: str, register: OwnRegister, log: FaultLog) -> tuple[ImportRows, int]:
    """Return the good rows of a table and the number of those kept out; every fault goes to the log.

    Raises:
        UnreadableSourceError: A column is missing without which rows are not known again.
    """
    target = own_target(code)
    _check_names(table, target, log)
    municipalities, bad = _municipalities(table, register.around, log)
    columns, faulty = _columns(table, target, register, log)
    bad |= faulty
    shapes = _shapes(table, target, log)
    geometry = None
    if shapes is not None:
        placed = place(shapes, GeometrySource(), CrsChoice(), log)
        if placed is not None:
            bad |= placed.broken
            geometry, misfit = fitted_geometry(dataclasses.replace(shapes, geometry=placed.shapes), target, log)
            bad |= misfit
    bad |= _repeated(columns, target, table, register, log)
    if target.is_asset and ROW_VERSION in table.columns:
        bad |= _changed_since(columns[ID], table, register, log)
    rows = ImportRows(target, table.row_numbers, municipalities, None, None, columns, geometry)
    return rows.take(~bad), int(bad.sum())


def _check_names(table: SourceTable, target: Target, log: FaultLog) -> None:
    """Name the columns that are not of the table; raise where one is missing by which rows are known again."""
    known = {*export_tables()[target.code].columns, EASTING, NORTHING, HEIGHT}
    for name in table.columns:
        if name not in known and not _SHAPES.match(name):
            detail = f"The column {name} is none of {target.code}; it is not read."
            log.add(ImportFault(None, name, None, "unknown_column", Severity.WARNING, detail))
    keys = [ID] if target.is_asset else list(target.match)
    lacking = [name for name in keys if name not in table.columns]
    if lacking:
        detail = f"{target.code} needs the column {', '.join(lacking)}, by which its rows are known again."
        raise unreadable("column_missing", detail, column=lacking[0])


def _municipalities(table: SourceTable, around: Surroundings, log: FaultLog) -> tuple[Values, Flags]:
    told = around.municipality_code
    given = object_column([None] * len(table))
    if MUNICIPALITY_CODE in table.columns:
        given = as_text(table.columns[MUNICIPALITY_CODE])
    codes = object_column([told if code is None else code.zfill(3) for code in given.tolist()])
    detail = f"The row is of municipality {{value}}, the import is for {told}."
    other = np.array([code != told for code in codes.tolist()], dtype=bool)
    log.error_rows(other, table.row_numbers, "municipality", detail, column=MUNICIPALITY_CODE, values=codes)
    return codes, other


def _columns(
    table: SourceTable, target: Target, register: OwnRegister, log: FaultLog
) -> tuple[dict[str, Values], Flags]:
    columns: dict[str, Values] = {}
    bad = np.zeros(len(table), dtype=bool)
    for name, described in target.fields.items():
        if name not in table.columns:
            continue
        source, broken = table, bad
        if name in (ID, ASSET_ID):
            source, broken = _numbers(table, name, register, target, log)
        mapping = ValueMapping(column=name)
        choices = register.around.choices.get(name, described.choices)
        own = dataclasses.replace(described, choices=choices, nullable=described.nullable or name == ID)
        converted = convert(source, mapping, own.kind)
        check = ColumnCheck(own, name, table.row_numbers, register.around.today, mapping)
        bad |= broken | check_column(converted, check, log)
        columns[name] = converted.values
    if target.is_asset:
        columns["source_system"] = _origins(columns.get("source_system"), len(table))
    if ASSET_CLASS in columns:
        numbers = [ASSET_CLASSES[code].number if code in ASSET_CLASSES else 0 for code in columns[ASSET_CLASS].tolist()]
        columns[ASSET_CLASS] = np.array(numbers, dtype=np.int64)
    if target.is_asset:
        bad |= future_years(columns, table.row_numbers, register.around.today, bad, log)
    return columns, bad


def _origins(given: Values | None, count: int) -> Values:
    """Return where rows come from: those that do not say it come from an export."""
    return object_column([each or OWN_SOURCE_SYSTEM for each in ([None] * count if given is None else given.tolist())])


def _numbers(
    table: SourceTable, name: str, register: OwnRegister, target: Target, log: FaultLog
) -> tuple[SourceTable, Flags]:
    """Return the table with the numbers of assets instead of their ids, and the rows whose asset is another's."""
    told = register.around.municipality_code
    ids = as_text(table.columns[name])
    found = [None if text is None else _PLAIN_ID.match(text) for text in ids.tolist()]
    numbers = [int(each[2]) if each and each[1] == told else None for each in found]
    unread = ~missing(ids) & missing(object_column(list(numbers)))
    detail = f"{{value}} is no id of an asset of municipality {told}."
    log.error_rows(unread, table.row_numbers, "id", detail, column=name, values=ids)
    if target.is_asset:
        own = target.asset_class
        other = [number is not None and register.classes.setdefault(number, own or 0) != own for number in numbers]
        detail = f"{{value}} is in the register as an asset of another class than {target.code}."
    else:
        other = [number is not None and number not in register.classes for number in numbers]
        detail = "The asset {value} is not in the register."
    misplaced = np.array(other, dtype=bool)
    log.error_rows(misplaced, table.row_numbers, "asset", detail, column=name, values=ids)
    texts = object_column([None if number is None else str(number) for number in numbers])
    return table.with_columns({name: texts}), unread | misplaced


def _changed_since(ids: Values, table: SourceTable, register: OwnRegister, log: FaultLog) -> Flags:
    """Return the rows of assets whose record was changed after the export was written."""
    texts = as_text(table.columns[ROW_VERSION])
    given, _ = parse_numbers(texts, None, table.decimal_comma)
    newest = [register.versions.get(int(number)) if number == number else None for number in ids.tolist()]
    flags = [now is not None and then == then and now != then for now, then in zip(newest, given.tolist(), strict=True)]
    changed = np.array(flags, dtype=bool) & register.keeps_newer
    detail = "The asset was changed since the export: version {value} is no longer the newest."
    return log.error_rows(changed, table.row_numbers, "conflict", detail, column=ROW_VERSION, values=texts)


def _repeated(
    columns: dict[str, Values], target: Target, table: SourceTable, register: OwnRegister, log: FaultLog
) -> Flags:
    """Return the rows whose key stands in the file before."""
    names = [ID] if target.is_asset else list(target.match)
    keys = list(zip(*(columns[name].tolist() for name in names), strict=True))
    seen = register.keys.setdefault(target.code, set())
    flags = np.zeros(len(table), dtype=bool)
    for place_, key in enumerate(keys):
        if any(part is None or part != part for part in key):
            continue
        flags[place_] = key in seen
        seen.add(key)
    texts = object_column(["/".join(map(str, key)) for key in keys])
    detail = "The key {value} stands in the file before."
    return log.error_rows(flags, table.row_numbers, "duplicate_key", detail, column=names[0], values=texts)


def _shapes(table: SourceTable, target: Target, log: FaultLog) -> SourceTable | None:
    """Return the table with its geometries, wherever they stand; None where it has none, and they stay as they are."""
    if not target.geometry_types:
        return None
    if table.geometry is not None:
        return dataclasses.replace(table, geometry=_without_unknown_heights(table.geometry))
    parts = sorted((name for name in table.columns if _SHAPES.match(name)), key=lambda name: (len(name), name))
    if parts:
        return _from_wkt(table, parts, log)
    if EASTING in table.columns and NORTHING in table.columns and target.geometry_types == _POINT:
        return _from_coordinates(table)
    return None


def _without_unknown_heights(shapes: Values) -> Values:
    """Heights that are no numbers are unknown ones, which FlatGeobuf cannot leave out."""
    coordinates, owners = shapely.get_coordinates(shapes, include_z=True, return_index=True)
    unknown = np.zeros(len(shapes), dtype=bool)
    unknown[owners[np.isnan(coordinates[:, 2])]] = True
    flat = shapes.copy()
    flat[unknown] = shapely.force_2d(shapes[unknown])
    return flat


def _from_wkt(table: SourceTable, parts: list[str], log: FaultLog) -> SourceTable:
    texts = [as_text(table.columns[name]).tolist() for name in parts]
    joined = object_column(["".join(part for part in row if part) or None for row in zip(*texts, strict=True)])
    shapes = shapely.from_wkt(joined, on_invalid="ignore")
    broken = ~missing(joined) & missing(shapes)
    detail = "Not a geometry as WKT: {value}."
    log.error_rows(broken, table.row_numbers, "type", detail, column=parts[0], values=joined)
    told = _SHAPES.match(parts[0])
    srid = told[1] if told and told[1] else str(TM35FIN)
    # A text that is no geometry must not pass for a row without one.
    shapes[broken] = shapely.Point(np.nan, np.nan)
    return dataclasses.replace(table, geometry=shapes, crs=f"EPSG:{srid}")


def _from_coordinates(table: SourceTable) -> SourceTable:
    texts = [as_text(table.columns[each]) for each in (EASTING, NORTHING, HEIGHT) if each in table.columns]
    x, y, *z = (parse_numbers(each, None, table.decimal_comma)[0] for each in texts)
    known = ~np.isnan(x) & ~np.isnan(y)
    shapes = np.full(len(table), None, dtype=object)
    shapes[known] = shapely.points(x[known], y[known])
    if z:
        high = known & ~np.isnan(z[0])
        shapes[high] = shapely.points(x[high], y[high], z[0][high])
    return dataclasses.replace(table, geometry=shapes, crs=f"EPSG:{TM35FIN}")
