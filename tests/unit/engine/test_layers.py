"""The engine knows nothing but NumPy and the standard library."""

import ast
import sys
from pathlib import Path

import pytest

import service.engine

SOURCES = sorted(Path(service.engine.__path__[0]).glob("*.py"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_engine_imports_only_numpy_and_the_standard_library(source: Path) -> None:
    nodes = list(ast.walk(ast.parse(source.read_text())))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}

    foreign = {name for name in imported if not name.startswith("service.engine")}
    assert {name.split(".")[0] for name in foreign} <= sys.stdlib_module_names | {"numpy"}
