"""Identifiers whose validity their sources assert: B.13 with the values of methods.md D."""

import pytest

from models.identifiers import building_id_fault, property_id_as_text, property_id_from_text


@pytest.mark.parametrize(
    "permanent_building_id",
    [
        pytest.param("182736459F", id="B.13 lupapiste"),
        pytest.param("100012345N", id="B.13 lupapiste, zeros"),
        pytest.param("1234567892", id="B.13 lupapiste, a digit checks"),
        pytest.param("1035150826", id="B.13 solita/ara-etp"),
        pytest.param("103515074X", id="B.13 solita/ara-etp, X"),
        *(
            pytest.param(each, id=f"B.13 passes the algorithm {each}")
            for each in ("199887766E", "122334455R", "100840657D", "101089527F", "1234567881")
        ),
    ],
)
def test_a_permanent_building_id_that_its_source_calls_valid_is_valid(permanent_building_id: str) -> None:
    assert building_id_fault(permanent_building_id) is None


@pytest.mark.parametrize("wrong", ["103515074x", "100012345A", "", "foo", "1a", "1A"])
def test_a_permanent_building_id_that_its_source_calls_invalid_is_invalid(wrong: str) -> None:
    """B.13: lower case, a wrong check character, and what is no id at all."""
    assert building_id_fault(wrong) is not None


@pytest.mark.parametrize(("written", "digits"), [("245-3-105-6", "24500301050006"), ("5-3-105-6", "00500301050006")])
def test_a_property_id_is_read_and_written_as_its_source_does(written: str, digits: str) -> None:
    """B.13, both ways."""
    assert property_id_from_text(written) == digits == property_id_from_text(digits)
    assert property_id_as_text(digits) == written


def test_four_digits_belong_only_to_the_last_two_parts_of_a_property_id() -> None:
    """B.13: 245-3-105-633 in its written form is no run of 14 digits without its zeros."""
    assert property_id_from_text("2453105633") is None
    assert property_id_from_text("245-3-105-633") == "24500301050633"
