"""Small registers for the tests of valuation."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from models.assets.buildings_and_grounds import Building
from models.assets.transport import StreetSegment
from models.capacity import Capacity, ServiceArea, ServiceNeed
from models.condition import ConditionAssessment
from service.database import Database
from service.operations.valuation import value_municipality
from service.operations.valuation_computation import ValuationRequest

MUNICIPALITY = "999"
NOW = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)


class Register:
    """Writes records with short calls."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def building(self, source_id: str, **attributes: Any) -> int:
        """Add a building and return its asset id."""
        given = {"status": "in_use", "is_protected": False} | attributes
        building = Building(
            municipality_code=MUNICIPALITY,
            source_system="test",
            source_id=source_id,
            row_version=1,
            changed_at=NOW,
            **given,
        )
        self.session.add(building)
        self.session.flush()
        return building.asset_id

    def assessed(self, asset_id: int, year: int, condition_index: float) -> None:
        """Add an assessment at the end of a year."""
        self.session.add(
            ConditionAssessment(
                municipality_code=MUNICIPALITY,
                asset_id=asset_id,
                assessed_on=datetime.date(year, 12, 31),
                scale_code="index_0_1",
                value_given=str(condition_index),
                condition_index=condition_index,
                method="visual",
                recorded_at=NOW,
                recorded_by="test",
            )
        )

    def school_area(self, area_code: str, needs: dict[int, float]) -> None:
        """Add a service area of basic education whose need is given by year."""
        key = {"municipality_code": MUNICIPALITY, "service_code": "basic_education", "area_code": area_code}
        self.session.add(ServiceArea(**key, population_area_code=area_code, name_fi=area_code))
        self.session.flush()
        for year, need in needs.items():
            self.session.add(ServiceNeed(**key, scenario="plan", year=year, service_need=need))

    def places(self, asset_id: int, area_code: str, capacity: float, running_cost_eur: float = 0) -> None:
        """Give a building pupil places in an area."""
        self.session.add(
            Capacity(
                municipality_code=MUNICIPALITY,
                asset_id=asset_id,
                service_code="basic_education",
                area_code=area_code,
                valid_from=datetime.date(2000, 1, 1),
                capacity=capacity,
                running_cost_eur=running_cost_eur,
            )
        )


PARAMETER = text(
    "INSERT INTO parameter_value"
    " (name, municipality_code, asset_class, key, valid_from, value, code, source_id, is_demo)"
    " VALUES (:name, '999', :asset_class, :key, '2020-01-01', :value, :code, 'kuntokanta', false)"
)
RULE = {
    "municipality_code": MUNICIPALITY,
    "asset_class": 50,
    "maintenance_class": None,
    "functional_class": None,
    "measure_code": "resurfacing",
    "condition_class_from": 2,
    "condition_class_to": 4,
    "unit_cost_eur": 20.0,
    "cost_share": None,
    "price_level_year": 2025,
    "valid_from": "2020-01-01",
    "source_id": "kuntokanta",
    "is_demo": False,
}


class Town:
    """A municipality whose parameters, price list and assets a test sets, and what its runs say."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def given(self, name: str, held: float | str, asset_class: int | None = 1, key: str | None = None) -> None:
        """Give it a parameter value of its own."""
        value, code = (None, held) if isinstance(held, str) else (held, None)
        with self.database.writing() as session:
            values = {"name": name, "asset_class": asset_class, "key": key, "value": value, "code": code}
            session.execute(PARAMETER, values)

    def rule(self, **changes: Any) -> None:
        """Give it a rule of the measure table of its own; resurfacing from class 2 to 4 at 20 €/m²."""
        rule = RULE | changes
        names, held = ", ".join(rule), ", ".join(f":{name}" for name in rule)
        with self.database.writing() as session:
            session.execute(text(f"INSERT INTO measure_rule ({names}) VALUES ({held})"), rule)

    def building(self, source_id: str = "a14", assessed: tuple[int, float] | None = None, **attributes: Any) -> int:
        """Add a building, assessed in a year if that is said."""
        with self.database.writing() as session:
            register = Register(session)
            found = register.building(source_id, **attributes)
            if assessed is not None:
                register.assessed(found, *assessed)
            return found

    def street(self, source_id: str = "1", assessed: float = 0.6, **attributes: Any) -> int:
        """Add a street, assessed at the end of 2025."""
        with self.database.writing() as session:
            made = StreetSegment(
                municipality_code=MUNICIPALITY,
                source_system="test",
                source_id=source_id,
                row_version=1,
                changed_at=NOW,
                status="in_use",
                is_protected=False,
                **attributes,
            )
            session.add(made)
            session.flush()
            Register(session).assessed(made.asset_id, 2025, assessed)
            return made.asset_id

    def figures(self, **settings: Any) -> dict[int, dict[str, Any]]:
        """Value it, in 2025 unless said otherwise, and return each asset's stored figures."""
        request = ValuationRequest(MUNICIPALITY, **{"valuation_year": 2025, **settings})
        run = {"run": value_municipality(self.database, request)}
        with self.database.reading() as connection:
            rows = connection.execute(text("SELECT * FROM asset_valuation WHERE run_id = :run"), run).mappings()
            return {row["asset_id"]: dict(row) for row in rows}

    def owed(self, method: str, asset_id: int) -> tuple[float, float]:
        """Backlog and liability of an asset under a method, in euros."""
        row = self.figures(method=method)[asset_id]
        return float(row["repair_backlog_eur"]), float(row["repair_liability_eur"])


@pytest.fixture
def town(database: Database) -> Town:
    """A municipality with the seeded parameters and no assets yet."""
    return Town(database)


@pytest.fixture
def two_schools(database: Database) -> tuple[int, int]:
    """Two schools of 1 M€ in one area that needs only one of them from 2030 on."""
    with database.writing() as session:
        register = Register(session)
        sound = register.building("sound", name="Sound school", replacement_cost_eur=1_000_000)
        worn = register.building("worn", name="Worn school", replacement_cost_eur=1_000_000)
        register.assessed(sound, 2026, 0.90)
        register.assessed(worn, 2026, 0.60)
        register.school_area("north", {2026: 300, 2030: 240, 2036: 200})
        register.places(sound, "north", 320)
        register.places(worn, "north", 200)
    return sound, worn
