"""What runs are asked for with, as it waits in the queue: plain values for JSON, and back."""

from __future__ import annotations

import dataclasses
import decimal
from collections.abc import Mapping
from typing import Any

from service.operations.scenario_requests import FundingRequest, GivenBudget, ScenarioRequest
from service.operations.valuation_computation import ValuationRequest

RunRequest = ValuationRequest | ScenarioRequest | FundingRequest
_KINDS: Mapping[str, type[RunRequest]] = {
    "valuation": ValuationRequest,
    "scenario": ScenarioRequest,
    "funding": FundingRequest,
}


def queued_request(request: RunRequest) -> dict[str, Any]:
    """Return a request as JSON has it: amounts of money as texts, so that no cent is lost.

    >>> queued_request(FundingRequest("091", 10, goal_backlog_eur=decimal.Decimal("0.10")))["goal_backlog_eur"]
    '0.10'
    """
    kind = next(name for name, each in _KINDS.items() if isinstance(request, each))
    return {"kind": kind, **{name: _plain(value) for name, value in dataclasses.asdict(request).items()}}


def request_of_run(queued: Mapping[str, Any]) -> RunRequest:
    """Return the request that `queued_request` made this of."""
    members = {name: value for name, value in queued.items() if name != "kind"}
    if queued["kind"] == "valuation":
        return ValuationRequest(**members)
    members["price_change"] = tuple(members["price_change"])
    if queued["kind"] == "funding":
        return FundingRequest(**{**members, "goal_backlog_eur": _amount(members["goal_backlog_eur"])})
    budgets = members["budgets"]
    return ScenarioRequest(**{**members, "budgets": None if budgets is None else tuple(map(_budget, budgets))})


def _budget(queued: Mapping[str, Any]) -> GivenBudget:
    classes = queued["asset_classes"]
    amounts = tuple(decimal.Decimal(each) for each in queued["amounts_eur"])
    return GivenBudget(None if classes is None else tuple(classes), amounts)


def _amount(text: str | None) -> decimal.Decimal | None:
    return None if text is None else decimal.Decimal(text)


def _plain(value: Any) -> Any:
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return {name: _plain(each) for name, each in value.items()} if isinstance(value, dict) else value
