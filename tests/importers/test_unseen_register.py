"""A register that no word of this service was written for: proposals, edited as a person would, take it in.

The folder was kept aside until proposals were done; the edits of a file are all that a person has to write.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from service.database import Database
from service.importers.pipeline import import_file
from service.importers.profile_file import parse_profile
from service.importers.proposals.answer import proposed

pytestmark = pytest.mark.real_data
FOLDER, TURKU = "fi_turku_city_assets", "853"


@dataclass(frozen=True)
class Unseen:
    """A file, what a person writes into its proposal, and what must come of it.

    Attributes:
        file: Its name.
        asset_class: What its rows are.
        placed: Rows that have a place.
        names: Rows that have a name.
        quantity: Sum of places for vehicles or bicycles; None where the file tells none.
        edits: Texts of the proposed YAML with what they become.
    """

    file: str
    asset_class: str
    placed: int
    names: int
    quantity: float | None = None
    edits: tuple[tuple[str, str], ...] = ()


PARKING = "parking_facility"
FILES = (
    Unseen("parkkihallit.csv", PARKING, 20, 20, 5_845),
    Unseen("bicycle_stands_for_units.geojson", PARKING, 351, 351, 9_119),
    Unseen("parking_machines.geojson", PARKING, 95, 95),
    Unseen("LatauspisteetTurku.csv", PARKING, 152, 152, None, (("{column: Latauskohde}", "{column: Osoite}"),)),
    Unseen("loading_and_unloading_places.geojson", PARKING, 129, 129, 212),
    # Whose booking has ended is a berth all the same; 26 have no place.
    Unseen("Venepaikkojen_tiedot.csv", "quay", 791, 817, None, (("Paattynyt: null", "Paattynyt: in_use"),)),
)


def rows_of(path: Path) -> int:
    """Count the rows of a file without the service."""
    if path.suffix == ".geojson":
        return len(json.loads(path.read_text(encoding="utf-8"))["features"])
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return sum(any(row) for row in csv.reader(lines, delimiter=";")) - 1


@pytest.mark.parametrize("unseen", FILES, ids=lambda each: each.file)
def test_a_file_is_taken_in_by_its_proposal_with_few_words_changed(
    module_database: Database, shared_data: Path, unseen: Unseen
) -> None:
    path = shared_data / FOLDER / unseen.file
    written = proposed(module_database, path, municipality_code=TURKU)["yaml"]
    for found, instead in unseen.edits:
        assert written.count(found) == 1
        written = written.replace(found, instead)
    profile = parse_profile(written)
    first, second = (import_file(module_database, path, profile, TURKU, changed_by="tester") for _ in range(2))
    assert first.errors == []
    assert first.rows_read == rows_of(path)
    assert first.targets[unseen.asset_class].added == rows_of(path)
    assert (second.targets[unseen.asset_class].unchanged, second.total("changed")) == (rows_of(path), 0)
    with module_database.reading() as connection:
        query = "SELECT count(geometry), count(name), sum(quantity) FROM asset WHERE source_system = :source"
        figures = connection.execute(text(query), {"source": profile.source_system}).one()
    assert tuple(figures) == (unseen.placed, unseen.names, unseen.quantity)
