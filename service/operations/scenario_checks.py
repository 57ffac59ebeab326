"""What can be wrong with a scenario that is asked for: every fault is found before a run begins."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.engine import Connection, RowMapping

from models.registry import ASSET_CLASS_BY_NUMBER, ASSET_CLASSES
from models.run import RunState
from service.engine.scenario_inputs import MOST_YEARS
from service.errors import Fault, KuntokantaError, NotFound
from service.operations.scenario_requests import POLICIES, GivenBudget, ScenarioRequest
from service.queries.municipalities import municipality_exists
from service.queries.report_rows import load_run
from service.queries.scenario_inputs import load_last_need_year

MOST_PRICE_CHANGE = 0.5
"""A yearly change of prices beyond this is a slip of the pen, not a forecast."""


def base_run(
    connection: Connection, municipality_code: str, run_id: int | None
) -> tuple[RowMapping | None, list[Fault]]:
    """Return the finished valuation that is named, or the newest one, or what is wrong with it; raises `NotFound`."""
    if not municipality_exists(connection, municipality_code):
        raise NotFound(f"There is no municipality {municipality_code}.")
    run = load_run(connection, municipality_code, run_id)
    if run is None or run["kind"] != "valuation" or run["state"] != RunState.FINISHED:
        named = "a finished valuation" if run_id is None else f"a finished valuation {municipality_code}-{run_id}"
        return None, [Fault("/base_run", f"there is not {named} to start from")]
    return run, []


def forecast_faults(connection: Connection, base: RowMapping, years: int) -> list[Fault]:
    """Return the fault of a scenario that is longer than the forecast behind its needed and avoidable backlog."""
    known = load_last_need_year(connection, base["municipality_code"], base["settings"].get("scenario"))
    last = base["valuation_year"] + years
    if known is None or last <= known:
        return []
    detail = f"the scenario ends in {last}, the needs of the valuation are known to {known}"
    return [Fault("/years", f"{detail}: at most {max(known - base['valuation_year'], 0)} years")]


def measure_faults(rules: Sequence[RowMapping], classes: Sequence[int]) -> list[Fault]:
    """Return a fault for each class that has no rule in the measure table."""
    known = {row["asset_class"] for row in rules}
    return [
        Fault(f"/measure-rules/{ASSET_CLASS_BY_NUMBER[number].code}", "no measure of the class is valid")
        for number in classes
        if number not in known
    ]


def raise_faults(error: type[KuntokantaError], faults: list[Fault]) -> None:
    """Raise the error with all faults where there are any."""
    if faults:
        raise error("; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults), faults)


def price_faults(change: Sequence[float], years: int) -> list[Fault]:
    """Return what is wrong with a price development."""
    faults = [
        Fault(f"/price_change/{place}", f"a yearly change lies within ±{MOST_PRICE_CHANGE}")
        for place, each in enumerate(change)
        if not -MOST_PRICE_CHANGE <= each <= MOST_PRICE_CHANGE
    ]
    if len(change) not in (1, years):
        faults.append(Fault("/price_change", f"{len(change)} yearly changes for {years} years: give one, or one each"))
    return faults


def run_faults(years: int, policy: str, price_change: Sequence[float]) -> list[Fault]:
    """Return what is wrong with years, policy and prices."""
    faults = price_faults(price_change, years)
    if not 1 <= years <= MOST_YEARS:
        faults.append(Fault("/years", f"1 to {MOST_YEARS} years"))
    if policy not in POLICIES:
        faults.append(Fault("/policy", f"{policy!r} is none of {', '.join(POLICIES)}"))
    return faults


def setting_faults(request: ScenarioRequest) -> list[Fault]:
    """Return what is wrong with a request by itself."""
    faults = run_faults(request.years, request.policy, request.price_change)
    if not 0 <= request.budget_factor <= 1000:
        faults.append(Fault("/budget_factor", "0 to 1000"))
    for place, budget in enumerate(request.budgets or ()):
        faults += _budget_faults(f"/budgets/{place}", budget, request.years)
    return faults + _doubled(request.budgets or ())


def _budget_faults(pointer: str, budget: GivenBudget, years: int) -> list[Fault]:
    faults = [
        Fault(f"{pointer}/asset_classes/{place}", f"{code!r} is no asset class")
        for place, code in enumerate(budget.asset_classes or ())
        if code not in ASSET_CLASSES
    ]
    if len(budget.amounts_eur) not in (1, years):
        detail = f"{len(budget.amounts_eur)} amounts for {years} years: give one, or one for each year"
        faults.append(Fault(f"{pointer}/amounts_eur", detail))
    return faults + [
        Fault(f"{pointer}/amounts_eur/{place}", "an amount is 0 or more")
        for place, amount in enumerate(budget.amounts_eur)
        if amount < 0
    ]


def _doubled(budgets: Sequence[GivenBudget]) -> list[Fault]:
    """Return a fault for each class that is named again; a budget for all classes stands alone."""
    if len(budgets) > 1 and any(budget.asset_classes is None for budget in budgets):
        return [Fault("/budgets", "a budget for all classes leaves no class for another one")]
    seen: set[str] = set()
    faults = []
    for place, budget in enumerate(budgets):
        for position, code in enumerate(budget.asset_classes or ()):
            if code in seen:
                pointer = f"/budgets/{place}/asset_classes/{position}"
                faults.append(Fault(pointer, f"{code!r} draws on two budgets"))
            seen.add(code)
    return faults
