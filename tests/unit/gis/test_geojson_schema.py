"""The JSON Schema of geometries says what is read and what is not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from gis.crs import TM35FIN
from gis.errors import GeometryError
from gis.geojson import GEOMETRY_TYPES, read_geometry
from gis.geojson_schema import geometry_schemas

RING = [[385000, 6672000], [385100, 6672000], [385100, 6672100], [385000, 6672000]]
SOUND: dict[str, Any] = {
    "Point": RING[0],
    "MultiPoint": RING[:2],
    "LineString": RING[:2],
    "MultiLineString": [RING[:2], RING[1:3]],
    "Polygon": [RING],
    "MultiPolygon": [[RING]],
}


def fits(geometry: Any, *types: str) -> bool:
    return any(Draft202012Validator(each).is_valid(geometry) for each in geometry_schemas(types))


@pytest.mark.parametrize("kind", GEOMETRY_TYPES)
def test_each_type_fits_its_own_schema_and_no_other_nesting_does(kind: str) -> None:
    nestings = {other for other in SOUND if fits({"type": kind, "coordinates": SOUND[other]}, kind)}
    read = {other for other in SOUND if is_read({"type": kind, "coordinates": SOUND[other]})}
    assert kind in nestings == read
    assert not fits({"type": kind, "coordinates": SOUND[kind]}, *(set(GEOMETRY_TYPES) - {kind}))


@given(
    st.sampled_from(GEOMETRY_TYPES),
    st.recursive(
        st.sampled_from([385000, 6672000.5, True, None, "1"]), lambda inner: st.lists(inner, max_size=4), max_leaves=20
    ),
)
def test_what_the_schema_excludes_is_not_read(kind: str, coordinates: Any) -> None:
    geometry = {"type": kind, "coordinates": coordinates}
    assert fits(geometry, kind) or not is_read(geometry)


def is_read(geometry: Any) -> bool:
    try:
        read_geometry(geometry, crs=TM35FIN)
    except GeometryError:
        return False
    return True
