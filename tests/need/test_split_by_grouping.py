"""On the demo municipality, by every grouping: needed and avoidable make up the backlog to the cent."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

from service.database import Database
from service.queries.report_rows import GROUP_COLUMNS, load_backlog_rows

GROUPINGS = [list(keys) for size in (0, 1, 2) for keys in combinations(GROUP_COLUMNS, size)] + [list(GROUP_COLUMNS)]


@pytest.fixture(scope="module", params=["whole_asset", "proportional"])
def rows(request: Any, planner: Any, module_database: Database) -> Callable[[list[str]], list[Any]]:
    """Gives the sums of a valuation by grouping keys."""
    run = planner.value(scenario="baseline", retention=request.param)
    assert run["state"] == "finished", run["error"]
    number = int(run["run_id"])

    def rows(keys: list[str]) -> list[Any]:
        with module_database.reading() as connection:
            return load_backlog_rows(connection, "999", number, keys)

    return rows


def test_needed_and_avoidable_make_up_the_backlog_by_every_grouping(rows: Callable[[list[str]], list[Any]]) -> None:
    [total] = rows([])
    assert total["avoidable_backlog_eur"] > 0
    for keys in GROUPINGS:
        found = rows(keys)
        for row in found:
            assert row["needed_backlog_eur"] + row["avoidable_backlog_eur"] == row["repair_backlog_eur"], keys
            assert 0 <= row["not_assessed_backlog_eur"] <= row["needed_backlog_eur"], keys
        for name in ("repair_backlog_eur", "needed_backlog_eur", "avoidable_backlog_eur", "not_assessed_backlog_eur"):
            assert sum(row[name] for row in found) == total[name], (keys, name)


def test_sums_of_the_areas_around_are_those_of_their_areas(planner: Any) -> None:
    tables = planner.tables()
    for outer in tables["nested_areas"]:
        own = [row for row in tables["service_areas"] if row["service_code"] == outer["service_code"]]
        assert outer["area_count"] == len(own)
        for name in ("sizing_need", "capacity", "surplus", "deficit"):
            assert outer[name] == pytest.approx(sum(row[name] for row in own), abs=1e-5)
        assert outer["surplus"] > 0
        assert outer["deficit"] > 0
