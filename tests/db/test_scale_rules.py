"""The catalogue keeps the scale rules of architecture.md §5."""

from __future__ import annotations

from sqlalchemy import text

from service.database import Database

NATIONAL_TABLES = {
    "access_token",
    "alembic_version",
    "asset_class",
    "condition_scale",
    "condition_scale_value",
    "cost_index",
    "measure_rule",
    "parameter",
    "parameter_value",
    "service",
    "source",
    "spatial_ref_sys",
    "web_session",
}

KEY_CONSTRAINTS = text("""
SELECT c.conrelid::regclass::text AS table_name, c.conname, c.contype::text,
       (SELECT attname FROM pg_attribute WHERE attrelid = c.conrelid AND attnum = c.conkey[1]) AS first_column
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = 'public' AND c.contype IN ('p', 'u', 'x', 'f')
""")


def test_municipal_keys_start_with_the_municipality(database: Database) -> None:
    with database.reading() as connection:
        rows = connection.execute(KEY_CONSTRAINTS).all()
    municipal = [row for row in rows if row.table_name not in NATIONAL_TABLES]
    assert len(municipal) > 60
    to_national = {"asset_class", "condition_scale", "service", "source"}
    faulty = [
        row.conname
        for row in municipal
        if row.first_column != "municipality_code"
        and not (row.contype == "f" and any(row.conname.endswith(name) for name in to_national))
    ]
    assert faulty == []


def test_every_table_has_a_primary_key_and_none_has_a_trigger(database: Database) -> None:
    with database.reading() as connection:
        without_key = connection.execute(
            text(
                "SELECT relname FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace"
                " WHERE n.nspname = 'public'"
                " AND relkind = 'r' AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = t.oid AND contype = 'p')"
            )
        ).all()
        triggers = connection.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")).all()
    assert (without_key, triggers) == ([], [])
