"""One line of arithmetic behind a figure: formula, inputs and result, as codes and numbers without a language."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quantity:
    """A named number with its unit; ``None`` is unknown.

    Units are codes: ``share`` (0…1), ``years``, ``year`` (of the calendar), ``eur``, ``eur_per_unit``, ``quantity``
    (in the class's unit), ``capacity`` (in the service's unit), ``eur_per_place``, ``factor``, ``code``, ``count``.
    """

    name: str
    value: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class Step:
    """How one figure comes about.

    Attributes:
        formula: Code of the formula; the catalogues have its text.
        inputs: In the order of the formula.
        result: The figure itself.
        component: The component's place among the asset's components, for a step about one of them.
    """

    formula: str
    inputs: tuple[Quantity, ...]
    result: Quantity
    component: int | None = None


def quantity(name: str, value: float, unit: str) -> Quantity:
    """Return a quantity, unknown where the value is ``nan``.

    >>> quantity("capacity", float("nan"), "capacity")
    Quantity(name='capacity', value=None, unit='capacity')
    """
    number = float(value)
    return Quantity(name, None if math.isnan(number) else number, unit)


def amount(name: str, cents: int) -> Quantity:
    """Return an amount of whole cents as a quantity in euros.

    >>> amount("repair_backlog", 15000000)
    Quantity(name='repair_backlog', value=150000.0, unit='eur')
    """
    return Quantity(name, int(cents) / 100.0, "eur")
