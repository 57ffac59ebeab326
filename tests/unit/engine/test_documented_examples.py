"""The examples in the engine's docstrings are run, so that a reader can trust them."""

import doctest
import importlib
import pkgutil

import pytest

import service.engine

MODULES = [module.name for module in pkgutil.iter_modules(service.engine.__path__, "service.engine.")]


@pytest.mark.parametrize("name", MODULES)
def test_every_example_in_a_docstring_holds(name: str) -> None:
    outcome = doctest.testmod(importlib.import_module(name))

    assert outcome.failed == 0
