"""Reading of the cases that are kept as data."""

from pathlib import Path
from typing import Any

import yaml


def pytest_generate_tests(metafunc: Any) -> None:
    """Give each case of ``valuation_cases.yaml`` to a test that asks for ``valuation_case``."""
    if "valuation_case" in metafunc.fixturenames:
        cases = yaml.safe_load((Path(__file__).parent / "valuation_cases.yaml").read_text(encoding="utf-8"))
        metafunc.parametrize("valuation_case", cases, ids=[case["case"] for case in cases])
