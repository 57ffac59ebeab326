"""Whatever is written by any route, command or worker has its entry in the audit, in the same transaction.

Triggers, which only this test's database has, tell each row that is written.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from click.testing import CliRunner
from flask import Flask

from models.access import Role
from models.base import Base
from models.registry import ASSET_CLASSES
from service.cli import main
from service.cluster.cluster import Cluster
from service.database import Database
from service.job_kinds import JOB_WORKS
from service.operations.worker import Worker

TOWN = "901"
Send = Callable[..., Any]

AUDIT = {"audit_entry", "asset_version", "import_change"}
RESULTS = {name for name, table in Base.metadata.tables.items() if "run_id" in table.columns and name != "run"}
NOT_AUDITED: Mapping[str, str] = {
    **dict.fromkeys(AUDIT, "is the audit"),
    **dict.fromkeys(RESULTS, "results of a run, whose entry tells who asked for it"),
    "asset_class": "a copy of what the code declares",
    "data_version": "counts writes, for caches",
    "kept_answer": "answers, for who repeats a request",
    "stored_file": "what a job takes and gives, whose entry names it",
    "stored_file_chunk": "what a job takes and gives",
    "web_session": "sessions of browsers: to sign in writes nothing of the register",
}
"""Tables whose rows have no entries, and why."""
ONLY_SEEDED = {"condition_scale", "condition_scale_value", "municipality", "parameter", "service"}
ONLY_IMPORTED = {"district", "outage", "population_forecast", "population_grid", "population_grid_age", "service_usage"}
"""Tables that no route and no command writes; imports write them by the statements that write all others."""

LOGGED = """
CREATE TABLE written (
    place bigserial, tx xid8, name text, action text, record jsonb, changed text[]
);
CREATE FUNCTION log_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    now_is jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
BEGIN
    INSERT INTO public.written (tx, name, action, record, changed) VALUES (
        pg_current_xact_id(), TG_TABLE_NAME, TG_OP, now_is - '{geometry,geometry_z,boundary,content,report}'::text[],
        CASE WHEN TG_OP = 'UPDATE' THEN ARRAY(
            SELECT key FROM jsonb_each(now_is) n WHERE n.value IS DISTINCT FROM to_jsonb(OLD) -> n.key
        ) END
    );
    RETURN NULL;
