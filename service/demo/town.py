"""Where the demo municipality lies: its boundary and the districts that tile it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from service.demo.rows import SOURCE_SYSTEM, FloatArray, IntArray, Objects, Records

CENTRE = (390_000.0, 6_920_000.0)
_BOUNDARY_POINTS = 90
_BOUNDARY_RADIUS_M = 7_200.0


@dataclass(frozen=True)
class District:
    """A district: its names, its middle from the centre in metres, when it was built and how it goes on.

    `inhabitants` is the population of 2024, `births_growth` the yearly change of the number of births since 2019,
    `moving_in` the yearly net migration, both as shares; `grid`, `spacing_m` and `angle_deg` lay out its streets.
    """

    code: str
    name_fi: str
    genitive_fi: str
    name_sv: str
    east_m: float
    north_m: float
    era: int
    inhabitants: int
    births_growth: float
    moving_in: float
    grid: tuple[int, int]
    spacing_m: float
    angle_deg: float

    @property
    def middle(self) -> tuple[float, float]:
        """Return the middle of the district in EPSG:3067."""
        return CENTRE[0] + self.east_m, CENTRE[1] + self.north_m


DISTRICTS = (
    District("01", "Keskusta", "Keskustan", "Centrum", 0, 0, 1962, 3100, -0.045, 0.002, (9, 7), 125, 12),
    District(
        "02", "Asemanseutu", "Asemanseudun", "Stationsnejden", -950, 1000, 1955, 1500, -0.04, -0.003, (6, 5), 120, 20
    ),
    District("03", "Rantakylä", "Rantakylän", "Strandby", 1700, -1000, 2006, 2900, 0.012, 0.008, (7, 6), 135, -15),
    District("04", "Myllymäki", "Myllymäen", "Kvarnbacken", -1900, -700, 1974, 2300, -0.05, -0.002, (7, 6), 130, 5),
    District("05", "Koivuniemi", "Koivuniemen", "Björknäs", 1300, 1800, 1986, 1900, -0.015, 0.0, (6, 6), 130, 30),
    District("06", "Peltola", "Peltolan", "Åkerby", -500, -2400, 1981, 1600, -0.02, -0.004, (6, 5), 140, -8),
    District("07", "Metsola", "Metsolan", "Skogsbo", -2900, 2500, 1968, 900, -0.06, -0.012, (5, 4), 150, 40),
    District("08", "Kirkonkylä", "Kirkonkylän", "Kyrkbyn", 3900, 2700, 1950, 800, -0.05, -0.01, (5, 4), 150, -25),
)


@dataclass(frozen=True)
class Town:
    """The municipality's boundary and the polygons of its districts, in the order of `DISTRICTS`."""

    boundary: Any
    districts: Objects

    def district_of(self, points: Objects) -> IntArray:
        """Return the number of the district that each point lies in, the nearest one on an edge."""
        found = shapely.STRtree(self.districts).nearest(points)
        return np.asarray(found, np.int64)


def build_town() -> Town:
    """Return the boundary and the districts, which tile it: each is what lies nearest to its middle."""
    boundary = _boundary()
    middles = [shapely.Point(district.middle) for district in DISTRICTS]
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(middles), extend_to=boundary))
    own = [cells[shapely.contains(cells, middle)][0] for middle in middles]
    return Town(boundary, np.array(shapely.intersection(own, boundary), object))


def _boundary() -> Any:
    angle = np.linspace(0, 2 * np.pi, _BOUNDARY_POINTS, endpoint=False)
    radius = _BOUNDARY_RADIUS_M + 700 * np.sin(3 * angle + 0.7) + 350 * np.sin(7 * angle) + 150 * np.cos(13 * angle)
    ring = np.column_stack([CENTRE[0] + 1.15 * radius * np.cos(angle), CENTRE[1] + radius * np.sin(angle)])
    return shapely.polygons(ring)


def ground_level(points: FloatArray) -> FloatArray:
    """Return the level of the ground in m N2000: low hills that fall towards the lake in the south-east."""
    east, north = (points[:, 0] - CENTRE[0]) / 1000, (points[:, 1] - CENTRE[1]) / 1000
    hills = 6 * np.sin(1.3 * east) + 5 * np.cos(1.7 * north) + 3 * np.sin(2.9 * east + north)
    level: FloatArray = 108 - 4 * east + 3 * north + hills
    return level


def district_records(town: Town) -> Records:
    """Return the rows of the districts."""
    return Records(
        "district",
        {
            "district_code": [district.code for district in DISTRICTS],
            "name_fi": [district.name_fi for district in DISTRICTS],
            "name_sv": [district.name_sv for district in DISTRICTS],
            "source_system": SOURCE_SYSTEM,
            "source_id": [district.code for district in DISTRICTS],
        },
        geometry=as_multipolygons(town.districts),
    )


def as_multipolygons(areas: Objects) -> Objects:
    """Return the areas as multipolygons, as the register stores areas."""
    return np.array([shapely.multipolygons(shapely.get_parts(area)) for area in areas], object)
