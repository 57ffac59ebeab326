"""A report asked for by name, in a form and a language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sqlalchemy.engine import Connection

from service.database import Database
from service.errors import Fault, MalformedRequest
from service.operations.backlog_reporting import Beside, full_backlog_report
from service.operations.report_parameters import check_taken
from service.reports.as_csv import report_csv
from service.reports.as_html import report_html
from service.reports.as_json import report_json
from service.reports.broadband import broadband_report
from service.reports.comparison import comparison_report
from service.reports.funding import funding_report
from service.reports.portfolio import portfolio_report
from service.reports.report import Report
from service.reports.service_need import service_need_report


@dataclass(frozen=True)
class ReportRequest:
    """Which report, of which run (None: the newest finished), grouped by what, in which form and language.

    `table` leaves out every other table; `report_parameters` says which report takes what.
    """

    name: str
    municipality_code: str
    run_id: int | None = None
    group_by: list[str] = field(default_factory=list)
    form: str = "json"
    language: str = "fi"
    scenarios: list[str] = field(default_factory=list)
    beside: Beside = field(default_factory=Beside)
    table: str | None = None
    runs: list[int] = field(default_factory=list)

    @property
    def given(self) -> list[str]:
        """Return the parameters that not every report takes and that are given."""
        asked = {"run": self.run_id, "since_run": self.beside.since_run, "since_year": self.beside.since_year}
        lists = {"group_by": self.group_by, "scenario": self.scenarios, "runs": self.runs}
        lists["methods"] = list(self.beside.methods)
        return [name for name, value in asked.items() if value is not None] + [name for name, of in lists.items() if of]


def _backlog(connection: Connection, request: ReportRequest) -> Report:
    return full_backlog_report(connection, request.municipality_code, request.group_by, request.run_id, request.beside)


def _xlsx(report: Report, language: str) -> bytes:
    from service.reports.as_xlsx import report_xlsx  # noqa: PLC0415 -- a process that writes none need not hold it

    return report_xlsx(report, language)


def _pdf(report: Report, language: str) -> bytes:
    from service.reports.as_pdf import report_pdf  # noqa: PLC0415 -- as above

    return report_pdf(report, language)


def _service_need(connection: Connection, request: ReportRequest) -> Report:
    return service_need_report(connection, request.municipality_code, request.run_id, request.scenarios)


def _broadband(connection: Connection, request: ReportRequest) -> Report:
    return broadband_report(connection, request.municipality_code, request.run_id)


def _portfolio(connection: Connection, request: ReportRequest) -> Report:
    return portfolio_report(connection, request.municipality_code, request.group_by, request.run_id)


def _funding(connection: Connection, request: ReportRequest) -> Report:
    return funding_report(connection, request.municipality_code, request.group_by, request.run_id)


def _comparison(connection: Connection, request: ReportRequest) -> Report:
    return comparison_report(connection, request.municipality_code, request.runs)


REPORTS: dict[str, Callable[[Connection, ReportRequest], Report]] = {
    "backlog": _backlog,
    "service-need": _service_need,
    "broadband": _broadband,
    "portfolio": _portfolio,
    "funding": _funding,
    "comparison": _comparison,
}
FORMATS: dict[str, tuple[str, Callable[[Report, str], bytes]]] = {
    "json": ("application/json", report_json),
    # The byte order mark makes Excel read the names right.
    "csv": ("text/csv; charset=utf-8", lambda report, language: report_csv(report, language).encode("utf-8-sig")),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
    "html": ("text/html; charset=utf-8", lambda report, language: report_html(report, language).encode("utf-8")),
    "pdf": ("application/pdf", _pdf),
}


def render_report(database: Database, request: ReportRequest) -> bytes:
    """Return a report in the form asked for.

    Raises:
        NotFound: there is no such municipality or finished run.
        MalformedRequest: a grouping key, a method or a table is unknown, a run is not an earlier one, or the report
            does not use a parameter.
    """
    check_taken(request.name, request.given)
    with database.reading() as connection:
        report = REPORTS[request.name](connection, request)
    report = _with_table_only(report, request.table)
    return FORMATS[request.form][1](report, request.language)


def _with_table_only(report: Report, name: str | None) -> Report:
    """Return the report with one of its tables; raises `MalformedRequest` where it has none of this name."""
    if name is None:
        return report
    tables = [table for table in report.tables if table.name == name]
    if not tables:
        known = ", ".join(table.name for table in report.tables)
        raise MalformedRequest(faults=[Fault("table", f"{name!r} is none of {known}")])
    return replace(report, tables=tables)
