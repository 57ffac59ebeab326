"""Row-level security, asked by raw SQL as the service's login: who may act in one municipality has no hold on another.

No check of the application stands before these statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql

import models
from models.access import Role
from service.acting import NOBODY, Acting, acting_as, operator
from service.cluster.cluster import Cluster
from service.database import Database, raw_connection
from service.errors import RolesMissing, TokenInvalid
from service.operations.access import authenticate, create_token, list_tokens
from service.operations.database_logins import admit_login, login_faults
from service.operations.demo import DEMO_MUNICIPALITY
from service.operations.jobs import EXPORT, Job, JobKind, JobProgress, enqueue
from service.operations.worker import JobWork, Worker

OWN, OTHER = DEMO_MUNICIPALITY, "091"
READ_BY_ALL = {"municipality"}
BEFORE_ANYBODY_IS_KNOWN = {"access_token"}
"""Tables that are read by the hash of a secret, not by municipality."""
MUNICIPAL = sorted(each.name for each in models.Base.metadata.sorted_tables if "municipality_code" in each.columns)
BY_MUNICIPALITY = [name for name in MUNICIPAL if name not in BEFORE_ANYBODY_IS_KNOWN]
READ = sql.SQL("SELECT FROM {} WHERE municipality_code = {}")
WRITES = {
    "INSERT": sql.SQL("INSERT INTO {0} SELECT * FROM kept.{0}"),
    "UPDATE": sql.SQL("UPDATE {0} SET municipality_code = municipality_code WHERE {1}"),
    "DELETE": sql.SQL("DELETE FROM {0} WHERE {1}"),
}
COUNT = "SELECT count(DISTINCT municipality_code) FROM asset"
Owning = Callable[[Database], AbstractContextManager[psycopg.Connection[Any]]]


@pytest.fixture(scope="module")
def module_template(demo_template: str) -> str:
    return demo_template


@pytest.fixture(scope="module")
def filled(module_database: Database, owning: Owning) -> Database:
    """A register with a row of the demo municipality in each table, and a copy of it in the schema `kept`."""
    with owning(module_database) as connection:
        connection.execute("CREATE SCHEMA kept; GRANT USAGE ON SCHEMA kept TO kuntokanta_service")
        for table in map(sql.Identifier, BY_MUNICIPALITY):
            if connection.execute(READ.format(table, sql.Literal(OWN))).fetchone() is None:
                _make_up(connection, table)
            keep = sql.SQL("CREATE TABLE kept.{0} AS SELECT * FROM {0} WHERE municipality_code = {1} LIMIT 1")
            connection.execute(keep.format(table, sql.Literal(OWN)))
            connection.execute(sql.SQL("GRANT SELECT ON kept.{} TO kuntokanta_service").format(table))
        connection.execute(
            "INSERT INTO asset (municipality_code, asset_id, asset_class, status, is_protected, source_system,"
            " source_id, row_version, changed_at)"
            " SELECT '091', 1, asset_class, status, is_protected, 'test', '1', 1, changed_at FROM kept.asset"
        )
    return module_database


def _make_up(connection: psycopg.Connection[Any], table: sql.Identifier) -> None:
    """Lay a row into a table; what it says and refers to is of no account here, only who may reach it."""
    name = table.as_string(connection)
    for (constraint,) in connection.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('f', 'c')", (name,)
    ).fetchall():
        connection.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(table, sql.Identifier(constraint)))
    needed = connection.execute(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND attnotnull AND NOT atthasdef AND attidentity = '' AND NOT attisdropped",
        (name,),
    ).fetchall()
    values: dict[str, sql.Composable] = {column: sql.Literal(_some(kind)) for column, kind in needed}
    values["municipality_code"] = sql.Literal(OWN)
    names = sql.SQL(", ").join(map(sql.Identifier, values))
    add = sql.SQL("INSERT INTO {} ({}) VALUES ({})")
    connection.execute(add.format(table, names, sql.SQL(", ").join(values.values())))


def _some(kind: str) -> str:
    known = {"geometry": "SRID=3067;POINT(385000 6672000)", "jsonb": "{}", "bytea": "x", "boolean": "true"}
    known |= {"date": "2026-01-01", "timestamp with time zone": "2026-01-01"}
    return "{}" if kind.endswith("[]") else known.get(kind, "1")


@contextmanager
def acted(database: Database, reads: set[str], writes: set[str]) -> Iterator[psycopg.Connection[Any]]:
    """Give a transaction of who reads and writes in these municipalities, which is taken back."""
    acting = Acting("somebody", "rest", reads=frozenset(reads), writes=frozenset(writes))
    with acting_as(acting), database.writing() as session:
        yield raw_connection(session.connection())
        session.rollback()


def granted(connection: psycopg.Connection[Any], table: str, word: str) -> bool:
    """Whether the service writes to a table in this way at all."""
    row = connection.execute("SELECT has_table_privilege('kuntokanta_service', %s, %s)", (table, word)).fetchone()
    return bool(row and row[0])


def touched(connection: psycopg.Connection[Any], table: str, word: str) -> int:
    """How many rows of the demo municipality are written, 0 where it is refused; they are left as they were."""
    # One row: all others have the same municipality. Without this the row would have to be readable, which it is.
    one = sql.SQL("municipality_code = {0} AND ctid = (SELECT min(ctid) FROM {1} WHERE municipality_code = {0})")
    name = sql.Identifier(table)
    statement = WRITES[word].format(name, one.format(sql.Literal(OWN), name))
    try:
        with connection.transaction(force_rollback=True):
            return connection.execute(statement).rowcount
    except psycopg.errors.InsufficientPrivilege:
        return 0
    except psycopg.IntegrityError:  # asked only of what row-level security lets through
        return 1


@pytest.mark.parametrize("table", BY_MUNICIPALITY)
def test_who_acts_in_one_municipality_reads_and_writes_no_row_of_another(filled: Database, table: str) -> None:
    read = READ.format(sql.Identifier(table), sql.Literal(OWN))
    with acted(filled, {OTHER}, {OTHER}) as connection:
        assert (connection.execute(read).fetchone() is not None) == (table in READ_BY_ALL)
    with acted(filled, {OWN, OTHER}, {OTHER}) as connection:  # who reads a row may not write it for that
        assert {word: touched(connection, table, word) for word in WRITES} == dict.fromkeys(WRITES, 0)
    with acted(filled, {OWN}, {OWN}) as connection:
        assert connection.execute(read).fetchone() is not None
        let = {word: granted(connection, table, word) for word in WRITES}
        assert {word: touched(connection, table, word) > 0 for word in WRITES} == let
        assert let["INSERT"]


def test_every_table_with_a_municipality_is_under_row_level_security_(filled: Database) -> None:
    query = (
        "SELECT c.relname, c.relrowsecurity FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " AND a.attname = 'municipality_code' WHERE c.relkind IN ('r', 'p', 'v', 'm')"
        " AND c.relnamespace = 'public'::regnamespace"
    )
    with filled.reading() as connection:
        secured = {row[0]: row[1] for row in connection.exec_driver_sql(query)}
    assert sorted(secured) == MUNICIPAL
    assert all(secured.values())


def test_rows_of_the_whole_country_are_read_by_all_and_written_by_who_may_write_everywhere(filled: Database) -> None:
    change = "UPDATE parameter_value SET note = 'changed' WHERE municipality_code IS NULL"
    with acted(filled, {OWN}, {OWN}) as connection:
        assert connection.execute("SELECT FROM parameter_value WHERE municipality_code IS NULL").rowcount > 100
        assert connection.execute(change).rowcount == 0
    with filled.writing() as session:
        assert raw_connection(session.connection()).execute(change).rowcount > 100
        session.rollback()


def test_who_reads_the_whole_country_writes_in_their_municipality_only(filled: Database) -> None:
    acting = Acting("somebody", "rest", reads=None, writes=frozenset({OTHER}))
    with acting_as(acting), filled.writing() as session:
        connection = raw_connection(session.connection())
        assert connection.execute(COUNT).fetchone() == (2,)
        assert touched(connection, "asset", "UPDATE") == 0
        assert connection.execute("UPDATE asset SET name = 'x' WHERE municipality_code = '091'").rowcount == 1
        session.rollback()


def test_the_login_of_the_service_has_no_right_of_its_own(filled: Database, cluster: Cluster, owning: Owning) -> None:
    with filled.reading() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
    assert login_faults(cluster.service_url(name)) == []
    assert "owns tables" in " ".join(login_faults(cluster.url(name)))
    with (
        psycopg.connect(cluster.service_url(name).replace("+psycopg", "")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT FROM asset")


def test_where_nobody_acts_nothing_of_a_municipality_is_read(filled: Database) -> None:
    with acting_as(NOBODY), filled.reading() as reading, filled.asking() as asking:
        assert reading.exec_driver_sql(COUNT).scalar_one() == 0
        assert asking.execute(COUNT).fetchone() == (0,)


def test_a_connection_never_goes_on_acting_for_another(filled: Database, cluster: Cluster) -> None:
    with filled.reading() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
    seen = {OWN: (1,), OTHER: (1,), None: (2,), "": (0,)}
    with closing(Database(cluster.service_url(name), pool_size=1)) as database:
        for code in (OWN, None, OTHER, "", None, OWN, OWN, "", OTHER):
            reads = None if code is None else frozenset({code} - {""})
            with acting_as(Acting("somebody", "rest", reads=reads)):
                with database.asking() as asking:
                    assert asking.execute(COUNT).fetchone() == seen[code]
                with acting_as(operator()), database.writing() as session:
                    assert raw_connection(session.connection()).execute(COUNT).fetchone() == (2,)
                with database.asking() as asking:
                    assert asking.execute(COUNT).fetchone() == seen[code]
                with database.reading() as reading:
                    assert raw_connection(reading).execute(COUNT).fetchone() == seen[code]


def test_a_token_is_found_by_its_hash_and_seen_by_nobody_else(filled: Database) -> None:
    token = create_token(filled, holder="somebody", role=Role.ENGINEER, municipality_code=OWN)
    with acting_as(NOBODY):
        assert authenticate(filled, token).holder == "somebody"
        with pytest.raises(TokenInvalid):
            authenticate(filled, token + "x")
        assert list_tokens(filled) == []
    with acted(filled, {OWN}, {OWN}) as connection:
        assert connection.execute("SELECT FROM access_token").rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE access_token SET role = 'admin'")


def test_a_job_of_one_municipality_has_no_hold_on_another(filled: Database) -> None:
    found: dict[str, Any] = {}

    def carry_out(database: Database, job: Job, _progress: JobProgress) -> dict[str, Any]:
        with database.writing() as session:
            connection = raw_connection(session.connection())
            codes = connection.execute("SELECT DISTINCT municipality_code FROM asset ORDER BY 1").fetchall()
            written = connection.execute("UPDATE asset SET name = 'x' WHERE asset_id = 1").rowcount
            found[job.key.municipality_code] = [code for (code,) in codes], written
        return {}

    kind = JobKind("try", EXPORT.numbers)
    for code in (OTHER, None):
        enqueue(filled, kind, code, {}, "somebody")
    with acting_as(NOBODY):  # a worker acts for itself
        assert Worker(filled, {kind: JobWork(carry_out)}).work_off() == 2
    assert found[OTHER] == ([OTHER], 1)
    assert found["000"][0] == [OTHER, OWN]


def test_a_login_that_was_not_admitted_is_told_of(filled: Database, cluster: Cluster, owning: Owning) -> None:
    with filled.reading() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
    login = f"stranger_{name}"
    service_url = cluster.service_url(name).replace("kuntokanta_login", login)
    with owning(filled) as connection:
        password = cluster.service_url(name).split(":")[2].partition("@")[0]
        statement = sql.SQL("CREATE ROLE {} LOGIN NOINHERIT PASSWORD {}")
        connection.execute(statement.format(sql.Identifier(login), sql.Literal(password)))
    try:
        with closing(Database(service_url, pool_size=1)) as database:
            with pytest.raises(RolesMissing), database.reading():
                pass
            admit_login(cluster.url(name), service_url)
            with database.reading() as reading:
                assert reading.exec_driver_sql(COUNT).scalar_one() == 2
    finally:
        with owning(filled) as connection:
            connection.execute(
                sql.SQL("REVOKE ALL ON DATABASE {} FROM {login}; DROP ROLE {login}").format(
                    sql.Identifier(name), login=sql.Identifier(login)
                )
            )
