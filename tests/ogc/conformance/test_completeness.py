"""Nothing is declared without its tests: each abstract test of each declared class stands in front of a test here."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

Get = Callable[..., Any]
FOLDER = Path(__file__).parent
SPEC = "http://www.opengis.net/spec/"
ABSTRACT_TESTS: dict[str, dict[str, list[str]]] = yaml.safe_load((FOLDER / "abstract_tests.yaml").read_text())
# The draft of Part 4 lists this class by the URI of its requirements.
_ALSO = {f"{SPEC}ogcapi-features-4/1.0/req/optimistic-locking-etags"}


def test_the_classes_whose_abstract_tests_are_listed_are_those_declared(get: Get) -> None:
    listed = {f"{SPEC}{standard}/conf/{name}" for standard, classes in ABSTRACT_TESTS.items() for name in classes}
    assert listed | _ALSO == set(get("/conformance").json["conformsTo"])


@pytest.mark.parametrize("standard", ABSTRACT_TESTS)
def test_each_abstract_test_has_a_test(standard: str) -> None:
    named = {each for path in FOLDER.glob("test_*.py") for each in _named_in(path, SPEC + standard)}
    assert named == {f"{name}/{each}" for name, tests in ABSTRACT_TESTS[standard].items() for each in tests}


def _named_in(path: Path, standard: str) -> Iterator[str]:
    """The abstract tests that a module's tests name at the beginning of their docstring: `/conf/core/f-op, f-links: …`.

    A module names its standard in a constant.
    """
    module = ast.parse(path.read_text(encoding="utf-8"))
    if standard not in list(_constants(module, "STANDARD")):
        return
    for each in module.body:
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_"):
            yield from _named_by(ast.get_docstring(each) or "")


def _constants(module: ast.Module, name: str) -> Iterator[Any]:
    for each in module.body:
        if isinstance(each, ast.Assign) and [getattr(target, "id", "") for target in each.targets] == [name]:
            yield ast.literal_eval(each.value)


def _named_by(docstring: str) -> Iterator[str]:
    """Ids as `class/test`; a name without a class is of the class before it."""
    head = " ".join(docstring.split()).partition(":")[0].removesuffix(".")
    of_class = ""
    for word in head.split(", ") if head.startswith("/") else ():
        name = re.sub("^/(conf|req)/", "", word)
        of_class = name.rpartition("/")[0] or of_class
        yield f"{of_class}/{name.rpartition('/')[2]}"
