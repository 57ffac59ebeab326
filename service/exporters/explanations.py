"""What an export says of itself: its columns and codes, how it comes back, and what its format does not hold."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from models.registry import ASSET_CLASSES
from service.catalogues import text
from service.exporters.labels import code_label, column_label, table_label, unit_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.exporters.contents import ExportTerms, TableRows
    from service.queries.export_tables import ExportTable
    from service.queries.feature_collections import FeatureProperty

OWN_PROFILE = "kuntokanta_export"
_COLUMN_HEADINGS = ("table", "column", "name", "description", "unit", "type", "required", "minimum", "maximum")
_CODE_HEADINGS = ("table", "column", "code", "meaning")

Cell = str | float | None


def about_lines(tables: Sequence[TableRows], terms: ExportTerms) -> list[str]:
    """Return what a file says of itself, a line each: what it is, how it is read back, what it does not hold."""
    language = terms.language
    lines = [
        _title(tables, terms),
        text(language, "export.about.written", day=terms.written_on.isoformat(), crs=f"EPSG:{terms.srid}"),
        text(language, "export.about.import", profile=OWN_PROFILE),
    ]
    if terms.losses:
        lines += [text(language, "export.about.losses"), *(f"– {each}" for each in told_losses(terms))]
    return [*lines, "", *(f"{table_label(language, each.table.code)}: {each.content.rows}" for each in tables)]


def _title(tables: Sequence[TableRows], terms: ExportTerms) -> str:
    if terms.municipality is None:
        named = ", ".join(table_label(terms.language, each.table.code) for each in tables)
        return text(terms.language, "export.about.form", tables=named)
    return text(terms.language, "export.about.title", municipality=terms.municipality)


def told_losses(terms: ExportTerms) -> list[str]:
    """Return what the format does not hold, in words."""
    return [text(terms.language, f"export.loss.{each}") for each in terms.losses]


def explained_columns(tables: Sequence[ExportTable], terms: ExportTerms) -> list[list[Cell]]:
    """Return a row for each column of the tables, the headings first."""
    rows: list[list[Cell]] = [[text(terms.language, f"export.heading.{each}") for each in _COLUMN_HEADINGS]]
    return rows + [_explained(table, each, terms.language) for table in tables for each in table.columns.values()]


def _explained(table: ExportTable, column: FeatureProperty, language: str) -> list[Cell]:
    kind = column.type.__name__ if column.type is not datetime.date else "date"
    computed = text(language, "export.heading.computed") if column.read_only else ""
    described = [column_description(column, language), computed]
    required = text(language, "report.yes") if is_required(table, column.name) else ""
    names = [table.code, column.name, column_label(language, column.name)]
    limits = [None if column.ge is None else float(column.ge), None if column.le is None else float(column.le)]
    told = ". ".join(each for each in described if each)
    return [*names, told, unit_label(language, column.unit), text(language, f"export.type.{kind}"), required, *limits]


def column_description(column: FeatureProperty, language: str) -> str:
    """Return what a column says, in words; nothing where its name says it all."""
    return column.description if language == "en" else ""


def is_required(table: ExportTable, column: str) -> bool:
    """Return whether a row cannot be without a value of a column."""
    if table.code in ASSET_CLASSES:
        attribute = ASSET_CLASSES[table.code].attribute(column)
        return attribute is not None and not attribute.nullable and not attribute.read_only
    stored = getattr(table.source, "columns", {}).get(column)
    return stored is not None and not stored.nullable


def explained_codes(tables: Sequence[ExportTable], terms: ExportTerms) -> list[list[str]]:
    """Return a row for each code that a column of the tables may have, the headings first."""
    rows = [[text(terms.language, f"export.heading.{each}") for each in _CODE_HEADINGS]]
    return rows + [
        [table.code, column.name, code, code_label(terms.language, table.code, column.name, code)]
        for table in tables
        for column in table.columns.values()
        for code in column.choices or ()
    ]
