"""The demo municipality, valued, and its reports."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.database import Database
from service.operations.reporting import REPORTS, ReportRequest
from service.reports.report import Report

DemoReport = Callable[..., Report]


@pytest.fixture(scope="session")
def module_template(valued_demo_template: str) -> str:
    return valued_demo_template


@pytest.fixture(scope="module")
def demo(module_database: Database) -> Database:
    """A database with the demo municipality, valued."""
    return module_database


@pytest.fixture(scope="module")
def demo_report(demo: Database) -> DemoReport:
    """Reads a report of the demo municipality as typed tables."""

    def read(name: str, *group_by: str) -> Report:
        with demo.reading() as connection:
            return REPORTS[name](connection, ReportRequest(name, "999", group_by=list(group_by)))

    return read
