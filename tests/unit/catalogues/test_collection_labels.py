"""Every property that GIS clients see has a label in each language: in queryables, schemas and pages."""

from __future__ import annotations

import pytest

from service.catalogues import LANGUAGES, has_text
from service.ogc.schemas import property_labels
from service.queries.feature_registry import feature_collections


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("collection", feature_collections())
def test_every_property_of_a_collection_has_a_label(collection: str, language: str) -> None:
    names = feature_collections()[collection].properties
    assert [n for n in names if not (has_text(language, f"attribute.{n}") or has_text(language, f"column.{n}"))] == []


def test_labels_are_words_of_the_language() -> None:
    grid = feature_collections()["population_grid"]
    labels = [property_labels(grid, language)["floor_area_per_person_m2"] for language in ("fi", "sv", "en")]
    assert labels == ["Asumisväljyys (m2)", "Boendeutrymme per person (m2)", "Floor area per person (m2)"]
