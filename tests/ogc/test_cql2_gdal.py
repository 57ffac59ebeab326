"""GDAL hands attribute filters to the service instead of reading everything: seen in the requests that arrive."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest

# Where clauses of OGR SQL and how many of the 25 water mains meet them.
WHERE = [
    ("nominal_diameter_mm = 150", 7),
    ("nominal_diameter_mm >= 150 AND source_id LIKE 'w1%'", 9),
    ("NOT (nominal_diameter_mm = 150)", 18),
    ("nominal_diameter_mm BETWEEN 120 AND 160", 7),
    ("source_id = 'w1' OR source_id = 'it''s'", 1),
    ("name IS NULL", 25),
    ("condition_index IS NOT NULL", 0),
    ("is_protected = 0", 25),
    ("is_protected = 1 OR nominal_diameter_mm > 200", 6),
    ("source_id ILIKE 'W1_'", 10),
]
READ = "import sys, pyogrio; print(len(pyogrio.raw.read(sys.argv[1], layer='water_main', where=sys.argv[2])[2]))"


def filters(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The filters of the requests for features that the server has noted."""
    requests = (
        record.getMessage().split('"')[1].split() for record in caplog.records if '"GET ' in record.getMessage()
    )
    queries = [parse_qs(urlsplit(parts[1]).query) for parts in requests if "/items" in parts[1]]
    return [query["filter"][0] for query in queries if "filter" in query]


@pytest.mark.parametrize(("where", "count"), WHERE)
def test_ogrinfo_pushes_a_where_clause_down(
    server_url: str, caplog: pytest.LogCaptureFixture, where: str, count: int
) -> None:
    caplog.set_level(logging.INFO, logger="werkzeug")
    command = ["ogrinfo", "-al", "-so", f"OAPIF:{server_url}", "water_main", "-where", where]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    assert f"Feature Count: {count}" in done.stdout
    assert filters(caplog)


@pytest.mark.parametrize(("where", "count"), [WHERE[1], WHERE[8]])
def test_the_gdal_of_pyogrio_pushes_a_where_clause_down(
    server_url: str, caplog: pytest.LogCaptureFixture, where: str, count: int
) -> None:
    caplog.set_level(logging.INFO, logger="werkzeug")
    # In a process of its own: GDAL holds the interpreter while it waits for this server.
    command = [sys.executable, "-c", READ, f"OAPIF:{server_url}", where]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout) == count
    assert filters(caplog)


def test_ogr2ogr_pushes_both_a_window_and_a_where_clause_down(
    server_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="werkzeug")
    options = ["-where", "storeys > 5", "-spat", "24.84", "60.149", "24.86", "60.16"]
    command = ["ogr2ogr", "-f", "GeoJSON", "/vsistdout/", f"OAPIF:{server_url}", "building", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    found = json.loads(done.stdout)["features"]
    assert found
    assert all(feature["properties"]["storeys"] > 5 for feature in found)
    assert len({feature["properties"]["source_id"] for feature in found}) == len(found)
    assert set(filters(caplog)) == {"storeys > 5"}
