"""Loading of what every installation starts with: classes, municipalities, scales, services and default parameters."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Column
from sqlalchemy.types import TypeEngine

import models
from models.registry import ASSET_CLASSES
from service.database import Database
from service.queries.seeding import store_asset_classes, store_missing

SEED_DIRECTORY = Path(__file__).resolve().parents[2] / "migrations" / "seed"
# In the order of their references.
SEED_TABLES = (
    "municipality",
    "source",
    "condition_scale",
    "condition_scale_value",
    "service",
    "parameter",
    "parameter_value",
    "measure_rule",
    "cost_index",
)


def seed(database: Database) -> None:
    """Load the seed files into the tables in one transaction; rows that are there already stay as they are."""
    with database.writing() as session:
        store_asset_classes(session)
        for table in SEED_TABLES:
            store_missing(session, table, seed_rows(table))


def seed_rows(table: str) -> list[dict[str, Any]]:
    """Return the rows of a seed file, with an empty field as unknown and an asset class by its number."""
    columns = models.Base.metadata.tables[table].columns
    with (SEED_DIRECTORY / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return [
            {name: _value(columns[name], text) for name, text in row.items() if name != "asset_class_code"}
            | _asset_class(row)
            for row in csv.DictReader(file)
        ]


def _asset_class(row: dict[str, str]) -> dict[str, Any]:
    code = row.get("asset_class_code")
    return {"asset_class": ASSET_CLASSES[code].number if code else None} if code is not None else {}


def _value(column: Column[Any], text: str) -> Any:
    kind: TypeEngine[Any] = column.type
    if isinstance(kind, Boolean):
        return text == "true"
    return text or None
