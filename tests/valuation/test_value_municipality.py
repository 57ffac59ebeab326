"""What a run stores: figures to the cent, the split by need, the parameters used, and nothing when it fails."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import text

from service.database import Database
from service.errors import InvalidData, NotFound, ParameterMissing
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest


def figures(database: Database, run_id: int) -> dict[int, dict[str, object]]:
    with database.reading() as connection:
        rows = connection.execute(text("SELECT * FROM asset_valuation WHERE run_id = :run"), {"run": run_id}).mappings()
        return {row["asset_id"]: dict(row) for row in rows}


def test_backlog_is_clamped_for_each_building_and_never_netted(
    database: Database, two_schools: tuple[int, int]
) -> None:
    """Golden: domain.md §4, two buildings of 1 M€ at 0.90 and 0.60 owe 150 000 €, not 0."""
    run = value_municipality(database, ValuationRequest("999", 2026))
    stored = figures(database, run)
    sound, worn = two_schools
    assert stored[sound]["repair_backlog_eur"] == Decimal("0.00")
    assert stored[worn]["repair_backlog_eur"] == Decimal("150000.00")
    assert stored[worn]["technical_value_eur"] == Decimal("600000.00")
    assert stored[worn]["repair_liability_eur"] == Decimal("400000.00")
    assert stored[worn]["annual_wear_eur"] == Decimal("17500.00")


def test_the_backlog_of_a_school_that_nobody_needs_is_avoidable(
    database: Database, two_schools: tuple[int, int]
) -> None:
    run = value_municipality(database, ValuationRequest("999", 2026))
    stored = figures(database, run)
    sound, worn = two_schools
    assert (stored[sound]["retained_share"], stored[worn]["retained_share"]) == (1.0, 0.0)
    assert stored[worn]["avoidable_backlog_eur"] == Decimal("150000.00")
    assert stored[worn]["needed_backlog_eur"] == Decimal("0.00")


def test_proportional_retention_splits_the_marginal_school(database: Database, two_schools: tuple[int, int]) -> None:
    with database.writing() as session:
        session.execute(
            text("UPDATE service_need SET service_need = 420 WHERE municipality_code = '999' AND year = 2030")
        )
    run = value_municipality(database, ValuationRequest("999", 2026, is_proportional=True))
    worn = figures(database, run)[two_schools[1]]
    assert worn["retained_share"] == pytest.approx(0.5)
    assert (worn["needed_backlog_eur"], worn["avoidable_backlog_eur"]) == (Decimal("75000.00"), Decimal("75000.00"))


def test_the_balance_says_when_the_surplus_begins(database: Database, two_schools: tuple[int, int]) -> None:
    run = value_municipality(database, ValuationRequest("999", 2026))
    with database.reading() as connection:
        row = (
            connection.execute(text("SELECT * FROM service_balance WHERE run_id = :run"), {"run": run}).mappings().one()
        )
        years = connection.execute(
            text("SELECT year, service_need FROM service_balance_year WHERE run_id = :run ORDER BY year"), {"run": run}
        ).all()
    assert (row["sizing_need"], row["capacity"], row["surplus"], row["deficit"]) == (300, 520, 220, 0)
    assert row["first_surplus_year"] == 2026
    assert [(year, need) for year, need in years][:5] == [
        (2026, 300),
        (2027, 285),
        (2028, 270),
        (2029, 255),
        (2030, 240),
    ]


def test_groups_add_up_to_the_assets(database: Database, two_schools: tuple[int, int]) -> None:
    run = value_municipality(database, ValuationRequest("999", 2026))
    names = ("repair_backlog_eur", "needed_backlog_eur", "avoidable_backlog_eur", "replacement_cost_eur")
    query = f"SELECT {', '.join(f'sum({name})' for name in names)} FROM {{}}"
    with database.reading() as connection:
        assets = connection.execute(text(query.format("asset_valuation"))).one()
        groups = connection.execute(text(query.format("valuation_group"))).one()
    assert tuple(assets) == tuple(groups)
    assert run > 0


def test_a_run_keeps_the_parameters_that_it_used(database: Database, two_schools: tuple[int, int]) -> None:
    run = value_municipality(database, ValuationRequest("999", 2026))
    with database.reading() as connection:
        used = dict(
            connection.execute(text("SELECT name, value FROM run_parameter WHERE run_id = :run"), {"run": run}).all()
        )
    assert used["target_condition"] == 0.75
    assert used["annual_wear_share"] == 0.0175


def input_hash(database: Database, request: ValuationRequest) -> str:
    run_id = value_municipality(database, request)
    with database.reading() as connection:
        return connection.execute(text("SELECT input_hash FROM run WHERE run_id = :run"), {"run": run_id}).scalar_one()


def test_the_same_register_gives_the_same_input_hash(database: Database, two_schools: tuple[int, int]) -> None:
    request = ValuationRequest("999", 2026)
    assert input_hash(database, request) == input_hash(database, request)


def test_another_year_need_capacity_or_setting_gives_another_input_hash(
    database: Database, two_schools: tuple[int, int]
) -> None:
    request = ValuationRequest("999", 2026)
    hashes = [
        input_hash(database, request),
        input_hash(database, replace(request, valuation_year=2025, horizon_years=1)),
    ]
    hashes += [input_hash(database, replace(request, is_proportional=True))]
    for change in ("service_need SET service_need = service_need + 1", "capacity SET capacity = capacity + 1"):
        with database.writing() as session:
            session.execute(text(f"UPDATE {change} WHERE municipality_code = '999'"))
        hashes.append(input_hash(database, request))
    assert len(set(hashes)) == len(hashes)


def test_a_missing_parameter_stops_the_run_and_names_it(database: Database, two_schools: tuple[int, int]) -> None:
    with database.writing() as session:
        session.execute(text("DELETE FROM parameter_value WHERE name IN ('target_condition', 'annual_wear_share')"))
    with pytest.raises(ParameterMissing) as caught:
        value_municipality(database, ValuationRequest("999", 2026))
    assert {fault.pointer for fault in caught.value.faults} >= {
        "/parameters/target_condition",
        "/parameters/annual_wear_share",
    }
    with database.reading() as connection:
        assert connection.execute(text("SELECT state FROM run")).scalar_one() == "failed"
        assert connection.execute(text("SELECT count(*) FROM asset_valuation")).scalar_one() == 0


def test_an_unknown_municipality_method_or_scenario_is_refused(
    database: Database, two_schools: tuple[int, int]
) -> None:
    with pytest.raises(NotFound):
        value_municipality(database, ValuationRequest("998", 2026))
    with pytest.raises(InvalidData):
        value_municipality(database, ValuationRequest("999", 2026, method="guess"))
    with pytest.raises(InvalidData):
        value_municipality(database, ValuationRequest("999", 2026, scenario="boom"))


def test_a_forecast_that_is_too_short_names_every_area(database: Database, two_schools: tuple[int, int]) -> None:
    """The need of `north` is given until 2036; without it, the population must reach over the horizon."""
    with database.writing() as session:
        session.execute(text("DELETE FROM service_need WHERE municipality_code = '999'"))
        for area in ("north", "south"):
            if area == "south":
                session.execute(
                    text(
                        "INSERT INTO service_area (municipality_code, service_code, area_code, population_area_code,"
                        " name_fi) VALUES ('999', 'basic_education', 'south', 'south', 'Etelä')"
                    )
                )
            for year in (2024, 2030):
                session.execute(
                    text(
                        "INSERT INTO population_forecast (municipality_code, area_code, scenario, year, age,"
                        " population, is_open_age) SELECT '999', :area, 'plan', :year, age, 20, false"
                        " FROM generate_series(7, 15) AS age"
                    ),
                    {"area": area, "year": year},
                )
    with pytest.raises(InvalidData) as caught:
        value_municipality(database, ValuationRequest("999", 2026))
    assert [fault.pointer for fault in caught.value.faults] == [
        "/service_areas/basic_education/north",
        "/service_areas/basic_education/south",
    ]
    assert value_municipality(database, ValuationRequest("999", 2026, horizon_years=4)) > 0
