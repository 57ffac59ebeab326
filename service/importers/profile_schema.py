"""The shape of a profile file: every unknown key and wrong type is named, then the values are built."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from models.text_lengths import LONGEST_CODE
from service.importers.profile import (
    NETWORKS_AND_MODELS,
    FillWithin,
    GeometrySource,
    MunicipalitySource,
    OnePer,
    Profile,
    RowFilter,
    TargetMapping,
    Unpivot,
    ValueMapping,
)
from service.importers.read_csv import CsvLayout


class ScalarField(fields.Field[Any]):
    """A text, number or truth value, or nothing."""

    def _deserialize(self, value: object, *_args: object, **_options: object) -> object:
        if not isinstance(value, str | int | float | bool):
            raise ValidationError("Not a text, number or truth value.")
        return value


class CodeField(fields.Field[Any]):
    """A code as text, however YAML read it: 05 and '05' differ, so numbers must be quoted where zeros lead."""

    def _deserialize(self, value: object, *_args: object, **_options: object) -> str:
        if isinstance(value, bool | dict | list):
            raise ValidationError("Not a code.")
        return str(value)


class NamesField(fields.List[Any]):
    """A list of names that is kept as a tuple."""

    def __init__(self, **options: Any) -> None:
        super().__init__(fields.String(), **options)

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        return tuple(super()._deserialize(value, *args, **options))


class Built(Schema):
    """A schema whose result is one of the profile's value classes."""

    value_class: type[Any]

    @post_load
    def build(self, data: dict[str, Any], **_options: object) -> object:
        """Return the value object; lists become tuples, so that a profile cannot change."""
        frozen = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
        return self.value_class(**frozen)


class ValueMappingSchema(Built):
    """See `ValueMapping`."""

    value_class = ValueMapping

    column = fields.String()
    columns = fields.List(fields.String())
    join = fields.String()
    constant = ScalarField(allow_none=True)
    unknown_codes = fields.List(CodeField(), data_key="unknown", attribute="unknown")
    uri_tail = fields.Boolean()
    capture = fields.String()
    codes = fields.Dict(keys=CodeField(), values=ScalarField(allow_none=True))
    other_codes = fields.String(validate=validate.OneOf(["fault", "unknown", "keep"]))
    prefix = fields.String()
    suffix = fields.String()
    date_format = fields.String()
    part = fields.String(validate=validate.OneOf(["year"]))
    unit = fields.String()
    factor = fields.Float()
    round = fields.Boolean()
    decimals = fields.Integer(validate=validate.Range(0, 9))
    default = ScalarField()
    required = fields.Boolean()


class RowFilterSchema(Built):
    """See `RowFilter`."""

    value_class = RowFilter

    column = fields.String(required=True)
    within = fields.List(CodeField(allow_none=True))
    not_within = fields.List(CodeField(allow_none=True))
    matches = fields.String()


class FillWithinSchema(Built):
    """See `FillWithin`."""

    value_class = FillWithin

    columns = fields.List(fields.String(), required=True)
    within = fields.List(fields.String(), required=True)


class OnePerSchema(Built):
    """See `OnePer`."""

    value_class = OnePer

    columns = fields.List(fields.String())
    newest_by = fields.String()
    date_format = fields.String()
    either_direction = fields.Boolean()


class UnpivotSchema(Built):
    """See `Unpivot`."""

    value_class = Unpivot

    value = fields.String(required=True)
    columns = fields.Dict(
        keys=fields.String(), values=fields.Dict(keys=fields.String(), values=ScalarField()), required=True
    )


class TargetMappingSchema(Built):
    """See `TargetMapping`."""

    value_class = TargetMapping

    target = fields.String(required=True)
    key = fields.List(fields.String())
    hashed_key = fields.List(fields.String())
    asset_key = fields.List(fields.String())
    asset_missing = fields.String(validate=validate.OneOf(["fault", "warning"]))
    values = fields.Dict(keys=fields.String(), values=fields.Nested(ValueMappingSchema))
    where = fields.List(fields.Nested(RowFilterSchema))
    one_per = fields.Nested(OnePerSchema)
    unpivot = fields.Nested(UnpivotSchema)
    successive = fields.Boolean()


class GeometrySourceSchema(Built):
    """See `GeometrySource`."""

    value_class = GeometrySource

    x = fields.String()
    y = fields.String()
    wkt = fields.String()
    crs = fields.String()
    unknown_points = fields.List(fields.Tuple((fields.Float(), fields.Float())))
    taken = fields.Boolean()
    required = fields.Boolean()


class MunicipalitySourceSchema(Built):
    """See `MunicipalitySource`."""

    value_class = MunicipalitySource

    column = fields.String(required=True)
    style = fields.String(required=True, validate=validate.OneOf(["number", "code", "ku", "name"]))
    codes = fields.Dict(keys=fields.String(), values=fields.String())


class CsvLayoutSchema(Built):
    """See `CsvLayout`."""

    value_class = CsvLayout

    encoding = fields.String()
    separator = fields.String(validate=validate.Length(equal=1))
    title_lines = fields.Integer(validate=validate.Range(0, 100))
    decimal_comma = fields.Boolean()


class ProfileSchema(Built):
    """See `Profile`."""

    value_class = Profile

    name = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9_]{1,100}\Z"))
    title = fields.String(required=True, validate=[validate.Length(1, 200), validate.Regexp(r"^[^\x00]*\Z")])
    source_system = fields.String(
        required=True, validate=[validate.Length(1, LONGEST_CODE), validate.Regexp(r"^[^\x00]*\Z")]
    )
    format = fields.String(
        required=True, validate=validate.OneOf(["csv", "vector", "xlsx", "jsonstat", "any", *NETWORKS_AND_MODELS])
    )
    targets = fields.List(fields.Nested(TargetMappingSchema), required=True, validate=validate.Length(min=1))
    layer = fields.String()
    encoding = fields.String()
    csv = fields.Nested(CsvLayoutSchema)
    geometry = fields.Nested(GeometrySourceSchema)
    municipality = fields.Nested(MunicipalitySourceSchema)
    unknown_codes = fields.List(CodeField(), data_key="unknown", attribute="unknown")
    where = fields.List(fields.Nested(RowFilterSchema))
    fill = fields.Nested(FillWithinSchema)
    number_within = fields.List(fields.String())
    column_names = fields.Dict(keys=fields.String(), values=NamesField())
