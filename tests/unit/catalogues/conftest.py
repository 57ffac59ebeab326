from __future__ import annotations

import json
from pathlib import Path

import pytest

from service import catalogues


@pytest.fixture(params=catalogues.LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def all_texts() -> dict[str, dict[str, str]]:
    folder = Path(catalogues.__file__).parent
    return {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in catalogues.LANGUAGES}
