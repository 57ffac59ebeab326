from __future__ import annotations

import pytest

from service.errors import NotFound
from service.importers.profile_file import InvalidProfile, load_profile, parse_profile, profile_names

GOOD = """
name: a
title: t
source_system: s
format: csv
targets:
  - target: building
    key: [id]
    values: {name: {column: n}}
"""


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_that_comes_with_the_service_fits_the_register(name: str) -> None:
    assert load_profile(name).name == name


def test_the_profiles_that_users_were_promised_are_there() -> None:
    promised = {"ryhti_buildings", "tampere_playgrounds", "oulu_playgrounds", "digiroad_links", "sandiego_pavement"}
    promised |= {"nyc_school_capacity", "kitchener_water_mains", "kitchener_main_breaks", "hsy_population_grid"}
    promised |= {"statfin_population_projection", "statfin_population_2019", "helsinki_districts"}
    assert promised <= set(profile_names())


def test_an_unknown_profile_says_which_there_are() -> None:
    with pytest.raises(NotFound, match="ryhti_buildings"):
        load_profile("../secrets")


def pointers(text: str) -> set[str]:
    with pytest.raises(InvalidProfile) as refused:
        parse_profile(text)
    return {fault.pointer for fault in refused.value.faults}


def test_unknown_keys_and_wrong_types_are_all_named() -> None:
    text = GOOD.replace("format: csv", "format: pdf\nbogus: 1").replace("{column: n}", "{column: n, units: 3}")
    assert pointers(text) == {"/format", "/bogus", "/targets/0/values/name/value/units"}


def test_attributes_units_codes_and_patterns_are_checked_against_the_register() -> None:
    values = (
        "{heights: {column: n}, volume_m3: {column: v, unit: ft}, material: {constant: gold},"
        " name: {column: n, capture: '('}, storeys: {column: n, constant: 2}}"
    )
    found = pointers(GOOD.replace("{name: {column: n}}", values))
    assert found == {
        "/targets/0/values/heights",
        "/targets/0/values/volume_m3/unit",
        "/targets/0/values/material",
        "/targets/0/values/name/capture",
        "/targets/0/values/storeys",
    }


def test_a_profile_must_give_what_a_row_cannot_be_without() -> None:
    text = GOOD.replace("target: building", "target: capacity").replace(
        "{name: {column: n}}", "{capacity: {column: n}}"
    )
    assert {"/targets/0/asset_key", "/targets/0/values/service_code", "/targets/0/values/valid_from"} <= pointers(text)
    assert pointers(GOOD.replace("building", "castle")) == {"/targets/0/target"}
    assert pointers(GOOD.replace("key: [id]", "key: []")) == {"/targets/0/key"}


@pytest.mark.parametrize("text", ["", "just text", "a: [", "- 1"])
def test_a_text_that_is_no_profile_is_refused(text: str) -> None:
    with pytest.raises(InvalidProfile):
        parse_profile(text)
