"""The demo municipality, valued, and its reports."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.database import Database
from service.operations.demo import load_demo
from service.operations.reporting import REPORTS, ReportRequest
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest
from service.reports.report import Report

DemoReport = Callable[..., Report]


@pytest.fixture(scope="module")
def demo(module_database: Database) -> Database:
    """A database with the demo municipality, valued."""
    load_demo(module_database, only_if_empty=True)
    value_municipality(module_database, ValuationRequest("999", 2026))
    return module_database


@pytest.fixture(scope="module")
def demo_report(demo: Database) -> DemoReport:
    """Reads a report of the demo municipality as typed tables."""

    def read(name: str, *group_by: str) -> Report:
        with demo.reading() as connection:
            return REPORTS[name](connection, ReportRequest(name, "999", group_by=list(group_by)))

    return read
