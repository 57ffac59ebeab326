"""Published ratios, sums and means: B.7, B.8, B.9, B.14, B.17, B.18, A.8 (methods.md)."""

import numpy as np
import pytest

from service.engine.backlog import facility_condition_index
from service.engine.funding import mean_of_known_years, sustainability_ratio, years_to_renew
from service.engine.group import group_rows, sum_by_group
from service.engine.money import round_half_up
from service.engine.street_methods import ambition_backlog, mean_grade
from service.engine.value import consumption_ratio

UNKNOWN = np.nan


@pytest.mark.parametrize(
    ("spending", "depreciation", "percent"),
    [
        pytest.param(5e6, 4e6, 125.0, id="B.7 calculatorshub"),
        pytest.param(200_000, 180_000, 111.11, id="B.7 calculatorwow"),
    ],
)
def test_renewal_ratio_is_as_published(spending: float, depreciation: float, percent: float) -> None:
    assert round(sustainability_ratio(spending, depreciation) * 100, 2) == percent


@pytest.mark.parametrize(
    ("by_risk", "total"),
    [
        pytest.param((10, 21, 23, 11), 65, id="B.8 NHS 2018-19, 0.1 bn GBP"),
        pytest.param((3582, 7782, 9021, 11032), 31417, id="B.8 Hansard 2004-05, 0.1 M GBP"),
        pytest.param((3299, 9822, 12194, 11521), 36836, id="B.8 Hansard 2005-06, 0.1 M GBP"),
    ],
)
def test_backlog_by_risk_adds_up_to_the_published_total(by_risk: tuple[int, ...], total: int) -> None:
    everything = group_rows([np.zeros(len(by_risk), np.int64)])

    assert sum_by_group(everything, np.array(by_risk)).tolist() == [total]


def test_nasa_maintenance_of_2013_fell_by_one_and_a_half_percent() -> None:
    """B.9: 2.330 → 2.295 bn $."""
    assert round(consumption_ratio(np.array([2_295.0]), np.array([2_330.0])) - 1, 3) == -0.015


@pytest.mark.parametrize(
    ("by_year", "own_sum", "published"),
    [
        pytest.param((9800, 160, 9830, 9570, 1273), 30_633, 30_240, id="B.9 demolition, sites"),
        pytest.param((33800, 2020, 34340, 36440, 7906), 114_506, 109_890, id="B.9 demolition, value"),
        pytest.param((4700, 2600, 13900, 3700, 7500), 32_400, 30_700, id="B.9 demolition, count"),
    ],
)
def test_five_year_sums_of_nasa_contradict_their_own_rows(
    by_year: tuple[int, ...], own_sum: int, published: int
) -> None:
    everything = group_rows([np.zeros(len(by_year), np.int64)])

    assert sum_by_group(everything, np.array(by_year)).tolist() == [own_sum]
    assert own_sum > published


@pytest.mark.parametrize(
    ("past_its_age_km", "network_km", "share"),
    [pytest.param(8_000, 107_000, 0.075, id="B.14 water pipe"), pytest.param(1_500, 50_000, 0.03, id="B.14 sewer")],
)
def test_share_of_the_network_past_its_renewal_age(past_its_age_km: float, network_km: float, share: float) -> None:
    assert round(facility_condition_index(np.array([past_its_age_km]), np.array([network_km])), 3) == share


def test_vejkapital_falls_by_13_percent_in_ten_years() -> None:
    """B.18, Ringkøbing-Skjern: 635 → 550 M DKK at 20 M a year, "cirka 13 procent"."""
    assert round(1 - consumption_ratio(np.array([550.0]), np.array([635.0])), 4) == 0.1339


# B.17, Lund audit 2007 (5dok.org): street maintenance in tkr 2001, 2002, 2003, 2005, and the published mean.
LUND_AUDIT = {
    "Helsingborg": ((19_739, 14_528, 15_026, 33_921), 20_804),
    "Jönköping": ((16_059, 18_615, 20_002, 20_421), 18_774),
    "Uppsala": ((16_558, 11_000, 11_000, 12_000), 12_640),
    "Södertälje": ((8_411, 9_164, 6_226, 13_236), 9_259),
    "Eskilstuna": ((5_592, 14_500, 10_300, 11_637), 10_507),
    "Norrköping": ((16_500, 13_000, 5_000, 13_000), 11_875),
    "Lund": ((8_747, 9_995, 9_890, 9_179), 9_453),
    "Örebro": ((11_092, 10_855, 8_353, 14_671), 11_243),
    "Linköping": ((UNKNOWN, 10_400, 14_900, 13_850), 13_050),
    "Sundsvall": ((6_800, 8_453, 16_500, 14_601), 11_589),
    "Västerås": ((9_600, 8_300, 9_175, 12_502), 9_894),
}


@pytest.mark.parametrize("municipality", LUND_AUDIT)
def test_mean_street_maintenance_is_as_published_halves_rounded_up(municipality: str) -> None:
    spending, published = LUND_AUDIT[municipality]

    assert round_half_up(mean_of_known_years(np.array(spending, dtype=float))) == published


def test_mean_of_no_known_year_is_unknown() -> None:
    assert np.isnan(mean_of_known_years(np.array([UNKNOWN, UNKNOWN])))


def test_norwegian_ambition_levels() -> None:
    # B.18: collector TG2 100, access TG2 50, access TG3 200, street TG1 70.
    grade = np.array([2, 2, 3, 1])
    collector_or_street = np.array([True, False, False, True])
    backlog = ambition_backlog(grade, collector_or_street, np.array([100.0, 50.0, 200.0, 70.0]))

    assert (backlog.low, backlog.acceptable, backlog.high) == (200, 300, 350)


def test_mean_grade_is_weighted_by_price_and_extent() -> None:
    # A.11: "vektet på grunnlag av pris og omfang".
    assert mean_grade(np.array([0.0, 3.0]), np.array([10.0, 20.0]), np.array([100.0, 50.0])) == pytest.approx(1.5)
    assert np.isnan(mean_grade(np.zeros(0), np.zeros(0), np.zeros(0)))


def test_half_a_percent_a_year_means_that_water_pipes_must_last_200_years() -> None:
    # A.8, verkkouutiset 2021.
    assert years_to_renew(107_000.0, 0.005 * 107_000.0) == pytest.approx(200)


def test_resurfacing_two_and_a_half_percent_a_year_is_a_cycle_of_40_years() -> None:
    # B.18, SKL 2018.
    assert years_to_renew(1.0, 0.025) == pytest.approx(40)


def test_network_that_is_never_renewed_has_no_cycle() -> None:
    assert np.isnan(years_to_renew(1000.0, 0.0))
    assert np.isnan(sustainability_ratio(1000.0, 0.0))
