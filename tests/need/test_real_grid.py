"""Real open data: Helsinki's forecast shared out to its districts by the population grid of the region."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from service.cli import main
from service.cluster.cluster import Cluster
from service.database import Database
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest

FILES = {
    "helsinki_districts": "fi_helsinki_areas/helsinki_city_districts_2021.gpkg",
    "hsy_population_grid": "fi_hsy_population_grid/hsy_populationgrid.geojson",
    "statfin_population_projection": "fi_population_projection_2024/statfin_14wx.jsonstat2.json",
}


@pytest.mark.real_data
def test_the_districts_of_helsinki_share_out_its_school_children(
    database: Database, cluster: Cluster, shared_data: Path, monkeypatch: Any
) -> None:
    """The districts tile the city, so their needs sum to that of its 7–15-year-olds and 5 % reserve."""
    with database.reading() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
    monkeypatch.setenv("KUNTOKANTA_DATABASE_URL", cluster.service_url(name))
    for profile, file in FILES.items():
        named = [] if profile == "statfin_population_projection" else ["--municipality", "091"]
        done = CliRunner().invoke(main, ["import", str(shared_data / file), "--profile", profile, *named])
        assert done.exit_code == 0, done.output
    areas = (
        "INSERT INTO service_area (municipality_code, service_code, area_code, population_area_code, name_fi, geometry)"
        " SELECT municipality_code, 'basic_education', district_code, district_code, name_fi, geometry FROM district"
        " WHERE municipality_code = '091'"
    )
    with database.writing() as session:
        session.execute(text(areas))
    run = value_municipality(database, ValuationRequest("091", 2026, scenario="statfin_2024"))
    total = text("SELECT sum(service_need) FROM service_balance_year WHERE run_id = :run AND year = 2035")
    pupils = text(
        "SELECT sum(population) FROM population_forecast WHERE municipality_code = '091' AND year = 2035"
        " AND age BETWEEN 7 AND 15"
    )
    with database.reading() as connection:
        need = connection.execute(total, {"run": run}).scalar_one()
        expected = connection.execute(pupils).scalar_one() * 1.05
    assert need == pytest.approx(expected, rel=0.005)
