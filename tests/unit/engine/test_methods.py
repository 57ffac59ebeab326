"""Laws of the methods beyond value and two thresholds, and worked examples that no run can show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.asset_inputs import AssetInputs, AssetParameters
from service.engine.backlog import Method
from service.engine.components import ComponentInputs
from service.engine.condition_class import class_condition, condition_class
from service.engine.curves import CurveError
from service.engine.grades import GradeChain, grade_shares, markov_points, shares_by_year
from service.engine.measures import NONE, MeasureRules, cheapest_measures
from service.engine.methods import OTHER_METHODS, MissingMeasureError, ns3424_grade, remaining_life_share
from service.engine.rows import take_rows
from service.engine.street_methods import remaining_life_backlog
from service.engine.valuation import value_assets

YEAR = 2025.0
UNKNOWN = float("nan")
shares = st.floats(0.0, 1.0)
chains = st.lists(shares, min_size=1, max_size=5).map(
    lambda rates: GradeChain(
        tuple(rates),
        tuple(1.0 - number / len(rates) for number in range(len(rates) + 1)),
        tuple(number / len(rates) for number in range(len(rates) + 1)),
    )
)


def test_the_grades_of_the_dfe_move_by_the_published_recurrence() -> None:
    """methods.md A.11, two years by hand with ab .1, bc .2, cd .3, de .4.

    Year 1: A .9, B .1. Year 2: A .81, B .9·.1 + .1·.8 = .17, C .1·.2 = .02. Year 3: A .729, B .081 + .17·.8 = .217,
    C .17·.2 + .02·.7 = .048, D .02·.3 = .006.
    """
    chain = GradeChain((0.1, 0.2, 0.3, 0.4), (1.0, 0.75, 0.5, 0.25, 0.0), (0.0, 0.1, 0.3, 1.0, 1.0))
    by_year = shares_by_year(chain, 3)
    assert by_year[2] == pytest.approx([0.81, 0.17, 0.02, 0.0, 0.0])
    assert by_year[3] == pytest.approx([0.729, 0.217, 0.048, 0.006, 0.0])
    assert markov_points(chain).conditions[2] == pytest.approx(0.81 + 0.17 * 0.75 + 0.02 * 0.5)


@given(chain=chains, years=st.integers(0, 60))
def test_shares_of_grades_stay_a_whole(chain: GradeChain, years: int) -> None:
    by_year = shares_by_year(chain, years)
    assert by_year.sum(axis=1) == pytest.approx(np.ones(years + 1))
    assert (by_year >= -1e-12).all()


@given(chain=chains, condition=shares)
def test_shares_of_grades_mean_the_condition_that_they_were_read_from(chain: GradeChain, condition: float) -> None:
    floor = markov_points(chain).conditions[-1]
    found = grade_shares(chain, np.array([condition]))[0] @ np.array(chain.conditions)
    assert found == pytest.approx(max(condition, floor), abs=1e-6)


@pytest.mark.parametrize(
    "grades",
    [
        ((0.1,), (1.0, 0.5, 0.0), (0.0, 0.5, 1.0)),
        ((1.2,), (1.0, 0.0), (0.0, 1.0)),
        ((0.1,), (0.9, 0.0), (0.0, 1.0)),
        ((0.1, 0.1), (1.0, 0.2, 0.4), (0.0, 0.5, 1.0)),
        ((0.1, 0.1), (1.0, 0.5, 0.0), (0.0, 1.0, 0.5)),
    ],
)
def test_grades_that_make_no_chain_are_refused(grades: tuple[tuple[float, ...], ...]) -> None:
    with pytest.raises(CurveError):
        GradeChain(*grades)


@given(number=st.integers(1, 5))
def test_a_condition_class_keeps_its_class_through_the_index(number: int) -> None:
    assert condition_class(class_condition(np.array([number])))[0] == number


@given(one=shares, other=shares)
def test_a_better_condition_is_never_in_a_worse_class_or_grade(one: float, other: float) -> None:
    worse, better = sorted((one, other))
    classes, grades = (of(np.array([worse, better])) for of in (condition_class, ns3424_grade))
    assert classes[0] <= classes[1]
    assert grades[0] >= grades[1]


rules = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 4), st.floats(0, 1e3), st.booleans()).map(
        lambda rule: (
            rule[0],
            min(rule[0] + rule[1], 5),
            rule[2] if rule[3] else UNKNOWN,
            UNKNOWN if rule[3] else rule[2] / 1e3,
        )
    ),
    max_size=8,
)


@given(table=rules, start=st.integers(1, 5), level=st.integers(1, 5), quantity=st.floats(0, 1e4))
def test_the_cheapest_measure_is_the_least_of_those_that_fit(
    table: list[tuple[int, int, float, float]], start: int, level: int, quantity: float
) -> None:
    one, cost = np.zeros(1, np.int64), 1e5
    found = cheapest_measures(
        MeasureRules.of([table]), one, one + start, np.array([level / 5]), np.array([quantity]), np.array([cost])
    )
    fitting = [
        unit * quantity if share != share else share * cost
        for begins, ends, unit, share in table
        if begins == start and ends >= level
    ]
    if not fitting:
        assert found.rule[0] == NONE
    else:
        assert found.cost_eur[0] == pytest.approx(min(fitting))
        assert found.condition_after[0] >= level / 5 - 1e-9


@pytest.mark.parametrize("method", OTHER_METHODS)
def test_rows_in_another_order_or_in_pieces_give_the_same_figures(
    method: Method,
    assets: Callable[..., AssetInputs],
    parameters: Callable[..., AssetParameters],
    components: Callable[..., ComponentInputs],
) -> None:
    draw = np.random.default_rng(7)
    years, costs = draw.integers(1900, 2025, 60), draw.uniform(1, 1e7, 60)
    inputs = assets(60, built_year=years, recorded_replacement_cost_eur=costs)
    held = parameters(60, method=method)
    parts = components(
        draw.integers(0, 40, 90).tolist(), cost_share=draw.uniform(0, 1, 90), built_year=draw.integers(1900, 2025, 90)
    )
    whole = value_assets(inputs, parts, held, YEAR)
    order = draw.permutation(60)
    place = np.argsort(order)
    shuffled_parts = take_rows(parts, draw.permutation(90))
    moved = ComponentInputs(
        place[shuffled_parts.asset_row],
        *(getattr(shuffled_parts, name) for name in ComponentInputs.__dataclass_fields__ if name != "asset_row"),
    )
    shuffled = value_assets(take_rows(inputs, order), moved, take_rows(held, order), YEAR)
    assert shuffled.repair_backlog[place].tolist() == whole.repair_backlog.tolist()
    first = np.arange(30)
    kept = take_rows(parts, np.flatnonzero(parts.asset_row < 30))
    piece = value_assets(take_rows(inputs, first), kept, take_rows(held, first), YEAR)
    assert piece.repair_backlog.tolist() == whole.repair_backlog[:30].tolist()


def test_an_asset_that_owes_a_measure_that_is_not_there_is_named_by_set_and_class(
    assets: Callable[..., AssetInputs], parameters: Callable[..., AssetParameters]
) -> None:
    held = parameters(2, method=Method.AMBITION)
    assert held.methods is not None
    bare = replace(held, methods=replace(held.methods, sets=(replace(held.methods.sets[0], rules=()),)))
    with pytest.raises(MissingMeasureError) as caught:
        value_assets(assets(2, built_year=[2024, 1900]), ComponentInputs.none(), bare, YEAR)
    assert caught.value.wanted == [(0, 1)]


def test_the_danish_balance_level_at_the_published_mean_remaining_life() -> None:
    """methods.md B.18: SAMKOM 2018, mean remaining life 42 %: 58 of 100 years used owe 8 % of the replacement cost."""
    rest = remaining_life_share(np.array([58.0]), np.array([100.0]))
    assert remaining_life_backlog(rest, np.array([1e6])) == pytest.approx([80_000])


@given(
    method=st.sampled_from(list(Method)),
    condition=shares,
    thousands=st.integers(0, 10**6),
    built=st.integers(1900, 2025),
    unit=st.sampled_from([0.01, 7.0, 1000.0]),
)
def test_money_in_another_unit_is_the_same_money_whatever_the_method_and_its_measures_cost(
    method: Method,
    condition: float,
    thousands: int,
    built: int,
    unit: float,
    assets: Callable[..., AssetInputs],
    parameters: Callable[..., AssetParameters],
) -> None:
    """Costs recorded, by quantity and of measures by quantity, all counted in another unit."""

    def valued(factor: float) -> list[int]:
        found = assets(
            2,
            recorded_replacement_cost_eur=[thousands * 1000.0 * factor, UNKNOWN],
            assessed_condition=[condition, UNKNOWN],
            assessed_year=YEAR,
            built_year=built,
            quantity=100.0,
        )
        held = parameters(2, method=method, unit_cost_eur=2500.0 * factor)
        assert held.methods is not None
        measures = tuple((start, 5, 40.0 * start * factor, UNKNOWN) for start in (4, 3, 2, 1))
        own = replace(held.methods, sets=(replace(held.methods.sets[0], rules=measures),))
        owed = value_assets(found, ComponentInputs.none(), replace(held, methods=own), YEAR)
        amounts = (owed.replacement_cost, owed.repair_backlog, owed.repair_liability, owed.annual_wear)
        return np.concatenate(amounts).tolist()

    for amount, same in zip(valued(1.0), valued(unit), strict=True):
        assert abs(same - amount * unit) <= 0.51 * max(unit, 1.0) + 1e-9 * amount * unit
