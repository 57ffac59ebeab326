"""What each report can be asked for: a parameter that it does not use is refused, never ignored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from service.errors import Fault, MalformedRequest

OF_EVERY_REPORT = ("table", "format", "lang")
TAKES: Mapping[str, tuple[str, ...]] = {
    "backlog": ("run", "group_by", "since_run", "since_year", "methods"),
    "service-need": ("run", "scenario"),
    "broadband": ("run",),
    "portfolio": ("run", "group_by"),
    "funding": ("run", "group_by"),
    "comparison": ("runs",),
}


def check_taken(report: str, given: Iterable[str]) -> None:
    """Check that a report uses the parameters given; raises `MalformedRequest` that names every other one."""
    taken = TAKES[report]
    detail = f"The report {report} does not use it; it takes {', '.join((*taken, *OF_EVERY_REPORT))}."
    faults = [Fault(name, detail) for name in given if name not in taken]
    if faults:
        raise MalformedRequest(faults=faults)


def reports_that_take(parameter: str) -> str:
    """Return the reports that use a parameter, as text.

    >>> reports_that_take("runs")
    'comparison'
    """
    return ", ".join(report for report, taken in TAKES.items() if parameter in taken)


def read_runs(text: str) -> list[int]:
    """Return the run ids of a comma-separated list; raises `MalformedRequest` that names what is none."""
    parts = [part for part in text.split(",") if part]
    wrong = [part for part in parts if not re.fullmatch("[1-9][0-9]{0,14}", part)]
    if wrong:
        raise MalformedRequest(faults=[Fault("runs", f"{part[:40]!r} is no run_id") for part in wrong])
    return [int(part) for part in parts]
