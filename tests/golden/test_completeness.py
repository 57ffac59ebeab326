"""No published example goes without its test: `published_examples.yaml` says which test holds which."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

TESTS = Path(__file__).resolve().parents[1]
EXAMPLES: dict[str, dict[str, Any]] = yaml.safe_load((TESTS / "golden" / "published_examples.yaml").read_text("utf-8"))
NOT_THERE = {12, 16}
EXPECTED = {
    *(f"B.{number}" for number in range(1, 19) if number not in NOT_THERE),
    "A.14",
    *(f"A.15.{number}" for number in range(1, 10)),
    *(f"C.{number}" for number in range(1, 9)),
}
_ID = re.compile(r"\b(A\.15\.\d|[ABC]\.\d+)\b")


def test_every_published_example_has_a_test_or_says_why_it_cannot_be_recomputed() -> None:
    assert EXAMPLES.keys() >= EXPECTED
    assert [name for name, each in EXAMPLES.items() if not (each.get("tests") or each.get("cannot"))] == []
    assert [name for name, each in EXAMPLES.items() if not each["source"]] == []


@pytest.mark.parametrize("example", [name for name, each in EXAMPLES.items() if "tests" in each])
def test_the_tests_of_an_example_are_there(example: str) -> None:
    for file, names in EXAMPLES[example]["tests"].items():
        assert set(names) <= {test.name for test in _tests(TESTS / file)}, file


@pytest.mark.parametrize("file", sorted((TESTS / "golden").glob("test_published_*.py")), ids=lambda file: file.stem)
def test_what_a_golden_test_names_is_listed_with_it(file: Path) -> None:
    """An id in a test's parameters, docstring or comments."""
    source = file.read_text("utf-8")
    for test in _tests(file):
        parts = [*test.decorator_list, test]
        named = {each for part in parts for each in _ID.findall(ast.get_source_segment(source, part) or "")}
        for example in named:
            assert test.name in EXAMPLES[example]["tests"][f"golden/{file.name}"], (example, test.name)


def _tests(file: Path) -> Iterator[ast.FunctionDef]:
    for each in ast.parse(file.read_text("utf-8")).body:
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_"):
            yield each
