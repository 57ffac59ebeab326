"""An asset's attributes, figures and steps as a person reads them: labels, units, numbers of the language."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from models.identifiers import property_id_as_text
from models.registry import Attribute
from service.catalogues import has_text, text
from service.queries.assets import AssetRecord
from service.reports.shown import grouped

_SHARES = {"condition_index", "retained_share"}
_HIDDEN = {"source_system", "source_id"}
_DECIMALS = {"share": 4, "year": 0, "count": 0, "code": 0}


def asset_facts(record: AssetRecord, language: str) -> list[tuple[str, str]]:
    """Return the asset's recorded attributes as label and value; what is unknown is left out."""
    return [
        (text(language, f"attribute.{each.name}"), _value(record.values[each.name], each, language))
        for each in record.asset_class.attributes
        if each.name not in _HIDDEN and record.values.get(each.name) is not None
    ]


def _value(value: Any, attribute: Attribute, language: str) -> str:
    if isinstance(value, bool):
        return text(language, "page.yes" if value else "page.no")
    if attribute.choices is not None and issubclass(attribute.type, StrEnum):
        return text(language, f"code.{_snake(attribute.type.__name__)}.{value}")
    unit = "" if attribute.unit in (None, "a") else f" {text(language, f'unit.{attribute.unit}')}"
    if attribute.name == "property_id":
        return property_id_as_text(value)
    if has_text(language, f"{attribute.name}.{value}"):
        return text(language, f"{attribute.name}.{value}")
    if attribute.unit == "a" or isinstance(value, str):
        return f"{value}"
    return f"{_number(float(value), 2, language)}{unit}"


def _snake(name: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() and place else each.lower() for place, each in enumerate(name))


def figure_rows(figures: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """Return an asset's figures as label and value."""
    return [(text(language, f"column.{name}"), _figure(name, value, language)) for name, value in figures.items()]


def _figure(name: str, value: Any, language: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return text(language, f"{name}.{value}")
    if name in _SHARES:
        return f"{grouped(float(value) * 100, 1, language)} %"
    return f"{grouped(float(value), 2, language)} €"


def step_rows(steps: list[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """Return the steps as sentence, inputs and result."""
    return [
        {
            "text": step["text"],
            "inputs": [_quantity(each, language) for each in step["inputs"]],
            "result": _quantity(step["result"], language),
            "is_of_component": step["component"] is not None,
        }
        for step in steps
    ]


def _quantity(quantity: Mapping[str, Any], language: str) -> dict[str, str]:
    """Return a quantity's label and value; those of components are numbered, and their label is not."""
    key = f"quantity.{quantity['name']}"
    label = key if has_text(language, key) else key.rstrip("0123456789").rstrip("_")
    return {"label": text(language, label), "value": _amount(quantity, language)}


def _amount(quantity: Mapping[str, Any], language: str) -> str:
    value, unit = quantity["value"], quantity["unit"]
    if value is None:
        return "–"
    if quantity["name"] == "is_protected":
        return text(language, "page.yes" if value else "page.no")
    if isinstance(value, str):
        return text(language, f"service.{value}") if quantity["name"] == "service" else value
    if unit == "year":
        return f"{value:g}"
    if unit == "eur":
        return f"{grouped(float(value), 0 if float(value).is_integer() else 2, language)} €"
    return _number(float(value), _DECIMALS.get(unit, 2), language)


def _number(value: float, decimals: int, language: str) -> str:
    """Return a number without decimals that say nothing."""
    shown = grouped(value, decimals, language)
    mark = "." if language == "en" else ","
    return shown.rstrip("0").rstrip(mark) if mark in shown else shown
