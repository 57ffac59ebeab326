"""The scenarios of `make bench`: thirty years under budgets of each class, beside the same in pandas.

`bench_valuation` has loaded and valued the municipalities. Each scenario runs in a process of its own: loading,
computing and storing in seconds, and peak memory.
"""

from __future__ import annotations

import decimal
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from models.registry import ASSET_CLASSES
from service.acting import acting_as, operator
from service.database import Database
from service.engine.deterioration import effective_age
from service.operations.scenario_plan import plan_scenario
from service.operations.scenario_requests import GivenBudget, ScenarioRequest
from service.operations.scenario_runs import run_scenario_of
from service.operations.scenario_state import load_scenario_state
from service.queries.report_rows import load_backlog_rows, load_run
from service.queries.scenarios import load_scenario_totals
from service.settings import DatabaseLimits

ROOT = Path(__file__).resolve().parents[2]
YEARS = 30
SHARE_OF_WEAR = decimal.Decimal("0.4")
PANDAS_VENV = ROOT / ".local" / "pandas-venv"
SAMPLE = 1_000


def request_for(database: Database, municipality_code: str) -> ScenarioRequest:
    """Return a scenario in which each class has a budget of its own, less than holds its condition."""
    with database.reading() as connection:
        run = load_run(connection, municipality_code)
        if run is None:
            raise LookupError("there is no valuation to start from")
        rows = load_backlog_rows(connection, municipality_code, run["run_id"], ["class"])
    budgets = [GivenBudget((row["class"],), (round(row["annual_wear_eur"] * SHARE_OF_WEAR, 2),)) for row in rows]
    return ScenarioRequest(municipality_code, YEARS, budgets=tuple(budgets), created_by="bench")


def carry_out_in_this_process(url: str, municipality_code: str) -> None:
    """Carry a scenario out once and print seconds per step and peak memory; run as a process of its own."""
    database = Database(url, pool_size=3, limits=DatabaseLimits(statement_ms=600_000))
    request = request_for(database, municipality_code)
    marks: list[tuple[str, float]] = []
    start = time.perf_counter()
    run_id = run_scenario_of(database, request, lambda step: marks.append((step, time.perf_counter())))
    end = time.perf_counter()
    ends = [mark for _, mark in marks[1:]] + [end]
    steps = {step: stop - begin for (step, begin), stop in zip(marks, ends, strict=True)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    with database.reading() as connection:
        last = load_scenario_totals(connection, municipality_code, run_id)[-1]
    figures = {"backlog_eur": float(last["repair_backlog_eur"]), "seconds": end - start, "peak_gib": peak}
    sys.stdout.write(json.dumps({**figures, "steps": steps}))
    database.close()


def bench_scenario(url: str, municipality_code: str, count: int) -> float:
    """Print what a scenario of so many assets costs and return its seconds without storing."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, __file__, url, municipality_code]

    def measured() -> dict[str, Any]:
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        return dict(json.loads(done.stdout))

    best = min((measured() for _ in range(2)), key=lambda each: float(each["seconds"]))
    steps = ", ".join(f"{step} {seconds:.2f} s" for step, seconds in best["steps"].items())
    without_storing = float(best["steps"]["load"] + best["steps"]["compute"])
    print(
        f"{count:>9} assets: {YEARS} years under budgets in {without_storing:.2f} s, stored in {best['seconds']:.2f} s"
        f" ({steps}), peak memory {best['peak_gib']:.2f} GiB, backlog then {best['backlog_eur']:,.0f} €"
    )
    return without_storing


def bench_pandas(database: Database, municipality_code: str, ours_s: float) -> None:
    """Print what the same years cost in pandas, row by row and with whole columns."""
    python = _pandas()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "assets.npz"
        _export(database, municipality_code, path)
        script = str(Path(__file__).with_name("pandas_projection.py"))
        command = [str(python), script, str(path), str(SAMPLE), str(YEARS)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    rows = found["rows_s"] * found["assets"] / found["sample"]
    print(
        f"{found['assets']:>9} assets in pandas {found['version']}, without loading, storing, reasons or need:\n"
        f"          with whole columns {found['columns_s']:.1f} s ({found['columns_s'] / ours_s:.1f} times ours),"
        f" backlog then {found['backlog_eur']:,.0f} €\n"
        f"          row by row {found['rows_s']:.1f} s for {found['sample']} assets: extrapolated to all"
        f" {rows / 3600:.1f} h ({rows / ours_s:,.0f} times ours)"
    )


def _pandas() -> Path:
    """Return the Python of an environment of its own that has pandas, made where it is missing."""
    python = PANDAS_VENV / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PANDAS_VENV)], check=True)
    quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pandas"]
    subprocess.run([str(python), *quiet], check=True, capture_output=True)
    return python


def _export(database: Database, municipality_code: str, path: Path) -> None:
    """Write what the scenario starts from for pandas: assets, measures and budgets."""
    request = request_for(database, municipality_code)
    with database.reading() as connection:
        plan = plan_scenario(connection, request)
        assets, measures = load_scenario_state(connection, plan.base, plan.rules)
    known, curves = ~np.isnan(assets.replacement_cost_eur), assets.parameters.curves
    columns = {
        "asset_class": assets.asset_class,
        "list": assets.measure_list,
        "cost": assets.replacement_cost_eur,
        "quantity": np.nan_to_num(assets.quantity),
        "target": assets.parameters.target_condition,
        "kind": curves.kind,
        "wear": curves.annual_wear_share,
        "life": curves.service_life_years,
        "share": curves.wearing_share,
        "shape": curves.shape,
        "scale": curves.scale_years,
        "age": np.minimum(effective_age(curves, assets.condition), 1000.0),
        "cap": assets.condition,
        "c": assets.condition,
    }
    table = {
        "list": measures.measure_list,
        "low": measures.condition_from,
        "high": measures.condition_below,
        "after": measures.condition_after,
        "share": np.nan_to_num(measures.cost_share),
        "unit": np.nan_to_num(measures.unit_cost_eur),
    }
    money = {ASSET_CLASSES[each.asset_classes[0]].number: float(each.amounts_eur[0]) for each in request.budgets or ()}
    np.savez(
        path,
        budget_class=np.array(list(money)),
        budget_eur=np.array(list(money.values())),
        **{f"a_{name}": values[known] for name, values in columns.items()},
        **{f"m_{name}": values for name, values in table.items()},
    )


if __name__ == "__main__":
    with acting_as(operator()):
        carry_out_in_this_process(sys.argv[1], sys.argv[2])
