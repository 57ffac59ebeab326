"""The register's tables as targets of its own exports: every column can be filled, rows are found by their numbers."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from geoalchemy2 import Geometry
from sqlalchemy import Sequence

import models
from models.registry import ASSET_CLASSES
from service.queries.export_tables import ASSET_CLASS, ASSET_ID, ID, MUNICIPALITY_CODE, export_tables
from service.queries.import_targets import TARGETS, Target, TargetField, column_field, record_target

if TYPE_CHECKING:
    from sqlalchemy import Table

GREATEST_NUMBER = 10**12
"""Of the register's own numbers in a file: behind it the sequences go on, and numbers must stay exact in JSON."""


@cache
def own_target(code: str) -> Target:
    """Return the target of a table of exports; the number of an asset is the field `id`."""
    return _asset_target(code) if code in ASSET_CLASSES else _record_target(code)


def target_of(code: str) -> Target:
    """Return the target that an import has written under this name, of whatever profile."""
    return TARGETS[code] if code in TARGETS else own_target(code)


def _asset_target(code: str) -> Target:
    target = TARGETS[code]
    number = TargetField(ID, "asset_id", "asset", "integer", ge=1, le=GREATEST_NUMBER)
    origin = TargetField("source_system", "source_system", "asset", "text")
    fields = MappingProxyType({ID: number, **target.fields, origin.name: origin})
    return replace(target, fields=fields, match=("asset_id",), is_numbered=True)


def _record_target(code: str) -> Target:
    table: Table = models.Base.metadata.tables[code]
    key = tuple(each.name for each in table.primary_key.columns if each.name != MUNICIPALITY_CODE)
    identity = _identity(table)
    match = key if identity is None else (identity[0],)
    columns = [each for each in table.columns if each.name in export_tables()[code].columns]
    fields = {
        each.name: column_field(each)
        for each in columns
        if each.name != MUNICIPALITY_CODE and not isinstance(each.type, Geometry)
    }
    if identity is not None:
        number = fields[identity[0]]
        fields[identity[0]] = replace(number, nullable=True, ge=1, le=GREATEST_NUMBER)
    if ASSET_CLASS in fields:
        fields[ASSET_CLASS] = replace(fields[ASSET_CLASS], kind="text", ge=None, le=None, choices=tuple(ASSET_CLASSES))
    if ASSET_ID in fields:
        fields[ASSET_ID] = replace(fields[ASSET_ID], ge=1, le=GREATEST_NUMBER)
    base = record_target(code, match, identity)
    return replace(base, fields=MappingProxyType(fields), of_asset=False, is_numbered=True)


def _identity(table: Table) -> tuple[str, str] | None:
    """Return the column whose values come from a sequence, and the sequence."""
    for each in table.primary_key.columns:
        if isinstance(each.default, Sequence):
            return each.name, each.default.name
    return None
