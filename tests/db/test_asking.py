"""Questions of one statement: asked outside transactions, planned as they need it, on connections that others use."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from service.database import Database, raw_connection
from service.errors import DatabaseUnavailable
from service.queries.statements import Statement

PLANNING = "SELECT current_setting('plan_cache_mode'), current_setting('max_parallel_workers_per_gather') <> '0'"


def planning(connection: psycopg.Connection[Any]) -> Any:
    return connection.execute(PLANNING).fetchone()


def test_whoever_takes_a_connection_has_its_statements_planned_as_it_needs(database: Database) -> None:
    for _ in range(20):  # more than the pool has connections
        with database.asking(planned_each_time=True) as connection:
            assert planning(connection) == ("force_custom_plan", False)
        with database.asking() as connection:
            assert planning(connection) == ("auto", True)
        with database.asking(planned_each_time=True):
            pass
        with database.reading() as reading:
            assert planning(raw_connection(reading)) == ("auto", True)
        with database.asking(planned_each_time=True):
            pass
        with database.writing() as session:
            assert planning(raw_connection(session.connection())) == ("auto", True)


def test_a_question_begins_no_transaction_and_leaves_none(database: Database) -> None:
    with database.asking() as connection:
        connection.execute("SELECT 1")
        assert connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
    with database.reading() as reading:
        assert raw_connection(reading).info.transaction_status is psycopg.pq.TransactionStatus.INTRANS
    with database.asking() as connection:
        assert connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE


def test_a_connection_that_breaks_amid_a_question_is_told_as_such_and_replaced(database: Database) -> None:
    with pytest.raises(DatabaseUnavailable), database.asking() as connection:
        # As the login itself, whose session it is.
        connection.execute("RESET ROLE; SELECT pg_terminate_backend(pg_backend_pid())")
    with database.asking() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_statement_binds_values_by_name_whatever_its_length_and_signs(database: Database) -> None:
    text = f"SELECT %(b)s::int - %(a)s::int, 10 %% %(a)s::int, %(word)s::text /* {'long ' * 2000} */"
    with database.asking() as connection:
        cursor = Statement(text, {"word": "100 % $1 %(a)s"}).ask(connection, {"a": 3, "b": 10})
        assert cursor.fetchall() == [(7, 1, "100 % $1 %(a)s")]
