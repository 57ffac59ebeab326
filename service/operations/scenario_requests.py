"""What a scenario and required funding are asked for with."""

from __future__ import annotations

import decimal
from dataclasses import dataclass

from service.engine.scenario_inputs import Policy

POLICIES = {policy.name.lower(): policy for policy in Policy}
MODES = {"whole": False, "divisible": True}


@dataclass(frozen=True)
class GivenBudget:
    """Money that is asked about: for some classes together (None: all), the same each year or one amount for each."""

    asset_classes: tuple[str, ...] | None
    amounts_eur: tuple[decimal.Decimal, ...]


@dataclass(frozen=True)
class ScenarioRequest:
    """Which years of which valuation, under which budgets.

    Attributes:
        municipality_code: Whose assets.
        years: How many, from the year after the valuation's.
        base_run_id: The valuation to start from; None takes the newest.
        policy: Which measures go first, one of `POLICIES`.
        is_divisible: Whether shares of measures may be bought.
        budgets: None takes the register's budgets; the last known year's holds for the years after it.
        budget_factor: Multiplies all budgets: 0.8 is 20 % less.
        price_change: Yearly change of prices, one for all years or one for each.
        created_by: Who asked.
    """

    municipality_code: str
    years: int
    base_run_id: int | None = None
    policy: str = "benefit_cost"
    is_divisible: bool = False
    budgets: tuple[GivenBudget, ...] | None = None
    budget_factor: float = 1.0
    price_change: tuple[float, ...] = (0.0,)
    created_by: str = "system"


GOALS = ("hold", "clear", "reach")


@dataclass(frozen=True)
class FundingRequest:
    """Which constant budget holds the backlog, clears it, or brings it to an amount, in so many years.

    Attributes:
        municipality_code: Whose assets.
        years: In how many years.
        base_run_id: The valuation to start from; None takes the newest.
        policy: Which measures go first, one of `POLICIES`; measures are divisible.
        goal_backlog_eur: The amount of the goal `reach`, all classes together; each class goes down alike.
        price_change: Yearly change of prices, one for all years or one for each.
        created_by: Who asked.
    """

    municipality_code: str
    years: int
    base_run_id: int | None = None
    policy: str = "benefit_cost"
    goal_backlog_eur: decimal.Decimal | None = None
    price_change: tuple[float, ...] = (0.0,)
    created_by: str = "system"
