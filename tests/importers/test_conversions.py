from __future__ import annotations

import numpy as np
import pytest

from service.importers.conversions import convert
from service.importers.profile import FillWithin, OnePer, RowFilter, Unpivot, ValueMapping
from service.importers.row_groups import filled, kept_rows, one_row_per_group, unpivoted
from service.importers.source_table import SourceTable, object_column


def table(*, decimal_comma: bool = False, **columns: object) -> SourceTable:
    arrays = {k: v if isinstance(v, np.ndarray) else object_column(list(v)) for k, v in columns.items()}  # type: ignore[call-overload]
    count = len(next(iter(arrays.values())))
    return SourceTable(arrays, np.arange(1, count + 1), decimal_comma=decimal_comma)


def converted(
    values: object, kind: str, *, decimal_comma: bool = False, factor: float = 1.0, **options: object
) -> list[object]:
    mapping = ValueMapping(column="a", **options)  # type: ignore[arg-type]
    result = convert(table(a=values, decimal_comma=decimal_comma), mapping, kind, (), factor)
    assert not result.broken.any()
    return [None if value != value else value for value in result.values.tolist()]


@pytest.mark.parametrize(
    ("text", "number"),
    [("12,5", 12.5), ("1 234,5", 1234.5), ("1\u00a0234", 1234.0), ("\u22123,5", -3.5), ("7.25", 7.25)],
)
def test_finnish_numbers_are_read(text: str, number: float) -> None:
    assert converted([text], "number", decimal_comma=True) == [number]


def test_a_comma_in_a_file_with_points_is_no_number() -> None:
    result = convert(table(a=["1,234"]), ValueMapping(column="a"), "number")
    assert result.broken.tolist() == [True]


@pytest.mark.parametrize("sentinel", ["-1", "999999999", "NULL", "# Ei tietoa", "1800-01-01"])
def test_codes_that_are_no_values_become_unknown(sentinel: str) -> None:
    assert converted([sentinel, "5"], "text", unknown=(sentinel,)) == [None, "5"]


def test_an_unknown_number_is_known_however_it_is_written() -> None:
    assert converted(["0", "0.0", "0.00", "3"], "number", unknown=("0",)) == [None, None, None, 3.0]
    assert converted(np.array([0, 7]), "number", unknown=("0",)) == [None, 7.0]


def test_units_are_converted() -> None:
    assert converted(["10"], "number", factor=0.3048) == [pytest.approx(3.048)]


def test_a_year_is_taken_from_a_date_with_a_zone_letter() -> None:
    assert converted(["2024-12-17Z", None], "integer", part="year") == [2024.0, None]
    assert converted(np.array(["1920-01-01", "NaT"], dtype="datetime64[D]"), "integer", part="year") == [1920.0, None]


def test_the_tail_of_an_address_is_looked_up_in_the_code_list() -> None:
    codes = {"01": "concrete", "04": "timber", "00": None}
    uris = ["http://uri.suomi.fi/codelist/x/code/04", "http://uri.suomi.fi/codelist/x/code/00"]
    assert converted(uris, "text", uri_tail=True, codes=codes) == ["timber", None]


def test_a_code_that_is_not_listed_is_a_fault_not_a_guess() -> None:
    result = convert(table(a=["05"]), ValueMapping(column="a", codes={"01": "concrete"}), "text")
    assert (result.broken.tolist(), result.rule) == ([True], "code_list")


def test_figures_on_the_first_row_of_a_group_are_carried_and_never_added() -> None:
    source = table(building=["A", "A", "A", "B"], users=["10", None, None, None])
    assert filled(source, FillWithin(("users",), ("building",))).columns["users"].tolist() == ["10", "10", "10", None]


def test_one_row_per_group_is_the_newest_by_the_date_not_by_the_text() -> None:
    source = table(building=["A", "A", "B"], day=["12/31/2015", "01/01/2023", "02/02/2020"])
    kept = one_row_per_group(source, OnePer(("building",), "day", "%m/%d/%Y"))
    assert kept.columns["day"].tolist() == ["01/01/2023", "02/02/2020"]


def test_age_columns_become_rows_of_their_group() -> None:
    source = table(cell=["1", "2"], young=["5", "6"], old=["7", "8"])
    rule = Unpivot("population", {"young": {"age_from": 0, "age_to": 9}, "old": {"age_from": 80}})
    long = unpivoted(source, rule)
    assert long.columns["population"].tolist() == ["5", "6", "7", "8"]
    assert long.columns["age_to"].tolist() == [9, 9, None, None]
    assert long.row_numbers.tolist() == [1, 2, 1, 2]


def test_rows_are_kept_by_value_and_empty_cells_can_be_named() -> None:
    source = table(a=["x", None, "y"])
    assert kept_rows(source, [RowFilter("a", not_within=(None, "y"))]).tolist() == [True, False, False]
