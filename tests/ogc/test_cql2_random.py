"""Any filter selects what the same condition, evaluated in Python with its unknowns, selects."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ITEMS = "/ogc/collections/building/items"
Truth = bool | None
Properties = dict[str, Any]

NUMBERS = {
    "storeys": st.integers(-1, 9) | st.sampled_from([2.5, 1e10]),
    "built_year": st.integers(1949, 2021),
    "volume_m3": st.sampled_from([0, 34133.125, 34200, 34230.75, 1e9]),
}
TEXTS = {
    "name": st.sampled_from(["Talo 10501", "talo 10510", "TALO 10525", "Talo 1", "", "Ä"]),
    "material": st.sampled_from(["brick", "BRICK", "concrete"]),
}
PATTERNS = st.sampled_from(["Talo%", "%1", "Talo 1051_", "talo%", "%", "", "_%5%", r"Talo\%"])
COMPARE = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Written:
    """A condition as text, and what it is for a feature."""

    text: str
    holds: Callable[[Properties], Truth]


def quoted(value: object) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)


def known(name: str, holds: Callable[[Any], bool]) -> Callable[[Properties], Truth]:
    return lambda feature: None if feature[name] is None else holds(feature[name])


def matches(pattern: str, text: str) -> bool:
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    forms = {"%": ".*", "_": "."}
    return re.fullmatch("".join(forms.get(part, re.escape(part[-1])) for part in parts), text, re.DOTALL) is not None


@st.composite
def comparisons(draw: st.DrawFn) -> Written:
    name = draw(st.sampled_from([*NUMBERS, *TEXTS]))
    value, sign = draw({**NUMBERS, **TEXTS}[name]), draw(st.sampled_from(list(COMPARE)))
    if name == "material" and value not in ("brick", "concrete"):
        value = "brick"
    return Written(f"{name} {sign} {quoted(value)}", known(name, lambda own: COMPARE[sign](own, value)))


@st.composite
def ranges(draw: st.DrawFn) -> Written:
    name = draw(st.sampled_from(list(NUMBERS)))
    low, high = draw(NUMBERS[name]), draw(NUMBERS[name])
    return Written(f"{name} BETWEEN {low} AND {high}", known(name, lambda own: low <= own <= high))


@st.composite
def lists(draw: st.DrawFn) -> Written:
    name = draw(st.sampled_from(list(NUMBERS)))
    values = draw(st.lists(NUMBERS[name], min_size=1, max_size=4))
    return Written(f"{name} IN ({', '.join(map(repr, values))})", known(name, lambda own: own in values))


@st.composite
def patterns(draw: st.DrawFn) -> Written:
    pattern, folded = draw(PATTERNS), draw(st.booleans())
    if folded:
        text = f"CASEI(name) LIKE CASEI({quoted(pattern)})"
        return Written(text, known("name", lambda own: matches(pattern.lower(), own.lower())))
    return Written(f"name LIKE {quoted(pattern)}", known("name", lambda own: matches(pattern, own)))


EMPTY = st.sampled_from([*NUMBERS, *TEXTS, "energy_class"]).map(
    lambda name: Written(f"{name} IS NULL", lambda feature: feature[name] is None)
)
TRUTHS = st.booleans().map(
    lambda value: Written(f"is_protected = {value}", known("is_protected", lambda own: own == value))
)


def both(one: Truth, other: Truth) -> Truth:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def contrary(one: Truth) -> Truth:
    return None if one is None else not one


def joined(inner: st.SearchStrategy[Written]) -> st.SearchStrategy[Written]:
    def conjunction(pair: tuple[Written, Written]) -> Written:
        one, other = pair
        return Written(f"({one.text} AND {other.text})", lambda f: both(one.holds(f), other.holds(f)))

    def alternative(pair: tuple[Written, Written]) -> Written:
        one, other = pair
        neither = lambda f: both(contrary(one.holds(f)), contrary(other.holds(f)))  # noqa: E731
        return Written(f"({one.text} OR {other.text})", lambda f: contrary(neither(f)))

    negated = inner.map(lambda one: Written(f"NOT ({one.text})", lambda f: contrary(one.holds(f))))
    pairs = st.tuples(inner, inner)
    return pairs.map(conjunction) | pairs.map(alternative) | negated


FILTERS = st.recursive(comparisons() | ranges() | lists() | patterns() | EMPTY | TRUTHS, joined, max_leaves=8)


@pytest.fixture(scope="module")
def buildings(client: FlaskClient) -> list[tuple[str, Properties]]:
    features = client.get(f"{ITEMS}?municipality=837&limit=100").json["features"]
    return [(feature["id"], feature["properties"]) for feature in features]


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=FILTERS)
def test_any_filter_selects_what_its_condition_says(
    client: FlaskClient, buildings: list[tuple[str, Properties]], written: Written
) -> None:
    answer = client.get(ITEMS, query_string={"municipality": "837", "filter": written.text, "limit": "100"})
    assert answer.status_code == 200, answer.json
    expected = [feature_id for feature_id, feature in buildings if written.holds(feature) is True]
    assert [feature["id"] for feature in answer.json["features"]] == expected
