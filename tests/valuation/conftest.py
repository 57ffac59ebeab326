"""Small registers for the tests of valuation."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.assets.buildings_and_grounds import Building
from models.capacity import Capacity, ServiceArea, ServiceNeed
from models.condition import ConditionAssessment
from service.database import Database

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
