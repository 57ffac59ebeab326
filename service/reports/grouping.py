"""Grouping keys of the reports: which there are, the columns they make, and the districts' names beside their codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.engine import RowMapping

from service.errors import Fault, MalformedRequest
from service.queries.report_rows import FIGURES, GROUP_COLUMNS
from service.reports.report import Kind, ReportColumn

DEFAULT_GROUPING = ["class"]
GROUPING_KEYS = tuple(GROUP_COLUMNS)
_KEY_KINDS = {"decade": Kind.YEAR, "condition_class": Kind.COUNT}


def check_grouping(group_by: list[str]) -> list[str]:
    """Return the grouping keys, `class` where none is given.

    Raises:
        MalformedRequest: names every key that is unknown or given twice.
    """
    faults = [
        Fault("group_by", f"{name!r} is none of {', '.join(GROUP_COLUMNS)}")
        for name in group_by
        if name not in GROUP_COLUMNS
    ]
    faults += [Fault("group_by", f"{name!r} is given twice") for name in set(group_by) if group_by.count(name) > 1]
    if faults:
        raise MalformedRequest(faults=faults)
    return group_by or DEFAULT_GROUPING


def key_columns(keys: list[str]) -> list[ReportColumn]:
    """Return a column per grouping key; a district's name stands after all of them."""
    columns = [ReportColumn(name, _KEY_KINDS.get(name, Kind.TEXT)) for name in keys]
    return [*columns, *([ReportColumn("district_name", Kind.TEXT)] if "district" in keys else [])]


def with_district_name(row: dict[str, Any], keys: list[str], districts: Mapping[str, RowMapping]) -> dict[str, Any]:
    """Return a row with its district's names by language, None where the district is unknown."""
    district = districts.get(row.get("district") or "")
    name = {"district_name": {"fi": district["name_fi"], "sv": district["name_sv"]}} if district else {}
    return row | ({"district_name": None} | name if "district" in keys else {})


def total_of(rows: Sequence[Mapping[Any, Any]], keys: list[str]) -> dict[str, Any]:
    """Return the sums of a report's groups, exact since money is decimal; every figure 0 where there is no group."""
    names = [name for name in rows[0] if name not in keys] if rows else FIGURES
    return {name: sum(row[name] for row in rows) for name in names}
