"""What scenarios and required funding are asked for with, beside what a valuation is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import marshmallow
from marshmallow import Schema, fields, validate, validates_schema

from models.registry import ASSET_CLASSES
from service.api.fields import LONGEST_CODE, Money, Number, Text, WholeNumber
from service.engine.scenario_inputs import MOST_YEARS
from service.operations.scenario_requests import MODES, POLICIES, FundingRequest, GivenBudget, ScenarioRequest

MOST_BUDGETS = 100
_COMMON = ("municipality_code", "kind")
_SCENARIO = ("base_run", "years", "policy", "mode", "budgets", "budget_factor", "price_change")
_FUNDING = ("base_run", "years", "policy", "goal_backlog_eur", "price_change")
_REQUIRED = {"valuation": "valuation_year", "scenario": "years", "funding": "years"}


class ScenarioBudgetBody(Schema):
    """Money for some classes together, each year of the scenario."""

    asset_classes = fields.List(
        Text(longest=LONGEST_CODE, metadata={"enum": list(ASSET_CLASSES)}),
        allow_none=True,
        load_default=None,
        validate=validate.Length(1, MOST_BUDGETS),
        metadata={"description": "Classes that share the money; all classes where none is given"},
    )
    amounts_eur = fields.List(
        Money(metadata={"minimum": 0}),
        required=True,
        validate=validate.Length(1, MOST_YEARS),
        metadata={"description": "One amount for every year, or one for each; in the money of the year"},
    )


class RunKinds(Schema):
    """Members of scenarios and required funding; a member of another kind of run is a fault."""

    base_run = WholeNumber(
        allow_none=True,
        load_default=None,
        least=1,
        metadata={"description": "`run_id` of the valuation to start from; the newest one by default"},
    )
    years = WholeNumber(least=1, most=MOST_YEARS, metadata={"description": "From the year after the valuation's"})
    policy = fields.String(
        load_default="benefit_cost",
        validate=validate.OneOf(list(POLICIES)),
        metadata={"description": "Which measures go first when money is short"},
    )
    mode = fields.String(
        load_default="whole",
        validate=validate.OneOf(list(MODES)),
        metadata={"description": "Whole measures, or shares of them: how far money goes, but no programme"},
    )
    budgets = fields.List(
        fields.Nested(ScenarioBudgetBody),
        allow_none=True,
        load_default=None,
        validate=validate.Length(max=MOST_BUDGETS),
        metadata={"description": "The register's budgets by default; the last known year's holds for later years"},
    )
    budget_factor = Number(
        load_default=1.0,
        validate=validate.Range(0, 1000),
        metadata={"description": "Multiplies all budgets: 0.8 is 20 % less money"},
    )
    price_change = fields.List(
        Number(validate=validate.Range(-0.5, 0.5)),
        load_default=[0.0],
        validate=validate.Length(1, MOST_YEARS),
        metadata={"description": "Yearly change of prices: one for every year, or one for each"},
    )
    goal_backlog_eur = Money(
        allow_none=True,
        load_default=None,
        validate=validate.Range(0.0),
        metadata={"description": "Required funding: a backlog to reach, beside holding and clearing it"},
    )

    def json_schema_rules(self) -> list[dict[str, Any]]:
        """Return which members each kind of run has; a run of no kind is a valuation."""
        by_kind = []
        for kind, required in _REQUIRED.items():
            others: dict[str, Any] = {name: {"not": {}} for name in self._of_other_kinds(kind)}
            needed = [required] if kind == "valuation" else ["kind", required]
            by_kind.append({"properties": {"kind": {"enum": [kind]}, **others}, "required": needed})
        return [{"oneOf": by_kind}]

    def _of_other_kinds(self, kind: str) -> list[str]:
        of_valuations = set(self.fields) - {*_SCENARIO, *_FUNDING, *_COMMON}
        known = {"scenario": _SCENARIO, "funding": _FUNDING}.get(kind, of_valuations)
        return [name for name in self.fields if name not in (*known, *_COMMON)]

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def check_kind(self, data: Mapping[str, Any], original: Any, **_: Any) -> None:
        """Refuse members of another kind of run, and miss what the kind needs."""
        kind = data.get("kind")
        if kind not in _REQUIRED or not isinstance(original, Mapping):
            return
        others = self._of_other_kinds(kind)
        faults = {name: [f"This is no member of a run of kind {kind}."] for name in original if name in others}
        if original.get(_REQUIRED[kind]) is None:
            faults[_REQUIRED[kind]] = ["Missing data for required field."]
        if faults:
            raise marshmallow.ValidationError(faults)


def scenario_request(body: Mapping[str, Any], holder: str) -> ScenarioRequest:
    """Return what a body asks for."""
    budgets = body["budgets"]
    return ScenarioRequest(
        municipality_code=body["municipality_code"],
        years=body["years"],
        base_run_id=body["base_run"],
        policy=body["policy"],
        is_divisible=MODES[body["mode"]],
        budgets=None if budgets is None else tuple(_budget(each) for each in budgets),
        budget_factor=body["budget_factor"],
        price_change=tuple(body["price_change"]),
        created_by=holder,
    )


def _budget(body: Mapping[str, Any]) -> GivenBudget:
    classes = body["asset_classes"]
    return GivenBudget(None if classes is None else tuple(classes), tuple(body["amounts_eur"]))


def funding_request(body: Mapping[str, Any], holder: str) -> FundingRequest:
    """Return what a body asks for."""
    return FundingRequest(
        municipality_code=body["municipality_code"],
        years=body["years"],
        base_run_id=body["base_run"],
        policy=body["policy"],
        goal_backlog_eur=body["goal_backlog_eur"],
        price_change=tuple(body["price_change"]),
        created_by=holder,
    )


REQUESTS: dict[str, Callable[[Mapping[str, Any], str], ScenarioRequest | FundingRequest]] = {
    "scenario": scenario_request,
    "funding": funding_request,
}
