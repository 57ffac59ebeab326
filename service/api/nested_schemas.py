"""Bodies of the records that belong to an asset."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import marshmallow
from marshmallow import fields, validate

from models.condition import AssessmentMethod
from models.measure import MeasureKind, MeasureState
from service.api.body_rules import either, goes_with
from service.api.fields import LONGEST_CODE, Day, Money, Number, Text, WholeNumber

_OPTIONAL: dict[str, Any] = {"allow_none": True, "load_default": None}
_YEAR: dict[str, Any] = {"least": 1200, "most": 2200}


def code_field(codes: type[StrEnum], **options: Any) -> fields.String:
    """Return a field for a code of a list."""
    values = [code.value for code in codes]
    return fields.String(
        validate=validate.OneOf(values, error=f"'{{input}}' is not one of: {', '.join(values)}."), **options
    )


class ValueGiven(Text):
    """A rating as it was given: a text, or a number in JSON."""

    def _deserialize(self, value: Any, *rest: Any, **options: Any) -> str:
        if type(value) in (int, float):
            value = f"{value:g}" if abs(value) < 1e6 else str(value)
        return super()._deserialize(value, *rest, **options)


class AssessmentBody(marshmallow.Schema):
    """A condition assessment: the rating on its scale; the condition index follows from the scale."""

    assessed_on = Day(required=True)
    scale_code = Text(required=True, longest=LONGEST_CODE)
    value_given = ValueGiven(required=True, longest=LONGEST_CODE, metadata={"type": ["string", "number"]})
    method = code_field(AssessmentMethod, required=True)
    component_id = WholeNumber(size="bigint", least=1, **_OPTIONAL)
    assessor = Text(**_OPTIONAL)
    remark = Text(**_OPTIONAL)

    @marshmallow.validates("assessed_on")
    def check_day(self, value: datetime.date, **_: Any) -> None:
        """Refuse a day of the future; a day is over latest at UTC+14."""
        if value > (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=14)).date():
            raise marshmallow.ValidationError(f"{value} is in the future.")


class ComponentBody(marshmallow.Schema):
    """A part of an asset with its own life."""

    component_code = Text(required=True, longest=LONGEST_CODE)
    cost_share = Number(
        required=True,
        validate=validate.Range(0, 1),
        metadata={"description": "Share of the asset's replacement cost, 0 … 1"},
    )
    built_year = WholeNumber(**_YEAR, **_OPTIONAL)
    renewed_year = WholeNumber(**_YEAR, **_OPTIONAL)
    service_life_years = Number(
        required=True, validate=validate.Range(0, 1000, min_inclusive=False), metadata={"exclusiveMinimum": 0}
    )

    @marshmallow.validates("built_year", "renewed_year")
    def check_year(self, value: int | None, **_: Any) -> None:
        """Refuse a year of the future."""
        if value is not None and value > datetime.datetime.now(datetime.UTC).year:
            raise marshmallow.ValidationError(f"{value} is in the future.")


class CapacityBody(marshmallow.Schema):
    """What an asset can serve of a service, from a day until another."""

    service_code = Text(required=True, longest=LONGEST_CODE)
    area_code = Text(longest=LONGEST_CODE, **_OPTIONAL)
    valid_from = Day(required=True)
    valid_to = Day(metadata={"description": "First day on which it no longer holds"}, **_OPTIONAL)
    capacity = Number(validate=validate.Range(0), metadata={"description": "Or caretakers"}, **_OPTIONAL)
    capacity_unit = Text(
        longest=LONGEST_CODE,
        metadata={"description": "The unit meant: refused where the service counts in another; not stored"},
        **_OPTIONAL,
    )
    caretakers = Number(
        validate=validate.Range(0, 1_000_000),
        metadata={"description": "The capacity is these × the parameter places_per_caretaker of the service"},
        **_OPTIONAL,
    )
    running_cost_eur = Money(validate=validate.Range(0.0), **_OPTIONAL)

    def json_schema_rules(self) -> list[dict[str, Any]]:
        """Return what the description says of several members."""
        return [either("capacity", "caretakers")]

    @marshmallow.validates_schema(skip_on_field_errors=True)
    def check_capacity(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse a capacity that is told twice, or not at all."""
        if (data.get("capacity") is None) == (data.get("caretakers") is None):
            raise marshmallow.ValidationError("Give either capacity or caretakers.", "capacity")

    @marshmallow.validates_schema(skip_on_field_errors=False)
    def check_validity(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse an end that does not follow the beginning."""
        first, last = data.get("valid_from"), data.get("valid_to")
        if first is not None and last is not None and last <= first:
            raise marshmallow.ValidationError(f"{last} is not after valid_from, {first}.", "valid_to")


class MeasureBody(marshmallow.Schema):
    """A measure planned or done."""

    kind = code_field(MeasureKind, required=True)
    state = code_field(MeasureState, required=True)
    year = WholeNumber(required=True, least=1900, most=2200)
    cost_eur = Money(validate=validate.Range(0.0), **_OPTIONAL)
    condition_index_after = Number(validate=validate.Range(0, 1), **_OPTIONAL)
    service_code = Text(longest=LONGEST_CODE, metadata={"description": "Service of capacity_after"}, **_OPTIONAL)
    capacity_after = Number(validate=validate.Range(0), **_OPTIONAL)
    quantity_after = Number(
        validate=validate.Range(0), metadata={"description": "In the unit of the asset's class"}, **_OPTIONAL
    )
    remark = Text(**_OPTIONAL)

    def json_schema_rules(self) -> list[dict[str, Any]]:
        """Return what the description says of several members."""
        return [goes_with("capacity_after", "service_code")]

    @marshmallow.validates_schema(skip_on_field_errors=False)
    def check_year(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse what is said to be done in the future."""
        year = data.get("year")
        if data.get("state") == MeasureState.DONE and year and year > datetime.datetime.now(datetime.UTC).year:
            raise marshmallow.ValidationError(f"{year} is in the future, and the measure is said to be done.", "year")

    @marshmallow.validates_schema(skip_on_field_errors=True)
    def check_capacity(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse a capacity of no service."""
        if data.get("capacity_after") is not None and data.get("service_code") is None:
            raise marshmallow.ValidationError("A capacity belongs to a service: name it.", "service_code")


class SuitabilityBody(marshmallow.Schema):
    """How an asset fits a service: class 5 wholly, 1 not at all, and what curing that costs."""

    service_code = Text(required=True, longest=LONGEST_CODE)
    assessed_on = Day(required=True)
    suitability_class = WholeNumber(required=True, least=1, most=5)
    curing_cost_eur = Money(validate=validate.Range(0.0), metadata={"description": "VAT 0"}, **_OPTIONAL)
    assessor = Text(**_OPTIONAL)
    remark = Text(**_OPTIONAL)

    @marshmallow.validates("assessed_on")
    def check_day(self, value: datetime.date, **_: Any) -> None:
        """Refuse a day of the future; a day is over latest at UTC+14."""
        if value > (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=14)).date():
            raise marshmallow.ValidationError(f"{value} is in the future.")
