"""Measures of one valuation at the prices of another: what is done stays, what it costs per unit changes."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from service.engine.method_parameters import MethodParameters, MethodSet

Rule = tuple[int, int, float, float]


def at_later_measure_prices(earlier: MethodParameters, later: MethodParameters) -> MethodParameters:
    """Return the earlier sets of each asset with the unit costs of its later set's measures.

    A measure is the same where it leads from the same condition class to the same one; of several such the first
    takes the price of the first.
    """
    code = earlier.set_number.astype(np.int64) * len(later.sets) + later.set_number
    pairs, number = np.unique(code, return_inverse=True)
    places = (divmod(pair, len(later.sets)) for pair in pairs.tolist())
    sets = tuple(_at_prices_of(earlier.sets[old], later.sets[new]) for old, new in places)
    return MethodParameters(number.astype(np.int64), sets)


def _at_prices_of(old: MethodSet, new: MethodSet) -> MethodSet:
    if old.rules == new.rules:
        return old
    costs: dict[tuple[int, int, int], float] = {_key(new.rules, place): rule[2] for place, rule in enumerate(new.rules)}
    rules = (_repriced(rule, _key(old.rules, place), costs) for place, rule in enumerate(old.rules))
    return replace(old, rules=tuple(rules))


def _key(rules: tuple[Rule, ...], place: int) -> tuple[int, int, int]:
    start, end = rules[place][:2]
    return start, end, sum(rule[:2] == (start, end) for rule in rules[:place])


def _repriced(rule: Rule, key: tuple[int, int, int], costs: Mapping[tuple[int, int, int], float]) -> Rule:
    cost = costs.get(key, rule[2])
    known = not (np.isnan(cost) or np.isnan(rule[2]))
    return (*rule[:2], cost if known else rule[2], rule[3])
