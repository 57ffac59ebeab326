"""The `backlog` report with what is asked for beside it: the change since another run, and other methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.engine import Connection

from service.errors import Fault, MalformedRequest, NotFound
from service.operations.change import explain_change
from service.operations.method_comparison import compare_methods
from service.operations.parameter_sets import METHODS
from service.queries.report_rows import load_run
from service.queries.stored_valuations import load_newest_valuation_of_year
from service.reports.backlog import backlog_report
from service.reports.change import CHART, change_tables
from service.reports.compared_runs import compared_runs_table
from service.reports.methods import method_tables
from service.reports.report import Note, Report, ReportTable
from service.reports.reported_run import reported_run

ALL_METHODS = "true"


@dataclass(frozen=True)
class Beside:
    """What a backlog report says beside the backlog.

    Attributes:
        since_run: The earlier run that the change is explained from.
        since_year: Its valuation year, where no run is named: the newest valuation of it.
        methods: Methods to compare the run's own with; `true` stands for all.
    """

    since_run: int | None = None
    since_year: int | None = None
    methods: Sequence[str] = field(default_factory=tuple)


def full_backlog_report(
    connection: Connection, municipality_code: str, group_by: list[str], run_id: int | None, beside: Beside
) -> Report:
    """Return the backlog report of a run with the tables asked for, the change right after the backlog itself.

    Raises:
        NotFound: There is no such municipality, run or earlier run.
        MalformedRequest: A grouping key or a method is unknown, or the run to compare with is not an earlier one.
    """
    methods = check_methods(beside.methods)
    report = backlog_report(connection, municipality_code, group_by, run_id)
    run = _whole_run(connection, municipality_code, report.run["run_id"])
    since = _earlier_run(connection, municipality_code, run, beside)
    if methods:
        report = _with_methods(connection, report, run, methods)
    return report if since is None else _with_change(connection, report, since, run)


def check_methods(methods: Sequence[str]) -> list[str]:
    """Return the methods, each once; raises `MalformedRequest` that names every unknown one."""
    if list(methods) == [ALL_METHODS]:
        return list(METHODS)
    known = ", ".join(METHODS)
    faults = [Fault("methods", f"{name!r} is none of {known}") for name in methods if name not in METHODS]
    if faults:
        raise MalformedRequest(faults=faults)
    return list(dict.fromkeys(methods))


def _earlier_run(
    connection: Connection, municipality_code: str, run: dict[str, Any], beside: Beside
) -> dict[str, Any] | None:
    if beside.since_run is None and beside.since_year is None:
        return None
    if beside.since_run is not None and beside.since_year is not None:
        raise MalformedRequest(
            faults=[Fault("since_year", "Name the earlier run by since_run or since_year, not both.")]
        )
    if beside.since_run is None:
        return _run_of_year(connection, municipality_code, run, beside.since_year or 0)
    reported_run(connection, municipality_code, beside.since_run)  # raises where there is no such finished valuation
    since = _whole_run(connection, municipality_code, beside.since_run)
    if _moment(since) >= _moment(run):
        detail = (
            f"Run {since['run_id']} (valuation year {since['valuation_year']}) does not come before run"
            f" {run['run_id']} (valuation year {run['valuation_year']})."
        )
        raise MalformedRequest(faults=[Fault("since_run", detail)])
    return since


def _run_of_year(connection: Connection, municipality_code: str, run: dict[str, Any], year: int) -> dict[str, Any]:
    if year > run["valuation_year"]:
        detail = (
            f"The year {year} does not come before the valuation year {run['valuation_year']} of run {run['run_id']}."
        )
        raise MalformedRequest(faults=[Fault("since_year", detail)])
    since = load_newest_valuation_of_year(connection, municipality_code, year, run)
    if since is None:
        raise NotFound(
            f"Municipality {municipality_code} has no finished valuation of the year {year} to compare with."
        )
    return dict(since)


def _moment(run: Mapping[str, Any]) -> tuple[int, int]:
    return run["valuation_year"], run["run_id"]


def _whole_run(connection: Connection, municipality_code: str, run_id: int) -> dict[str, Any]:
    run = load_run(connection, municipality_code, run_id)
    if run is None:
        raise NotFound
    return dict(run)


def _with_change(connection: Connection, report: Report, since: dict[str, Any], run: dict[str, Any]) -> Report:
    code = report.municipality["municipality_code"]
    change = explain_change(connection, code, since, run)
    earlier = backlog_report(connection, code, [], since["run_id"])
    tables = [compared_runs_table(earlier, report), *change_tables(change, code)]
    told = {
        "run": f"{code}-{since['run_id']}",
        "year": since["valuation_year"],
        "version": since["code_version"],
    }
    overwritten = {"earlier": change.overwritten[0], "later": change.overwritten[1]}
    figures = {
        "since_run_id": since["run_id"],
        "since_valuation_year": since["valuation_year"],
        **{f"overwritten_{when}_count": count for when, count in overwritten.items()},
    }
    return replace(
        report,
        tables=_after_first(report.tables, tables),
        key_figures=report.key_figures | figures,
        charts=(*report.charts, CHART),
        notes=(Note("compared_run", told), Note("overwritten", overwritten), *_comparable(report.notes)),
    )


def _with_methods(connection: Connection, report: Report, run: dict[str, Any], methods: list[str]) -> Report:
    found = compare_methods(connection, report.municipality["municipality_code"], run, methods)
    return replace(
        report,
        tables=_after_first(report.tables, method_tables(found)),
        notes=_comparable((*report.notes, Note("methods_reconciled"))),
    )


def _comparable(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """Return the notes, last and once what may be compared."""
    last = Note("comparable")
    return (*(note for note in notes if note != last), last)


def _after_first(tables: list[ReportTable], added: list[ReportTable]) -> list[ReportTable]:
    return [tables[0], *added, *tables[1:]]