END $$;
"""


class Written(NamedTuple):
    """A record, and the transaction that wrote it."""

    tx: str
    table: str
    record: str


@pytest.fixture(scope="module")
def written(app: Flask, module_database: Database, cluster: Cluster) -> Iterator[psycopg.Connection]:
    """A connection to the log of what is written from now on."""
    with module_database.reading() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
    with psycopg.connect(cluster.url(name).replace("+psycopg", ""), autocommit=True) as log:
        log.execute(LOGGED)
        for table in Base.metadata.tables:
            log.execute(
                f"CREATE TRIGGER log_write AFTER INSERT OR UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION log_write()"
            )
            # Imports may switch ordinary triggers off, with the foreign keys that they look at by themselves.
            log.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER log_write")
        yield log


def module_of_this_folder(name: str) -> Any:
    """Load another file of tests, for what it knows of routes."""
    spec = importlib.util.spec_from_file_location(f"_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_by_every_route(send: Send, lay: Callable[..., Any], database: Database) -> None:
    worker = Worker(database, JOB_WORKS)
    worker.start()
    try:
        town = lay(send, TOWN)
    finally:
        worker.stop()
    routes = module_of_this_folder("test_safe_writes")
    for (method, _), change in routes.changes(town).items():
        path = change.make(send) if change.make else change.path
        answer = send(method, path, headers={"If-Match": send("GET", path).headers["ETag"]}, **change.options)
        assert answer.status_code < 300, (method, path, answer.text)
    for addition in routes.additions(town, send).values():
        answer = send("POST", addition.path, **addition.options())
        assert answer.status_code < 300, (addition.path, answer.text)
    later = town.planned_body("parameters") | {"valid_from": "2035-01-01"}
    assert send("POST", "/api/v1/parameters", json=later).status_code == 201, "ends the value before"


def write_by_every_command(run: Callable[..., Any], folder: Path) -> None:
    (folder / "index.csv").write_text("year;value\n2020;100\n2021;104\n")
    (folder / "index2.csv").write_text("year;value\n2021;105\n2022;107\n")
    (folder / "parks.csv").write_text("id,nimi\n31,Puisto\n")
    profile = "name: mine\ntitle: t\nsource_system: s\nformat: csv\ntargets:\n  - target: park\n    key: [id]\n"
    (folder / "mine.yaml").write_text(f"{profile}    values: {{name: {{column: nimi}}}}\n")
    token = run("token", "create", "--holder", "x", "--role", "viewer", "--municipality", TOWN, "--json").stdout
    run("token", "revoke", token.split('"token_id":')[1].split(",")[0])
    run("import-cost-index", folder / "index.csv", "--index", "i", "--source-id", "i", "--source-title", "I")
    run("import-cost-index", folder / "index2.csv", "--index", "i", "--source-id", "i")
    run("profile", "store", folder / "mine.yaml", "--municipality", TOWN)
    imported = run("import", folder / "parks.csv", "--profile", "mine", "--municipality", TOWN, "--json").stdout
    batch = imported.split('"batch_id":')[1].split(",")[0].strip()
    run("import", "--undo", f"{TOWN}-{batch}")
    run("profile", "delete", "mine", "--municipality", TOWN)
    run("value", "--municipality", TOWN, "--year", "2026")


def name_of(table: str, row: Mapping[str, Any]) -> tuple[str, str]:
    """A record as the audit names it."""
    if table == "asset" or table in ASSET_CLASSES:
        return "asset", str(row["asset_id"])
    key = [each.name for each in Base.metadata.tables[table].primary_key.columns]
    own = [name for name in key if name != "municipality_code"] or key
    return table, "/".join(str(row[name]) for name in own)


def audited(tx: str, name: str, row: Mapping[str, Any]) -> Written:
    """The record that a row of the audit is about."""
    if name == "audit_entry":
        return Written(tx, row["table_name"], row["record"])
    return Written(tx, *(name_of(row["target"], row["after"]) if name == "import_change" else name_of("asset", row)))


def needs_entry(name: str, action: str, changed: list[str] | None) -> bool:
    """Whether a write is one that the audit tells of."""
    if name in NOT_AUDITED or changed == []:
        return False
    if action == "UPDATE" and name in ("run", "job"):
        return False  # how far a worker is; what clients do to them is looked at by itself
    return not (name == "access_token" and changed == ["last_used_at"])


def test_each_row_that_any_route_command_or_worker_writes_has_its_entry_in_the_same_transaction(
    written: psycopg.Connection,
    send_as: Callable[..., Send],
    lay_town: Callable[..., Any],
    module_database: Database,
    cluster: Cluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KUNTOKANTA_DATABASE_URL", cluster.service_url(written.info.dbname))

    def run(*arguments: object) -> Any:
        done = CliRunner().invoke(main, [str(each) for each in arguments])
        assert done.exit_code == 0, (arguments, done.output)
        return done

    write_by_every_route(send_as(Role.ADMIN), lay_town, module_database)
    write_by_every_command(run, tmp_path)
    log = written.execute("SELECT tx::text, name, action, record, changed FROM written ORDER BY place").fetchall()
    entries = {audited(tx, name, row) for tx, name, _, row, _ in log if name in AUDIT}
    expected = {
        Written(tx, *name_of(name, row)): (action, changed)
        for tx, name, action, row, changed in log
        if needs_entry(name, action, changed)
    }
    assert {each: expected[each] for each in expected if each not in entries} == {}, "written without an entry"
    rows = {Written(tx, *name_of(name, row)) for tx, name, _, row, _ in log if name not in AUDIT}
    assert entries - rows == set(), "an entry of what was not written"
    clients = [row for _, name, _, row, _ in log if name == "audit_entry" and row["action"] == "update"]
    states = {(row["table_name"], row["after"].get("state")) for row in clients}
    assert states >= {("job", "cancelled"), ("job", "queued"), ("run", "cancelled")}
    seen = {each.table for each in expected} | set(ASSET_CLASSES)
    assert set(Base.metadata.tables) - seen - set(NOT_AUDITED) - ONLY_SEEDED - ONLY_IMPORTED == set(), (
        "not written here"
    )


def test_what_each_installation_starts_with_is_in_the_audit(module_database: Database) -> None:
    for table in (*ONLY_SEEDED, "source", "parameter_value", "measure_rule", "cost_index"):
        told = f"SELECT count(*) FROM audit_entry WHERE table_name = '{table}' AND action = 'insert'"
        with module_database.reading() as connection:
            rows = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            assert connection.exec_driver_sql(told).scalar_one() >= rows - 2 * (table == "municipality")
