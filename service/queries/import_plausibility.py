"""Is a file plausible against what is there: values that jump, and columns in another unit than the register's."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from service.queries.import_differences import column_names, staged_records
from service.queries.import_staging import CHANGED, UNCHANGED, Stage, tables

JUMP_RATIO = 10
JUMP_YEARS = 30
YEARS = ("built_year", "renewed_year")
# Enough values for a median that a few odd ones do not move.
SAMPLE_ROWS = 2000
LEAST_VALUES = 10
# What a thousand looks like where two stocks differ too.
THOUSAND = (300.0, 3000.0)


def jumping_values(connection: psycopg.Connection[Any], stage: Stage) -> list[tuple[int, str, str, str]]:
    """Return where a changed value is ten times the stored one or more, or a tenth or less; a year, 30 years off.

    Of each: row, attribute, stored value, the file's value.
    """
    measured = _measured(stage)
    if not measured:
        return []
    values = [
        sql.SQL("({}, {}, {}.{}::float8, s.{}::float8)").format(
            sql.Literal(name),
            sql.Literal(name in YEARS),
            sql.Identifier(alias),
            sql.Identifier(column),
            sql.Identifier(column),
        )
        for (alias, column), name in measured.items()
    ]
    statement = sql.SQL(
        "SELECT s.row_number, j.name, j.stored::text, j.told::text FROM {records}"
        " CROSS JOIN LATERAL (VALUES {values}) j (name, is_year, stored, told) WHERE s.outcome = {changed}"
        " AND CASE WHEN j.is_year THEN abs(j.told - j.stored) > {years}"
        " ELSE j.stored > 0 AND j.told > 0 AND greatest(j.stored, j.told) >= {ratio} * least(j.stored, j.told) END"
        " ORDER BY 1, 2"
    ).format(
        records=staged_records(stage),
        values=sql.SQL(", ").join(values),
        changed=sql.Literal(CHANGED),
        years=sql.Literal(JUMP_YEARS),
        ratio=sql.Literal(JUMP_RATIO),
    )
    return connection.execute(statement).fetchall()


def typical_values(connection: psycopg.Connection[Any], stage: Stage) -> list[tuple[str, float, float]]:
    """Return the attributes whose typical value in the file is about 1000 times the register's, or a thousandth.

    Of each: attribute, median in the file, median of what the register holds of the class. Both are of samples.
    """
    measured = {each: name for each, name in _measured(stage).items() if name not in YEARS}
    if not measured or not stage.target.is_asset:
        return []
    of_file = _medians(measured, sql.SQL("s"), staged=True)
    of_register = _medians(measured, sql.SQL("r"), staged=False)
    columns = sql.SQL(", ").join(
        sql.SQL("{}.{}").format(sql.Identifier(alias), sql.Identifier(column)) for alias, column in measured
    )
    statement = sql.SQL(
        "SELECT {of_file}, {of_register} FROM"
        " (SELECT {file} FROM (SELECT * FROM {stage} WHERE outcome <> {unchanged} LIMIT {rows}) s) f,"
        " (SELECT {register} FROM (SELECT {columns} FROM {tables} WHERE t.asset_class = {number}::int2"
        " AND t.municipality_code IN (SELECT DISTINCT municipality_code FROM {stage}) LIMIT {rows}) r) g"
    ).format(
        of_file=sql.SQL("f.*"),
        of_register=sql.SQL("g.*"),
        file=of_file,
        register=of_register,
        stage=sql.Identifier(stage.table),
        unchanged=sql.Literal(UNCHANGED),
        rows=sql.Literal(SAMPLE_ROWS),
        columns=columns,
        tables=tables(stage.target),
        number=sql.Literal(stage.target.asset_class),
    )
    found = connection.execute(statement).fetchone() or ()
    half = len(measured)
    triples = zip(measured.values(), found[:half], found[half:], strict=True)
    return [(name, told, stored) for name, told, stored in triples if told and stored and _is_thousand(told / stored)]


def _is_thousand(ratio: float) -> bool:
    low, high = THOUSAND
    return low <= ratio <= high or low <= 1 / ratio <= high


def _medians(measured: dict[tuple[str, str], str], alias: sql.SQL, *, staged: bool) -> sql.Composable:
    """Return an expression per column: its median, or NULL where there are too few values."""
    prefix = "f" if staged else "g"
    return sql.SQL(", ").join(
        sql.SQL(
            "CASE WHEN count(*) FILTER (WHERE {value} > 0) >= {least} THEN percentile_cont(0.5)"
            " WITHIN GROUP (ORDER BY {value}::float8) FILTER (WHERE {value} > 0) END AS {name}"
        ).format(
            value=sql.SQL("{}.{}").format(alias, sql.Identifier(column)),
            least=sql.Literal(LEAST_VALUES),
            name=sql.Identifier(f"{prefix}{number}"),
        )
        for number, (_, column) in enumerate(measured)
    )


def _measured(stage: Stage) -> dict[tuple[str, str], str]:
    """Return the filled columns that hold a measured number: with a unit, or counted in a record that is no key."""
    found = {}
    for each, name in column_names(stage).items():
        field = stage.target.fields.get(name)
        if field is None or field.kind not in ("integer", "number") or name in stage.target.match:
            continue
        if name in YEARS or (field.unit and field.unit != "a") or not stage.target.is_asset:
            found[each] = name
    return found
