"""The parameters that are shipped are those of the sources that they name (methods.md C and E)."""

import pytest

from models.registry import ASSET_CLASSES
from service.operations.seeding import seed_rows

SHIPPED = [row for row in seed_rows("parameter_value") if row["municipality_code"] is None]


def shipped(
    name: str, asset_class: str | None = None, material: str | None = None, key: str | None = None
) -> tuple[float, str]:
    """The value and its source."""
    number = None if asset_class is None else ASSET_CLASSES[asset_class].number
    [row] = [
        row
        for row in SHIPPED
        if (row["name"], row["asset_class"], row["material"], row["key"]) == (name, number, material, key)
    ]
    return float(row["value"]), row["source_id"]


@pytest.mark.parametrize(
    ("asset_class", "material", "years", "source"),
    [
        pytest.param("building", "concrete", 100, "finnvesta", id="C.1 frame of concrete"),
        pytest.param("building", "timber", 80, "finnvesta", id="C.1 frame of timber"),
        pytest.param("heat_exchanger", None, 25, "lvi_01_10424", id="C.1 heat exchangers 20–30"),
        pytest.param("street_segment", "asphalt", 25, "bundaberg", id="C.2 asphalt"),
        pytest.param("street_segment", "soft_asphalt", 15, "bundaberg", id="C.2 sprayed seal"),
        pytest.param("street_segment", "gravel", 12, "bundaberg", id="C.2 gravel"),
        pytest.param("foot_and_cycle_way", "concrete", 60, "bundaberg", id="C.2 footpath of concrete"),
        pytest.param("foot_and_cycle_way", "asphalt", 20, "bundaberg", id="C.2 footpath of asphalt"),
        pytest.param("bridge", "concrete", 100, "whittlesea", id="C.2 bridge of reinforced concrete"),
        pytest.param("stormwater_sewer", None, 80, "whittlesea", id="C.2 stormwater 80–100"),
        pytest.param("water_main", "asbestos_cement", 65, "bundaberg", id="C.2 water main AC"),
        pytest.param("water_main", "pvc", 75, "bundaberg", id="C.2 water main PVC"),
        pytest.param("water_main", "ductile_iron", 80, "bundaberg", id="C.2 water main DI"),
        pytest.param("sewer", "pvc", 80, "bundaberg", id="C.2 sewer PVC, AC, concrete"),
        pytest.param("sewer", "vitrified_clay", 65, "bundaberg", id="C.2 sewer VC"),
        pytest.param("manhole", None, 80, "bundaberg", id="C.2 manhole"),
        pytest.param("pump_station", None, 30, "bundaberg", id="C.2 electrical parts of works"),
        pytest.param("playground", None, 15, "whittlesea", id="C.2 playground"),
        pytest.param("sports_ground", None, 50, "whittlesea", id="C.2 sports field"),
        pytest.param("lighting_column", None, 20, "whittlesea", id="C.2 light poles"),
    ],
)
def test_service_lives_are_those_of_their_source(asset_class: str, material: str, years: int, source: str) -> None:
    assert shipped("service_life_years", asset_class, material) == (years, source)
    if asset_class != "building":
        assert shipped("annual_wear_share", asset_class, material) == (round(1 / years, 6), source)


def test_targets_and_wear_are_those_of_their_source() -> None:
    """C.1 wear 1.75 % and 2 500 €/m², C.3 75 % of new (Kunkor), 50 % remaining life (Denmark)."""
    assert shipped("annual_wear_share", "building") == (0.0175, "finnvesta")
    assert shipped("unit_cost_eur", "building") == (2500, "finnvesta")
    assert shipped("target_condition", "building") == (0.75, "kunkor_2006")
    assert shipped("balance_remaining_life") == (0.5, "samkom")
    assert shipped("clearing_years") == (10, "kunkor_2006")


def test_scales_run_the_way_of_their_source_and_a_score_is_a_fifth() -> None:
    """C.4: Digiroad and the component score run 5 → 1, the street survey 1 → 5, NS 3424 0 → 3, FCI 0 → 1.

    A component score is 20 × score (C.4): 4 is 0.8. The same figure on the survey's scale is 0.4.
    """
    ends = ((row["scale_code"], row["best"], row["worst"]) for row in seed_rows("condition_scale"))
    scales = {code: (float(best), float(worst)) for code, best, worst in ends if best is not None}
    assert scales["fi_1_5"] == scales["digiroad_1_5"] == (5, 1)
    assert scales["suomen_kuntotekniikka_1_5"] == (1, 5)
    assert (scales["ns3424_tg"], scales["fci"]) == ((0, 3), (0, 1))
    rows = seed_rows("condition_scale_value")
    index = {(row["scale_code"], row["value_given"]): float(row["condition_index"]) for row in rows}
    assert [index["fi_1_5", str(score)] for score in range(1, 6)] == [0.2, 0.4, 0.6, 0.8, 1.0]
    assert (index["digiroad_1_5", "4"], index["suomen_kuntotekniikka_1_5", "4"]) == (0.8, 0.4)


@pytest.mark.parametrize(
    ("age", "share", "places"),
    [
        pytest.param(2, 0.42, 1.75, id="E under three: 42 %, 7/4 places"),
        pytest.param(4, 0.90, 1.0, id="E 3–5: 90 %"),
        pytest.param(5, round(46_200 / 49_677, 2), 1.0, id="E 5: 46 200 of a cohort of 49 677"),
    ],
)
def test_participation_in_day_care_is_as_published(age: int, share: float, places: float) -> None:
    assert shipped("participation_share", key=f"early_education/{age}") == (share, "statfin_early_education_2023")
    assert shipped("service_coefficient", key=f"early_education/{age}") == (places, "evaka")
