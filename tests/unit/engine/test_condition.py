"""What a condition rests on: assessment, age, default; components; the future."""

from collections.abc import Callable

import numpy as np
import pytest

from service.engine.components import ComponentInputs
from service.engine.condition import ConditionBasis, UnknownConditionError
from service.engine.curves import CurveKind, Curves
from service.engine.valuation import AssetInputs, AssetParameters, asset_condition

YEAR = 2025.0


@pytest.fixture
def condition(parameters: Callable[..., AssetParameters]) -> Callable:
    def of(
        assets: AssetInputs, components: ComponentInputs | None = None, year: float = YEAR, **given: object
    ) -> tuple:
        held = parameters(len(assets.asset_id), **given)
        found = asset_condition(assets, components or ComponentInputs.none(), held, year)
        return found.index[0], ConditionBasis(int(found.basis[0])), found.evidence_year[0], found.age_years[0]

    return of


def test_age_counts_from_the_year_built(assets: Callable[..., AssetInputs], condition: Callable) -> None:
    index, basis, evidence_year, age = condition(assets(built_year=2005.0))

    assert (basis, evidence_year, age) == (ConditionBasis.AGE, 2005.0, 20.0)
    assert index == 0.65


def test_age_counts_from_the_last_renewal(assets: Callable[..., AssetInputs], condition: Callable) -> None:
    assert condition(assets(built_year=1960.0, renewed_year=2015.0))[0] == 0.825
    assert condition(assets(renewed_year=2015.0))[1] is ConditionBasis.AGE


def test_renewal_in_the_future_does_not_count(assets: Callable[..., AssetInputs], condition: Callable) -> None:
    assert condition(assets(built_year=2005.0, renewed_year=2030.0))[0] == 0.65


def test_unknown_year_takes_the_default_and_says_so(assets: Callable[..., AssetInputs], condition: Callable) -> None:
    index, basis, evidence_year, age = condition(assets())

    assert (index, basis) == (0.5, ConditionBasis.DEFAULT)
    assert np.isnan(evidence_year)
    assert np.isnan(age)


def test_assessment_wins_over_age_and_is_carried_forward(
    assets: Callable[..., AssetInputs], condition: Callable
) -> None:
    known = assets(built_year=1960.0, assessed_condition=0.8, assessed_year=2015.0)
    index, basis, evidence_year, age = condition(known)

    assert (basis, evidence_year, age) == (ConditionBasis.ASSESSED, 2015.0, 65.0)
    assert index == pytest.approx(0.8 - 0.0175 * 10, abs=1e-12)


def test_renewal_after_the_assessment_wins(assets: Callable[..., AssetInputs], condition: Callable) -> None:
    renewed = assets(built_year=1960.0, renewed_year=2020.0, assessed_condition=0.3, assessed_year=2018.5)
    index, basis, evidence_year, _ = condition(renewed)

    assert (basis, evidence_year) == (ConditionBasis.AGE, 2020.0)
    assert index == pytest.approx(1 - 0.0175 * 5)


def test_assessment_in_the_year_of_the_renewal_or_after_it_wins(
    assets: Callable[..., AssetInputs], condition: Callable
) -> None:
    assessed = assets(built_year=1960.0, renewed_year=2020.0, assessed_condition=0.9, assessed_year=2020.0)

    assert condition(assessed)[1] is ConditionBasis.ASSESSED


def test_assessment_later_in_the_valuation_year_counts_as_it_is(
    assets: Callable[..., AssetInputs], condition: Callable
) -> None:
    assert condition(assets(assessed_condition=0.8, assessed_year=2025.9))[:2] == (0.8, ConditionBasis.ASSESSED)


def test_assessment_after_the_valuation_year_does_not_count(
    assets: Callable[..., AssetInputs], condition: Callable
) -> None:
    assert condition(assets(assessed_condition=0.8, assessed_year=2026.0))[1] is ConditionBasis.DEFAULT


def test_assessment_without_a_year_does_not_count(assets: Callable[..., AssetInputs], condition: Callable) -> None:
    assert condition(assets(assessed_condition=0.8))[1] is ConditionBasis.DEFAULT


def test_planned_asset_is_as_new(assets: Callable[..., AssetInputs], condition: Callable) -> None:
    assert condition(assets(built_year=2028.0)) == (1.0, ConditionBasis.AGE, 2028.0, 0.0)
    assert condition(assets(built_year=2028.0, assessed_condition=0.2, assessed_year=2020.0))[0] == 1.0


def test_missing_curve_parameter_stops_the_run(
    assets: Callable[..., AssetInputs], condition: Callable, curves: Callable[..., Curves]
) -> None:
    with pytest.raises(UnknownConditionError, match="1 of 1"):
        condition(assets(built_year=2005.0), curve=curves(annual_wear_share=np.nan))


def test_missing_default_stops_the_run_only_where_it_is_needed(
    assets: Callable[..., AssetInputs], condition: Callable
) -> None:
    assert condition(assets(built_year=2005.0), default_condition=np.nan)[0] == 0.65
    with pytest.raises(UnknownConditionError):
        condition(assets(), default_condition=np.nan)


