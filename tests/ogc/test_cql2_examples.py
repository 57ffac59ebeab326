"""The standard's own examples of CQL2, those of the classes that the service declares: as text, as JSON, and read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.filters.text import parse_filter

PUBLISHED = json.loads(Path(__file__).with_name("cql2_examples.json").read_text(encoding="utf-8"))
EXAMPLES: dict[str, dict[str, Any]] = {each["name"]: each for each in PUBLISHED["examples"]}
OPERATORS = {
    *("and", "or", "not", "=", "<>", "<", ">", "<=", ">=", "isNull", "like", "between", "in", "casei", "accenti"),
    *("s_intersects", "s_disjoint", "s_equals", "s_touches", "s_crosses", "s_within", "s_contains", "s_overlaps"),
}
# These two are drawn across themselves, which the standard's schema cannot see and the register refuses.
NOT_VALID = ("example46", "example49")


def operators(tree: Any) -> set[str]:
    if isinstance(tree, list):
        return {name for each in tree for name in operators(each)}
    if not isinstance(tree, dict):
        return set()
    return {tree[name] for name in ("op",) if name in tree} | operators(list(tree.values()))


def with_floats(tree: Any) -> Any:
    """The tree with all numbers as the parser of text gives them; 1 and 1.0 are one number."""
    if isinstance(tree, list):
        return [with_floats(each) for each in tree]
    if isinstance(tree, dict):
        return {name: with_floats(each) for name, each in tree.items()}
    return float(tree) if isinstance(tree, int) and not isinstance(tree, bool) else tree


def test_the_examples_cover_every_operator_that_is_declared() -> None:
    assert len(EXAMPLES) == 75
    assert operators([each["json"] for each in EXAMPLES.values()]) == OPERATORS


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_means_the_same_as_text_and_as_json(name: str) -> None:
    as_text = parse_filter(EXAMPLES[name]["text"])
    as_json = parse_filter(json.dumps(EXAMPLES[name]["json"]), "cql2-json")
    assert with_floats(as_text) == with_floats(as_json) == with_floats(EXAMPLES[name]["json"])


@pytest.mark.parametrize("language", ["text", "json"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_of_an_example_nothing_is_refused_but_the_properties_that_assets_lack(
    client: FlaskClient, name: str, language: str
) -> None:
    given = EXAMPLES[name][language]
    query = {"filter": given if language == "text" else json.dumps(given), "filter-lang": f"cql2-{language}"}
    answer = client.get("/ogc/collections/building/items", query_string=query)
    details = [fault["detail"] for fault in answer.json["errors"]] if answer.status_code == 400 else []
    assert answer.status_code in (200, 400)
    if name.startswith(NOT_VALID):
        assert [detail.partition(":")[0] for detail in details] == ["the geometry is not valid"]
    else:
        assert all("property" in detail for detail in details), details
