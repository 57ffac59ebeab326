import pytest

from models.access import Role
from service.catalogues import has_text
from service.demo.components import BUILDING_PARTS, STREET_PARTS
from service.operations.parameter_sets import CURVES
from service.operations.seeding import seed_rows


@pytest.mark.parametrize(("group", "column"), [("parameter", "name"), ("condition_scale", "scale_code")])
def test_every_seeded_parameter_and_scale_is_named(language: str, group: str, column: str) -> None:
    codes = [row[column] for row in seed_rows(group)]
    assert codes
    assert [code for code in codes if not has_text(language, f"{group}.{code}")] == []


def test_every_component_of_the_demo_is_named(language: str) -> None:
    codes = [part.code for part in (*BUILDING_PARTS, *STREET_PARTS)]
    assert [code for code in codes if not has_text(language, f"component.{code}")] == []


def test_every_deterioration_curve_and_role_is_named(language: str) -> None:
    keys = [f"code.deterioration_curve.{code}" for code in CURVES] + [f"code.role.{role}" for role in Role]
    assert [key for key in keys if not has_text(language, key)] == []
