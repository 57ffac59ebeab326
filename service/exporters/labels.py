"""What tables, columns and codes are called in a language."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from sqlalchemy import Enum

import models
from models.registry import ASSET_CLASSES
from service.catalogues import has_text, text

_WORDS = re.compile("(?<=[a-z])(?=[A-Z])")
_COLUMN_KEYS = ("export.column", "attribute", "column")


def table_label(language: str, code: str) -> str:
    """Return the name of a table: the plural of an asset class."""
    return text(language, f"asset_class_plural.{code}" if code in ASSET_CLASSES else f"export.table.{code}")


def column_label(language: str, name: str) -> str:
    """Return the name of a column, without its unit."""
    key = next((f"{group}.{name}" for group in _COLUMN_KEYS if has_text(language, f"{group}.{name}")), None)
    return name if key is None else text(language, key)


def unit_label(language: str, unit: str | None) -> str:
    """Return a unit as people write it, nothing for none."""
    if unit is None:
        return ""
    return text(language, f"unit.{unit}") if has_text(language, f"unit.{unit}") else unit


def column_heading(language: str, name: str, unit: str | None) -> str:
    """Return the name of a column with its unit."""
    return f"{column_label(language, name)}, {unit_label(language, unit)}" if unit else column_label(language, name)


def code_label(language: str, table: str, column: str, code: str) -> str:
    """Return what a code of a column means; the code itself where nothing says it."""
    keys = (f"code.{code_list(table, column)}.{code}", f"{column}.{code}")
    return next((text(language, key) for key in keys if has_text(language, key)), code)


@cache
def code_list(table: str, column: str) -> str | None:
    """Return the name of the code list of a column, None where it has none of its own."""
    kind = _enumeration(table, column)
    return None if kind is None else _WORDS.sub("_", kind.__name__).lower()


def _enumeration(table: str, column: str) -> type[Any] | None:
    if table in ASSET_CLASSES:
        attribute = ASSET_CLASSES[table].attribute(column)
        return None if attribute is None or attribute.choices is None else attribute.type
    stored: Any = models.Base.metadata.tables[table].columns.get(column)
    return stored.type.enum_class if stored is not None and isinstance(stored.type, Enum) else None
