"""`kuntokanta scenario` and `kuntokanta funding`: years under budgets, and the budget that reaches a goal."""

from __future__ import annotations

import decimal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import click
import orjson
from tqdm import tqdm

from service.commands.plain import open_database, plainly
from service.database import Database
from service.engine.scenario_inputs import MOST_YEARS
from service.errors import Fault, InvalidData
from service.operations.funding_runs import begin_funding, carry_out_funding
from service.operations.runs import look_at_run
from service.operations.scenario_reading import required_funding, scenario_budgets, scenario_years
from service.operations.scenario_requests import POLICIES, FundingRequest, GivenBudget, ScenarioRequest
from service.operations.scenario_runs import begin_scenario, carry_out_scenario

_LOOK_EVERY_S = 0.3
_SHOWN = ("year", "repair_backlog_eur", "needed_backlog_eur", "avoidable_backlog_eur", "spending_eur")


@click.command("scenario")
@click.option("--municipality", required=True, help="Municipality code, three digits.")
@click.option("--years", type=click.IntRange(1, MOST_YEARS), required=True, help="From the year after the valuation's.")
@click.option("--base-run", type=int, help="Valuation to start from; the newest one without it.")
@click.option("--policy", type=click.Choice(list(POLICIES)), default="benefit_cost", help="Which measures go first.")
@click.option("--divisible", is_flag=True, help="Buy shares of measures, not whole ones.")
@click.option(
    "--budget",
    "budgets",
    multiple=True,
    metavar="CLASSES=EUR[,EUR…]",
    help="E.g. water_main+sewer=500000, or all=…; one amount, or one for each year. Without it, the register's.",
)
@click.option("--budget-factor", type=float, default=1.0, help="Multiplies all budgets: 0.8 is 20 % less.")
@click.option("--price-change", type=float, multiple=True, help="Yearly change of prices: once, or once for each year.")
@click.option("--json", "as_json", is_flag=True, help="Print the run, its years and budgets as JSON.")
@plainly
def scenario_command(
    municipality: str,
    years: int,
    base_run: int | None,
    policy: str,
    divisible: bool,
    budgets: Sequence[str],
    budget_factor: float,
    price_change: Sequence[float],
    as_json: bool,
) -> None:
    """Carry the assets of a finished valuation through years of budgets and store the run."""
    request = ScenarioRequest(
        municipality_code=municipality,
        years=years,
        base_run_id=base_run,
        policy=policy,
        is_divisible=divisible,
        budgets=_budgets(budgets) if budgets else None,
        budget_factor=budget_factor,
        price_change=tuple(price_change) or (0.0,),
        created_by="command line",
    )
    with open_database() as database:
        run_id = begin_scenario(database, request)
        _watched(database, municipality, run_id, lambda: carry_out_scenario(database, request, run_id), as_json)
        found = scenario_years(database, municipality, run_id, by_class=False)
        budget_rows = scenario_budgets(database, municipality, run_id)
    if as_json:
        click.echo(_json({"run_id": run_id, "years": found, "budgets": budget_rows}))
        return
    click.echo("  ".join(f"{name:>21}" for name in _SHOWN))
    for row in found:
        click.echo("  ".join(f"{row[name]:>21}" for name in _SHOWN))
    click.echo(f"Run {run_id} is finished.")


def _budgets(given: Sequence[str]) -> tuple[GivenBudget, ...]:
    """Return budgets from texts like `water_main+sewer=500000,520000`."""
    return tuple(_budget(place, each) for place, each in enumerate(given))


def _budget(place: int, given: str) -> GivenBudget:
    classes, _, amounts = given.partition("=")
    try:
        euros = tuple(decimal.Decimal(amount) for amount in amounts.split(","))
    except decimal.InvalidOperation as error:
        raise InvalidData(faults=[Fault(f"--budget {place + 1}", f"{given!r} is not CLASSES=EUR[,EUR…]")]) from error
    if not all(amount.is_finite() for amount in euros):
        raise InvalidData(faults=[Fault(f"--budget {place + 1}", "an amount is a number")])
    return GivenBudget(None if classes == "all" else tuple(classes.split("+")), euros)


@click.command("funding")
@click.option("--municipality", required=True, help="Municipality code, three digits.")
@click.option("--years", type=click.IntRange(1, MOST_YEARS), default=10, help="In how many years (10).")
@click.option("--base-run", type=int, help="Valuation to start from; the newest one without it.")
@click.option("--policy", type=click.Choice(list(POLICIES)), default="benefit_cost", help="Which measures go first.")
@click.option("--goal-backlog", type=float, help="A backlog in euros to reach, beside holding and clearing it.")
@click.option("--price-change", type=float, multiple=True, help="Yearly change of prices: once, or once for each year.")
@click.option("--json", "as_json", is_flag=True, help="Print the run and what it found as JSON.")
@plainly
def funding_command(
    municipality: str,
    years: int,
    base_run: int | None,
    policy: str,
    goal_backlog: float | None,
    price_change: Sequence[float],
    as_json: bool,
) -> None:
    """Find the constant yearly budgets, at today's prices, that hold the backlog or clear it in so many years."""
    request = FundingRequest(
        municipality_code=municipality,
        years=years,
        base_run_id=base_run,
        policy=policy,
        goal_backlog_eur=None if goal_backlog is None else decimal.Decimal(repr(goal_backlog)),
        price_change=tuple(price_change) or (0.0,),
        created_by="command line",
    )
    with open_database() as database:
        run_id = begin_funding(database, request)
        _watched(database, municipality, run_id, lambda: carry_out_funding(database, request, run_id), as_json)
        found = required_funding(database, municipality, run_id)
    if as_json:
        click.echo(_json({"run_id": run_id, "required_funding": found}))
        return
    for row in found:
        budget = "out of reach" if row["yearly_budget_eur"] is None else f"{row['yearly_budget_eur']} € a year"
        click.echo(f"{row['goal']:>6}  {row['asset_class'] or 'all classes':<24} {budget:>28}")
    click.echo(f"Run {run_id} is finished.")


def _watched(database: Database, municipality: str, run_id: int, work: Callable[[], None], is_quiet: bool) -> None:
    """Carry a run out in a thread and show how far it is."""
    with ThreadPoolExecutor(1) as thread, _bar(is_quiet) as bar:
        done: Future[None] = thread.submit(copy_context().run, work)
        while not done.done():
            time.sleep(_LOOK_EVERY_S if not bar.disable else 0.02)
            if not bar.disable and not done.done():
                _show(bar, look_at_run(database, municipality, run_id)["progress"])
        done.result()


def _bar(is_quiet: bool) -> Any:
    return tqdm(total=100, disable=is_quiet or None, bar_format="{desc} {bar} {elapsed}")


def _show(bar: Any, progress: dict[str, Any] | None) -> None:
    if progress is not None:
        bar.set_description(progress["step"])
        bar.n = round(progress["share"] * 100)
        bar.refresh()


def _json(document: Any) -> bytes:
    return orjson.dumps(document, default=float)
