"""Foreign keys of imported assets hold, though they are asked once and not for each row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg import sql

from service.database import Database, raw_connection
from service.errors import DataConflict
from service.queries.import_references import references_asked_once
from service.queries.import_staging import Stage
from service.queries.import_targets import TARGETS

ROLE = "SHOW session_replication_role"
KEYS = (
    "SELECT conrelid::regclass::text, confrelid::regclass::text,"
    " ARRAY(SELECT attname::text FROM unnest(conkey) k JOIN pg_attribute ON attrelid = conrelid AND attnum = k),"
    " ARRAY(SELECT attname::text FROM unnest(confkey) k JOIN pg_attribute ON attrelid = confrelid AND attnum = k)"
    " FROM pg_constraint WHERE contype = 'f'"
)


@pytest.fixture
def connection(module_database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A transaction that is taken back."""
    with module_database.writing() as session:
        yield raw_connection(session.connection())
        session.rollback()


def _stage(connection: psycopg.Connection[Any], municipality_code: str) -> Stage:
    connection.execute("CREATE TEMPORARY TABLE staged (municipality_code text) ON COMMIT DROP")
    connection.execute("INSERT INTO staged VALUES (%s)", (municipality_code,))
    return Stage("staged", TARGETS["water_main"], {}, "test")


def test_the_service_may_ask_once_where_its_own_cluster_is_used(connection: psycopg.Connection[Any]) -> None:
    stage = _stage(connection, "837")
    with references_asked_once(connection, stage):
        assert connection.execute(ROLE).fetchone() == ("replica",)
    assert connection.execute(ROLE).fetchone() == ("origin",)


def test_assets_of_a_municipality_that_is_not_in_the_register_are_refused(connection: psycopg.Connection[Any]) -> None:
    stage = _stage(connection, "998")
    with pytest.raises(DataConflict), references_asked_once(connection, stage):
        pass


def test_assets_of_a_class_that_is_not_in_the_register_are_refused(connection: psycopg.Connection[Any]) -> None:
    stage = replace(_stage(connection, "837"), target=replace(TARGETS["water_main"], asset_class=9999))
    with pytest.raises(DataConflict), references_asked_once(connection, stage):
        pass


def test_foreign_keys_are_asked_again_after_the_block(connection: psycopg.Connection[Any]) -> None:
    with references_asked_once(connection, _stage(connection, "837")):
        pass
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        connection.execute("INSERT INTO water_main (municipality_code, asset_id) VALUES ('837', 987654321)")


def test_every_foreign_key_of_an_imported_register_holds(connection: psycopg.Connection[Any]) -> None:
    keys = connection.execute(KEYS).fetchall()
    assert len(keys) > 30
    for table, parent, columns, named in keys:
        pairs = [sql.SQL("c.{} = p.{}").format(*map(sql.Identifier, pair)) for pair in zip(columns, named, strict=True)]
        known = [sql.SQL("c.{} IS NOT NULL").format(sql.Identifier(name)) for name in columns]
        statement = sql.SQL("SELECT count(*) FROM {} c WHERE {} AND NOT EXISTS (SELECT FROM {} p WHERE {})").format(
            sql.Identifier(table), sql.SQL(" AND ").join(known), sql.Identifier(parent), sql.SQL(" AND ").join(pairs)
        )
        assert connection.execute(statement).fetchone() == (0,), (table, parent)
