"""What must never be in the register is refused by the database itself, whoever writes it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from sqlalchemy import text

from models.assets.buildings_and_grounds import Building
from service.database import Database
from service.errors import DuplicateSourceId, InvalidData

NOW = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
GOOD: dict[str, Any] = {
    "municipality_code": "999",
    "status": "in_use",
    "is_protected": False,
    "source_system": "test",
    "row_version": 1,
    "changed_at": NOW,
}
BOW_TIE = "SRID=3067;POINT EMPTY"


@pytest.mark.parametrize(
    "fault",
    [
        {"quantity": -1.0},
        {"quantity": float("inf")},
        {"quantity": float("nan")},
        {"replacement_cost_eur": -0.01},
        {"built_year": 2027},
        {"built_year": 0},
        {"renewed_year": 99},
        {"criticality": 7},
        {"permanent_building_id": "100012345A"},
        {"permanent_building_id": "foo"},
        {"property_id": "91-1-2-3"},
        {"storeys": -1},
        {"volume_m3": -5.0},
        {"building_class": "school"},
        {"row_version": 0},
        {"geometry": BOW_TIE},
    ],
    ids=str,
)
def test_the_database_refuses(module_database: Database, fault: dict[str, Any]) -> None:
    with pytest.raises(InvalidData), module_database.writing() as session:
        session.add(Building(**GOOD | fault))


def test_a_planned_building_may_be_built_in_the_future(module_database: Database) -> None:
    with module_database.writing() as session:
        session.add(Building(**GOOD | {"status": "planned", "built_year": 2029, "permanent_building_id": "103515074X"}))


def test_two_assets_cannot_have_one_source_id(module_database: Database) -> None:
    with pytest.raises(DuplicateSourceId), module_database.writing() as session:
        session.add_all([Building(**GOOD, source_id="1"), Building(**GOOD, source_id="1")])


@pytest.mark.parametrize("index", [7, -0.1, float("nan")])
def test_a_condition_lies_between_nothing_and_one(module_database: Database, index: float) -> None:
    insert = text(
        "INSERT INTO condition_assessment (municipality_code, assessment_id, asset_id, assessed_on, scale_code,"
        " value_given, condition_index, method, recorded_at, recorded_by)"
        " VALUES ('999', 1, 1, '2026-01-01', 'index_0_1', 'x', :index, 'visual', :now, 'test')"
    )
    with pytest.raises(InvalidData), module_database.writing() as session:
        session.execute(insert, {"index": index, "now": NOW})


def test_parameter_values_of_one_thing_cannot_overlap_in_time(module_database: Database) -> None:
    insert = text(
        "INSERT INTO parameter_value (name, asset_class, valid_from, valid_to, value, source_id, is_demo)"
        " VALUES ('target_condition', 1, '2026-01-01', NULL, 0.8, 'demo', true)"
    )
    with pytest.raises(Exception, match="valid in part of this period"), module_database.writing() as session:
        session.execute(insert)
