"""Several scenarios of the service need side by side: the newest valuation of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.engine import Connection, RowMapping

from service.errors import Fault, MalformedRequest, NotFound
from service.queries.need_rows import newest_run_of_scenario
from service.queries.report_rows import load_balances, load_run
from service.reports.report import Kind, ReportColumn, ReportTable

_RUN = (
    ReportColumn("scenario", Kind.TEXT),
    ReportColumn("run_id", Kind.COUNT, on_page=False),
    ReportColumn("valuation_year", Kind.YEAR),
)
Named = Callable[[RowMapping], dict[str, Any]]


def runs_of_scenarios(
    connection: Connection, municipality_code: str, scenarios: Sequence[str], run_id: int | None
) -> dict[str, int]:
    """Return the newest finished valuation of each scenario, in the order asked.

    Raises:
        MalformedRequest: a run is named too, or a scenario twice.
        NotFound: a scenario has not been valued; all such are named.
    """
    faults = [Fault("scenario", f"{each!r} is given twice") for each in {*scenarios} if scenarios.count(each) > 1]
    faults += [Fault("run", "a run has its scenario: name the one or the other")] if scenarios and run_id else []
    if faults:
        raise MalformedRequest(faults=faults)
    found = {each: newest_run_of_scenario(connection, municipality_code, each) for each in scenarios}
    missing = [each for each, run in found.items() if run is None]
    if missing:
        names = ", ".join(repr(each) for each in missing)
        raise NotFound(
            f"Municipality {municipality_code} has no finished valuation of {names}: start one with POST /api/v1/runs.",
            [Fault("scenario", f"{each!r} has not been valued") for each in missing],
        )
    return {each: run for each, run in found.items() if run is not None}


def scenario_table(
    connection: Connection,
    municipality_code: str,
    runs: dict[str, int],
    columns: tuple[ReportColumn, ...],
    named: Named,
) -> ReportTable:
    """Return the balances of all scenarios, those of one service area one below the other."""
    rows = []
    for place, (scenario, run_id) in enumerate(runs.items()):
        run = load_run(connection, municipality_code, run_id)
        own = {"scenario": scenario, "run_id": run_id, "valuation_year": run and run["valuation_year"]}
        balances = load_balances(connection, municipality_code, run_id)
        rows += [(row["service_code"], row["area_code"], place, named(row) | own) for row in balances]
    rows.sort(key=lambda row: row[:3])
    return ReportTable("scenarios", (*columns[:3], *_RUN, *columns[3:]), [row[3] for row in rows])
