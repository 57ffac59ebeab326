"""Backlog by the methods that need more than a replacement cost and a target, in euros per asset.

Condition class  KEHTO 2014 with a measure table (methods.md A.5, domain.md §4)
Component        a part whose service life is used up owes its renewal
Grade cost       Markov grades: Σ cost of grade × P(grade) (A.11, DfE)
Step             the state network: the whole treatment below a limit, nothing at it or above (A.6)
Ambition         Norwegian municipal roads, NS 3424 grades (A.11)
Remaining life   Danish roads: up to the balance level of the remaining life (A.11)
NPV              present value of the next renewal of each part (A.7)
Age band         a share of each part's cost by the share of its life that is used (A.4)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from service.engine.age_bands import age_band_owed
from service.engine.arrays import BoolArray, FloatArray, IntArray, exact_condition
from service.engine.backlog import Method
from service.engine.component_lines import Lines
from service.engine.condition_class import BEST, condition_class
from service.engine.errors import EngineError
from service.engine.grades import grade_cost
from service.engine.measures import NONE, CheapestMeasures, MeasureRules, cheapest_measures
from service.engine.method_parameters import Ambition, MethodParameters
from service.engine.street_methods import remaining_life_backlog

ACCEPTED_GRADE = 1
"""NS 3424 grades 0 and 1 are in order (methods.md A.11)."""
_WORST_GRADE = 3
ACCEPTED_LEVEL = 1.0 - ACCEPTED_GRADE / _WORST_GRADE
"""Condition index of the worst grade in order."""


class MissingMeasureError(EngineError):
    """An asset owes a measure, and its list has none that reaches the level asked for.

    Attributes:
        wanted: Pairs of the number of the parameter set and the condition class that the measure would start from.
    """

    def __init__(self, wanted: list[tuple[int, int]]) -> None:
        self.wanted = wanted
        super().__init__(f"No measure leads to the level asked for from (parameter set, condition class): {wanted}.")


@dataclass(frozen=True, slots=True)
class Case:
    """Assets of one method whose replacement cost is known.

    Attributes:
        cost_eur: Replacement cost.
        quantity: In the class's unit; ``nan`` is unknown.
        condition: Condition index today, 0…1.
        age_years: Effective age on the asset's own curve; read by the remaining life only.
        parameters: With the set of each asset.
        lines: The parts of the assets; read by the component methods only.
    """

    cost_eur: FloatArray
    quantity: FloatArray
    condition: FloatArray
    age_years: FloatArray
    parameters: MethodParameters
    lines: Lines | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """Backlog in euros; ``nan`` where a measure is priced by a quantity that is unknown. Liability where it differs.

    Attributes:
        backlog_eur: What brings the asset back.
        liability_eur: Money to repair what owes anything, by KEHTO; ``None``: down from new, as for buildings.
        rule: Measure taken, as a column of the list; ``None`` where the method takes none.
        condition_after: Condition after it.
    """

    backlog_eur: FloatArray
    liability_eur: FloatArray | None = None
    rule: IntArray | None = None
    condition_after: FloatArray | None = None


def owed_by_measure(case: Case, owes: BoolArray, level: FloatArray) -> Owed:
    """Return the cost of the cheapest measure that brings each asset that owes one to its set's condition index.

    Raises:
        MissingMeasureError: There is none for some of them.
    """
    rules = MeasureRules.of([each.rules for each in case.parameters.sets])
    row = np.flatnonzero(owes)
    number, now = case.parameters.set_number[row], condition_class(case.condition[row])
    at = (case.quantity[row], case.cost_eur[row])
    found = cheapest_measures(rules, number, now, level, *at)
    none = (found.rule == NONE) & ~_is_unpriced(rules, number, now, case.quantity[row])
    if none.any():
        wanted = np.unique(np.stack([number[none], now[none]], axis=1), axis=0)
        raise MissingMeasureError([(int(one), int(other)) for one, other in wanted])
    backlog, after = np.zeros(len(owes)), case.condition.copy()
    rule = np.full(len(owes), NONE)
    backlog[row], rule[row], after[row] = found.cost_eur, found.rule, found.condition_after
    return Owed(backlog, rule=rule, condition_after=after)


def _is_unpriced(rules: MeasureRules, number: IntArray, now: IntArray, quantity: FloatArray) -> BoolArray:
    """Return whose measures are there but priced by a quantity that is unknown: such an asset has no known backlog."""
    starts = (rules.class_from[number] == now[:, None]) & ~np.isnan(rules.unit_cost_eur[number])
    unpriced: BoolArray = np.isnan(quantity) & starts.any(axis=1)
    return unpriced


def _condition_class(case: Case) -> Owed:
    optimum = case.parameters.of("optimum_class")
    owes = condition_class(case.condition) < optimum
    owed = owed_by_measure(case, owes, case.parameters.by_set("optimum_class") / BEST)
    # A street is repaired to better than its optimum (A.5); where the list leads nowhere better, by the same measure.
    liability = owed.backlog_eur.copy()
    liability[owes] = np.fmax(best_repair(case, owes).cost_eur, liability[owes])
    return Owed(owed.backlog_eur, liability, owed.rule, owed.condition_after)


def best_repair(case: Case, owes: BoolArray) -> CheapestMeasures:
    """Return the cheapest measure to the best class of each asset that owes one, in their order."""
    rules = MeasureRules.of([each.rules for each in case.parameters.sets])
    row = np.flatnonzero(owes)
    number, now = case.parameters.set_number[row], condition_class(case.condition[row])
    return cheapest_measures(rules, number, now, np.ones(len(rules.class_from)), case.quantity[row], case.cost_eur[row])


def _step(case: Case) -> Owed:
    limit = case.parameters.of("limit_condition")
    return owed_by_measure(case, exact_condition(case.condition) < limit, case.parameters.by_set("limit_condition"))


def ns3424_grade(condition: FloatArray) -> IntArray:
    """Return the grade 0 (very good) … 3 (very poor) nearest to a condition; halfway is the worse one.

    >>> ns3424_grade(np.array([1.0, 0.84, 0.6, 0.5, 0.2, 0.0]))
    array([0, 0, 1, 2, 2, 3])
    """
    fallen = (1.0 - exact_condition(condition)) * _WORST_GRADE
    return np.floor(np.round(fallen, 9) + 0.5).astype(np.int64)


def _ambition(case: Case) -> Owed:
    grade, ambition = ns3424_grade(case.condition), case.parameters.of("ambition")
    collector = case.parameters.of("is_collector") == 1.0
    poor = (ambition == Ambition.HIGH) | ((ambition == Ambition.ACCEPTABLE) & collector)
    owes = (grade == _WORST_GRADE) | ((grade == _WORST_GRADE - 1) & poor)
    return owed_by_measure(case, owes, np.full(len(case.parameters.sets), ACCEPTED_LEVEL))


def _grade_cost(case: Case) -> Owed:
    backlog = np.zeros(len(case.cost_eur))
    for number, each in enumerate(case.parameters.sets):
        row = np.flatnonzero(case.parameters.set_number == number)
        if len(row) and each.grades is not None:
            backlog[row] = grade_cost(each.grades, case.condition[row], case.cost_eur[row])
    return Owed(backlog)


def remaining_life_share(age_years: FloatArray, service_life_years: FloatArray) -> FloatArray:
    """Return the share of the service life that is left, 0 once it is used up.

    >>> remaining_life_share(np.array([10.0, 30.0, np.inf]), np.array([25.0, 25.0, 25.0]))
    array([0.6, 0. , 0. ])
    """
    left: FloatArray = np.clip(1.0 - age_years / service_life_years, 0.0, 1.0)
    return left


def _remaining_life(case: Case) -> Owed:
    rest = remaining_life_share(case.age_years, case.parameters.of("service_life_years"))
    return Owed(remaining_life_backlog(rest, case.cost_eur, case.parameters.of("balance_remaining_life")))


def _sum_of_lines(case: Case, owed_share: Callable[[Lines], FloatArray]) -> Owed:
    lines = _lines(case)
    owed = lines.cost_share * owed_share(lines)
    return Owed(np.bincount(lines.asset_row, weights=owed, minlength=len(case.cost_eur)) * case.cost_eur)


def _lines(case: Case) -> Lines:
    if case.lines is None:
        raise EngineError("The component methods need the parts of the assets.")
    return case.lines


def used_up(lines: Lines) -> FloatArray:
    """Return 1 for each part whose service life is used up, else 0."""
    return (lines.remaining_years <= 0.0).astype(np.float64)


def present_value_share(lines: Lines, discount_rate: FloatArray, outlook_years: FloatArray) -> FloatArray:
    """Return the present value of each part's next renewal as a share of its cost, 0 beyond the outlook.

    ``1/(1+r)^t`` for a renewal in ``t`` whole years; one that is due counts in full.
    """
    years = lines.remaining_years
    worth: FloatArray = np.where(years <= outlook_years, (1.0 + discount_rate) ** -years, 0.0)
    return worth


def _npv(case: Case) -> Owed:
    rate, outlook = case.parameters.of("discount_rate"), case.parameters.of("outlook_years")
    return _sum_of_lines(
        case, lambda lines: present_value_share(lines, rate[lines.asset_row], outlook[lines.asset_row])
    )


_BY_METHOD: Mapping[Method, Callable[[Case], Owed]] = MappingProxyType(
    {
        Method.CONDITION_CLASS: _condition_class,
        Method.COMPONENT: lambda case: _sum_of_lines(case, used_up),
        Method.GRADE_COST: _grade_cost,
        Method.STEP: _step,
        Method.AMBITION: _ambition,
        Method.REMAINING_LIFE: _remaining_life,
        Method.NPV: _npv,
        Method.AGE_BAND: lambda case: _sum_of_lines(
            case, lambda lines: age_band_owed(lines.used_years, lines.service_life_years)
        ),
    }
)
OTHER_METHODS = tuple(_BY_METHOD)
"""Every method but value and two thresholds."""

BY_LINES = frozenset({Method.COMPONENT, Method.NPV, Method.AGE_BAND})
"""Methods that look at an asset's parts."""


def owed_by_method(method: Method, case: Case) -> Owed:
    """Return what each asset of a case owes by one of the methods of this module.

    Raises:
        KeyError: The method is the value or the two-threshold method, which stand in ``backlog``.
        MissingMeasureError: An asset owes a measure that its list does not have.
    """
    return _BY_METHOD[method](case)