def test_components_are_weighted_by_their_share_of_the_cost(
    assets: Callable[..., AssetInputs], components: Callable[..., ComponentInputs], condition: Callable
) -> None:
    parts = components([0, 0], cost_share=[0.3, 0.1], built_year=[2025.0, 1985.0])
    index, basis, evidence_year, age = condition(assets(built_year=1985.0), parts)

    assert index == pytest.approx(0.75)
    assert (basis, evidence_year, age) == (ConditionBasis.AGE, 2025.0, 40.0)


@pytest.mark.parametrize("total", [0.8, 1.0, 1.02])
def test_shares_that_do_not_sum_to_one_are_normalised(
    total: float, assets: Callable[..., AssetInputs], components: Callable[..., ComponentInputs], condition: Callable
) -> None:
    parts = components([0, 0], cost_share=[total / 2, total / 2], built_year=[2025.0, 1985.0])

    assert condition(assets(), parts)[0] == pytest.approx(0.5)


def test_component_without_a_share_is_left_out(
    assets: Callable[..., AssetInputs], components: Callable[..., ComponentInputs], condition: Callable
) -> None:
    parts = components([0, 0], cost_share=[0.4, np.nan], built_year=[2025.0, 1985.0])

    assert condition(assets(), parts)[0] == 1.0


def test_component_of_unknown_year_is_as_old_as_its_asset_not_as_its_renewal(
    assets: Callable[..., AssetInputs], components: Callable[..., ComponentInputs], condition: Callable
) -> None:
    partly_renewed = assets(built_year=1985.0, renewed_year=2020.0)
    parts = components([0, 0], cost_share=[0.5, 0.5], renewed_year=[2025.0, np.nan])

    assert condition(partly_renewed, parts)[0] == pytest.approx(0.5)


def test_newer_assessment_of_the_whole_asset_overrides_its_components(
    assets: Callable[..., AssetInputs], components: Callable[..., ComponentInputs], condition: Callable
) -> None:
    parts = components([0], assessed_condition=0.2, assessed_year=2020.0)

    newer = assets(assessed_condition=0.6, assessed_year=2024.0)
    older = assets(assessed_condition=0.6, assessed_year=2019.0)
    same_time = assets(assessed_condition=0.6, assessed_year=2020.0)
    assert condition(newer, parts)[0] == pytest.approx(0.6 - 0.0175)
    assert condition(older, parts)[0] < 0.2
    assert condition(same_time, parts)[0] < 0.2


def test_renewal_of_the_whole_asset_after_all_that_is_known_of_its_components_overrides_them(
    assets: Callable[..., AssetInputs], components: Callable[..., ComponentInputs], condition: Callable
) -> None:
    """By hand: renewed in 2020, five years at 1.75 % a year leave 0.9125; the component of 1985 alone would leave 0."""
    renewed = assets(built_year=1985.0, renewed_year=2020.0)

    assert condition(renewed, components([0], built_year=1985.0))[0] == pytest.approx(0.9125)
    assert condition(renewed, components([0], assessed_condition=0.2, assessed_year=2021.0))[0] < 0.2


def test_components_of_which_nothing_is_known_leave_the_asset_as_it_is(
    assets: Callable[..., AssetInputs], components: Callable[..., ComponentInputs], condition: Callable
) -> None:
    assert condition(assets(), components([0, 0]))[:2] == (0.5, ConditionBasis.DEFAULT)
    assert condition(assets(renewed_year=2015.0), components([0]))[:2] == (0.825, ConditionBasis.AGE)


def test_components_do_not_wear_a_planned_asset(
    assets: Callable[..., AssetInputs], components: Callable[..., ComponentInputs], condition: Callable
) -> None:
    assert condition(assets(built_year=2030.0), components([0], built_year=1990.0))[0] == 1.0


def test_basis_is_the_one_most_of_the_cost_rests_on_and_the_weaker_at_a_tie(
    assets: Callable[..., AssetInputs], components: Callable[..., ComponentInputs], condition: Callable
) -> None:
    def basis(shares: list[float]) -> ConditionBasis:
        parts = components(
            [0, 0],
            cost_share=shares,
            built_year=[2000.0, 2000.0],
            assessed_condition=[0.7, np.nan],
            assessed_year=2020.0,
        )
        return condition(assets(), parts)[1]

    assert basis([0.6, 0.4]) is ConditionBasis.ASSESSED
    assert basis([0.5, 0.5]) is ConditionBasis.AGE


def test_component_without_a_service_life_stops_the_run(
    assets: Callable[..., AssetInputs], components: Callable[..., ComponentInputs], condition: Callable
) -> None:
    with pytest.raises(UnknownConditionError):
        condition(assets(), components([0], built_year=2000.0, service_life_years=np.nan))


def test_component_condition_does_not_depend_on_the_asset_curve(
    assets: Callable[..., AssetInputs],
    components: Callable[..., ComponentInputs],
    condition: Callable,
    curves: Callable[..., Curves],
) -> None:
    parts = components([0], built_year=2005.0, wearing_share=0.6)

    assert condition(assets(), parts, curve=curves(kind=CurveKind.WEIBULL))[0] == pytest.approx(0.85)
