"""What the backlog of each method is measured against: the parameters of the method, as data and as words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from service.catalogues import has_text, text
from service.engine.method_parameters import NEEDED_BY_METHOD
from service.reports.shown import percent, plain_number

_SHARES = ("target_condition", "limit_condition", "balance_remaining_life")


def method_target(method: str, sets: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the values of the method's parameters by name, each once; `sets` are resolved parameters."""
    found = list(sets)
    return {
        name: sorted({each[name] for each in found if each.get(name) is not None}) for name in NEEDED_BY_METHOD[method]
    }


def told_target(method: str, target: Mapping[str, list[Any]], language: str) -> str:
    """Return what the method measures against, each parameter with its name and values."""
    if method == "two_threshold":
        steps = zip(("basic", "improvement", "improved"), target.values(), strict=True)
        told = {name: ", ".join(percent(step, language, 0) for step in values) for name, values in steps}
        return text(language, "report.method_ladder", **told)
    return "; ".join(
        f"{parameter_label(name, language)}: {', '.join(_value(name, each, language) for each in values)}"
        for name, values in target.items()
    )


def parameter_label(name: str, language: str) -> str:
    """Return a parameter's name in the language."""
    key = f"parameter.{name}"
    return text(language, key) if has_text(language, key) else text(language, f"column.{name}")


def _value(name: str, value: Any, language: str) -> str:
    if name in _SHARES:
        return percent(value, language, 0 if round(value * 100, 6).is_integer() else 1)
    return plain_number(value, language) if isinstance(value, float) else str(value)
