from __future__ import annotations

import csv
import inspect
import re
from collections.abc import Iterable
from enum import Enum, StrEnum
from pathlib import Path

from models.asset_class import Network
from models.condition import AssessmentMethod
from models.measure import MeasureKind, MeasureState
from models.registry import ASSET_CLASSES
from models.run import RunState
from service import errors
from service.catalogues import has_text
from service.engine.condition import ConditionBasis
from service.engine.retention import RetentionMode
from service.engine.value import ReplacementCostBasis
from service.operations.parameter_sets import METHODS

SEED = Path(__file__).resolve().parents[3] / "migrations" / "seed"
OUTSIDE_THE_REGISTRY = ("id", "municipality_code", "asset_class", "row_version", "changed_at", "geometry")


def without_text(language: str, keys: Iterable[str]) -> list[str]:
    return sorted({key for key in keys if not has_text(language, key)})


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _codes(enum: type[StrEnum]) -> list[str]:
    return [f"code.{_snake_case(enum.__name__)}.{code.value}" for code in enum]


def _named(prefix: str, enum: type[Enum]) -> list[str]:
    return [f"{prefix}.{code.name.lower()}" for code in enum]


def test_every_asset_class_is_named_and_described(language: str) -> None:
    groups = ("asset_class", "asset_class_plural", "asset_class_description")
    assert without_text(language, (f"{group}.{code}" for group in groups for code in ASSET_CLASSES)) == []


def test_every_attribute_is_named(language: str) -> None:
    names = {attribute.name for each in ASSET_CLASSES.values() for attribute in each.attributes}
    assert without_text(language, (f"attribute.{name}" for name in names.union(OUTSIDE_THE_REGISTRY))) == []


def test_every_choice_of_an_attribute_is_named(language: str) -> None:
    types = {attribute.type for each in ASSET_CLASSES.values() for attribute in each.attributes}
    enums = [each for each in types if issubclass(each, StrEnum)]
    assert without_text(language, (key for enum in enums for key in _codes(enum))) == []


def test_every_code_of_measures_assessments_and_runs_is_named(language: str) -> None:
    enums = (MeasureKind, MeasureState, AssessmentMethod, RunState)
    assert without_text(language, (key for enum in enums for key in _codes(enum))) == []


def test_every_unit_is_written_out(language: str) -> None:
    units = {attribute.unit for each in ASSET_CLASSES.values() for attribute in each.attributes} - {None}
    units |= {each.quantity_unit for each in ASSET_CLASSES.values()}
    assert without_text(language, (f"unit.{unit}" for unit in units)) == []


def test_every_network_is_named(language: str) -> None:
    assert without_text(language, (f"network.{network.value}" for network in Network)) == []


def test_every_service_and_its_unit_is_named(language: str) -> None:
    with (SEED / "service.csv").open(encoding="utf-8", newline="") as file:
        services = list(csv.DictReader(file))
    assert services
    assert without_text(language, (f"service.{each['service_code']}" for each in services)) == []
    assert without_text(language, (f"unit.{each['capacity_unit']}" for each in services)) == []


def test_every_basis_method_and_condition_class_of_a_run_is_named(language: str) -> None:
    keys = [
        *_named("condition_basis", ConditionBasis),
        *_named("replacement_cost_basis", ReplacementCostBasis),
        *_named("retention", RetentionMode),
        *(f"backlog_method.{code}" for code in METHODS),
        *(f"condition_class.{number}" for number in range(1, 6)),
    ]
    assert without_text(language, keys) == []


def test_every_error_of_the_service_has_a_title(language: str) -> None:
    classes = [each for _, each in inspect.getmembers(errors, inspect.isclass)]
    names = [each.__name__ for each in classes if issubclass(each, errors.KuntokantaError)]
    assert len(names) > 1
    assert without_text(language, (f"problem.{name}" for name in names)) == []
