"""Fields of incoming JSON: a number is a number and no text, a text is short enough to be stored and has no NUL."""

from __future__ import annotations

import datetime
import decimal
import math
import re
from typing import Any

import marshmallow
from marshmallow import fields, validate

from models import text_lengths
from models.identifiers import BUILDING_ID_PATTERN, WRITTEN_PROPERTY_ID, building_id_fault, property_id_from_text

LONGEST_TEXT, LONGEST_CODE = text_lengths.LONGEST_TEXT, text_lengths.LONGEST_CODE
INT_LIMITS = {"smallint": 2**15, "integer": 2**31, "bigint": 2**53}
MONEY_LIMIT = decimal.Decimal(10) ** 14
NO_NUL = r"^[^\x00]*$"
_CENT = decimal.Decimal("0.01")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Text(fields.String):
    """A text that PostgreSQL can store."""

    def __init__(self, *, longest: int = LONGEST_TEXT, **options: Any) -> None:
        given = options.pop("validate", [])
        length = validate.Length(min=1, max=longest)
        others = given if isinstance(given, list) else [given]
        pattern = next((each.whole for each in others if isinstance(each, Matching)), NO_NUL)
        options["metadata"] = {"pattern": pattern, **options.get("metadata", {})}
        super().__init__(validate=[length, *others], **options)

    def _deserialize(self, value: Any, *rest: Any, **options: Any) -> str:
        text: str = super()._deserialize(value, *rest, **options)
        if "\0" in text:
            raise marshmallow.ValidationError("A text has no NUL character.")
        return text


class WholeNumber(fields.Integer):
    """An integer in JSON, no text, no fraction, no truth value, within what the column holds."""

    def __init__(self, *, size: str = "integer", least: int = -(2**53), most: int = 2**53, **options: Any) -> None:
        limit = INT_LIMITS[size]
        least, most = max(least, -limit), min(most, limit - 1)
        super().__init__(strict=True, validate=validate.Range(least, most), **options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if type(value) is int:
            return value
        if type(value) is float and value.is_integer() and abs(value) < INT_LIMITS["bigint"]:
            return int(value)
        raise self.make_error("invalid", input=value)


class Number(fields.Float):
    """A finite number in JSON, no text."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> float:
        if type(value) not in (int, float) or not math.isfinite(value):
            raise self.make_error("invalid", input=value)
        return float(value)


class Money(fields.Field[decimal.Decimal]):
    """An amount in euro as a number in JSON, rounded half-even to cents."""

    def __init__(self, **options: Any) -> None:
        limits = {"exclusiveMinimum": -int(MONEY_LIMIT), "exclusiveMaximum": int(MONEY_LIMIT)}
        options["metadata"] = {**limits, **options.get("metadata", {})}
        super().__init__(**options)

    default_error_messages = {"invalid": "Not a valid number."}  # noqa: RUF012 — marshmallow's own name and form

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> decimal.Decimal:
        if type(value) not in (int, float) or not math.isfinite(value):
            raise self.make_error("invalid", input=value)
        amount = decimal.Decimal(repr(value))
        if abs(amount) >= MONEY_LIMIT:
            raise marshmallow.ValidationError(f"An amount is less than {MONEY_LIMIT:.0f}.")
        return amount.quantize(_CENT, rounding=decimal.ROUND_HALF_EVEN)


class Flag(fields.Boolean):
    """`true` or `false` in JSON, nothing that resembles them."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if type(value) is not bool:
            raise self.make_error("invalid", input=value)
        return value


class Day(fields.Date):
    """A date as `2026-01-31`."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime.date:
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type="date")
        try:
            return datetime.date.fromisoformat(value)
        except ValueError as error:
            raise self.make_error("invalid", input=value, obj_type="date") from error


class QueryNumber(fields.Integer):
    """A whole number in a query: ASCII digits only."""

    def __init__(self, **options: Any) -> None:
        limits = {"minimum": 1 - 10**15, "maximum": 10**15 - 1}
        options["metadata"] = {**({} if "validate" in options else limits), **options.get("metadata", {})}
        super().__init__(**options)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch("-?[0-9]{1,15}", value, re.ASCII):
            raise self.make_error("invalid", input=value)
        return int(value)


class Matching(validate.Regexp):
    """A text that matches a pattern as a whole, also where the pattern itself would allow a line break at its end."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern, re.ASCII)
        self.whole = pattern

    def __call__(self, value: Any) -> Any:
        """Return the text, or raise `ValidationError`."""
        if not re.fullmatch(self.whole, value, re.ASCII):
            raise marshmallow.ValidationError(f"'{str(value)[:60]}' does not match {self.whole}.")
        return value


class BuildingId(Text):
    """A permanent building id (VTJ-PRT), whose check character is checked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "metadata": {"pattern": BUILDING_ID_PATTERN, **options.get("metadata", {})}})

    def _deserialize(self, value: Any, *rest: Any, **options: Any) -> str:
        text = super()._deserialize(value, *rest, **options)
        fault = "a line break at its end" if text.endswith("\n") else building_id_fault(text)
        if fault is not None:
            raise marshmallow.ValidationError(f"'{text[:60]}' is no permanent building id (VTJ-PRT): {fault}.")
        return text


class PropertyId(Text):
    """A property id, as 14 digits or as people write it: 91-1-2-3."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "metadata": {"pattern": WRITTEN_PROPERTY_ID, **options.get("metadata", {})}})

    def _deserialize(self, value: Any, *rest: Any, **options: Any) -> str:
        text = super()._deserialize(value, *rest, **options)
        digits = property_id_from_text(text) if text.isascii() and not text.endswith("\n") else None
        if digits is None:
            raise marshmallow.ValidationError(f"'{text[:60]}' is no property id: 14 digits, or as in 91-1-2-3.")
        return digits


def municipality_field(**options: Any) -> fields.String:
    """Return a field for a municipality code of three digits."""
    return fields.String(validate=Matching("^[0-9]{3}$"), **options)
