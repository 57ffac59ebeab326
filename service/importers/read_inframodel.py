"""Inframodel (LandXML 1.2): alignments of roads and surveyed points such as lighting columns, with heights.

Format: Inframodel 4.0.3, buildingSMART Finland; coordinates stand as northing, easting and height. The height system
is kept beside the heights; heights in one that is not Finnish, or not told, are left out, and that is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis.alignment import alignment_points
from models.asset import HeightSystem
from service.importers.landxml_alignment import AlignmentError, plan_elements, profile_grades
from service.importers.source_table import SourceTable, object_column, unreadable
from service.importers.xml_stream import XmlElement, numbers_of, xml_elements
from service.operations.import_report import ImportFault, Severity

ALIGNMENTS, POINTS = "alignments", "points"
LAYERS = (ALIGNMENTS, POINTS)
HEIGHT_SYSTEMS = tuple(each.value for each in HeightSystem)
HEIGHTS = ", ".join(HEIGHT_SYSTEMS)
CODINGS = ("terrainCoding", "surfaceCoding", "infraCoding")
COLUMNS = (
    "kind", "name", "description", "state", "length", "group", "code", "time_stamp",
    *(f"{coding}{suffix}" for coding in CODINGS for suffix in ("", "Desc")),
)  # fmt: skip
NOT_READ = ("Pipe", "Struct", "Surface", "PlanFeature", "Parcel")
ZONE = re.compile(r"GK[-_ ]?(\d{2})(?!\d)", re.IGNORECASE)
FIRST_ZONE, FIRST_ZONE_SRID = 19, 3873


@dataclass
class _Found:
    """What was read so far."""

    values: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[Any] = field(default_factory=list)
    faults: list[ImportFault] = field(default_factory=list)
    notes: list[ImportFault] = field(default_factory=list)
    system: XmlElement | None = None
    is_landxml: bool = False

    def add(self, values: Mapping[str, Any], shape: Any) -> None:
        """Take down one thing."""
        self.values.append({**values, "row": self.next_row})
        self.shapes.append(shape)

    def refuse(self, element: XmlElement, detail: str) -> None:
        """Take down what cannot be read."""
        told = f"{detail} (line {element.line})"
        self.faults.append(ImportFault(self.next_row, None, None, "geometry", Severity.ERROR, told))

    @property
    def next_row(self) -> int:
        """Return the number of the next thing of the file."""
        return len(self.values) + len(self.faults) + 1


def read_inframodel(path: Path, layer: str | None = None) -> SourceTable:
    """Return alignments and points, one row each, numbered in the order of the file; or those of one layer.

    Columns: `kind` (`alignments` or `points`), `name`, `description`, `state`, `length`, `group` (names of the groups
    that hold a point, from the outermost), `code`, `time_stamp`, and of each coding its code and what it says in words.

    Raises:
        UnreadableSourceError: Not whole XML, not LandXML, in feet, or without such a layer.
    """
    if layer not in {None, *LAYERS}:
        raise unreadable("layer_missing", f"The file {path.name} has no layer {layer}; it has {list(LAYERS)}.")
    found = _Found()
    passed = dict.fromkeys(NOT_READ, 0)
    for element in xml_elements(path, READERS, passed):
        READERS[element.name](found, element)
    _tell_passed(found, passed)
    if not found.is_landxml:
        raise unreadable("wrong_format", f"The file {path.name} is not LandXML.")
    return _table(found, layer)


def _tell_passed(found: _Found, passed: Mapping[str, int]) -> None:
    counts = ", ".join(f"{count} {name}" for name, count in passed.items() if count)
    if counts:
        detail = f"Alignments and points are read; of other things the file has {counts}, which are not."
        found.notes.append(ImportFault(None, None, None, "not_read", Severity.WARNING, detail))


def _read_units(found: _Found, element: XmlElement) -> None:
    found.is_landxml = True
    metric = element.first("Metric")
    if metric is None or metric.attributes.get("linearUnit") != "meter":
        raise unreadable("units", "The file is not in metres, as Inframodel asks.", row=element.line)


def _read_system(found: _Found, element: XmlElement) -> None:
    found.system = element


def _read_project(_found: _Found, _element: XmlElement) -> None:
    """Pass by what belongs to the project: its features are of no single thing."""


def _read_alignment(found: _Found, element: XmlElement) -> None:
    told = element.attributes
    try:
        points = alignment_points(plan_elements(element), float(told.get("staStart") or 0.0), profile_grades(element))
    except AlignmentError as error:
        found.refuse(error.element, f"The alignment {told.get('name')} cannot be read: {error}")
        return
    values = {
        "kind": ALIGNMENTS,
        "name": told.get("name"),
        "description": told.get("desc"),
        "state": told.get("state"),
        "length": told.get("length"),
        **_codings(element),
    }
    found.add(values, shapely.LineString(points))


def _read_points(found: _Found, group: XmlElement) -> None:
    for element, parents, codings in _points_with_groups(group, (), {}):
        try:
            northing, easting, *height = numbers_of(element.text)
        except ValueError:
            found.refuse(element, f"The point {element.attributes.get('name')} has no coordinates.")
            continue
        values = {
            "kind": POINTS,
            "name": element.attributes.get("name"),
            "description": element.attributes.get("desc") or parents[-1].attributes.get("desc"),
            "state": element.attributes.get("state"),
            "group": "/".join(parent.attributes.get("name", "") for parent in parents),
            "code": element.attributes.get("code") or parents[-1].attributes.get("code"),
            "time_stamp": element.attributes.get("timeStamp"),
            **codings,
            **_codings(element),
        }
        found.add(values, shapely.Point(easting, northing, *height[:1]))


def _points_with_groups(
    group: XmlElement, parents: tuple[XmlElement, ...], codings: Mapping[str, str]
) -> Iterator[tuple[XmlElement, tuple[XmlElement, ...], Mapping[str, str]]]:
    """Yield each point with the groups that hold it and the codings that hold for it, the innermost first."""
    inner = {**codings, **_codings(group)}
    for child in group.children:
        if child.name == "CgPoint":
            yield child, (*parents, group), inner
        elif child.name == "CgPoints":
            yield from _points_with_groups(child, (*parents, group), inner)


def _codings(element: XmlElement) -> dict[str, str]:
    """Return the codings among an element's own features."""
    properties = [each.attributes for feature in element.all("Feature") for each in feature.all("Property")]
    return {each["label"]: each.get("value", "") for each in properties if each.get("label") in COLUMNS}


READERS = {
    "Units": _read_units,
    "CoordinateSystem": _read_system,
    "Project": _read_project,
    "Alignment": _read_alignment,
    "CgPoints": _read_points,
}


def _table(found: _Found, layer: str | None) -> SourceTable:
    kept = [n for n, values in enumerate(found.values) if layer in {None, values["kind"]}]
    rows = [found.values[n] for n in kept]
    shapes = object_column([found.shapes[n] for n in kept])
    crs, heights = _systems(found.system)
    faults = [*found.faults, *found.notes]
    if heights not in HEIGHT_SYSTEMS and bool(shapely.has_z(shapes).any()):
        shapes = object_column(list(shapely.force_2d(shapes)))
        detail = f"Heights are in {heights or 'a system that is not told'}, none of {HEIGHTS}; they are left out."
        faults.append(ImportFault(None, None, None, "height_system", Severity.WARNING, detail))
    return SourceTable(
        columns={name: object_column([row.get(name) or None for row in rows]) for name in COLUMNS},
        row_numbers=np.array([row["row"] for row in rows], dtype=np.int64),
        geometry=shapes,
        crs=crs,
        height_system=heights if heights in HEIGHT_SYSTEMS else None,
        faults=tuple(faults),
        assumptions={"crs": str(crs), "heights": str(heights)},
    )


def _systems(system: XmlElement | None) -> tuple[str | None, str | None]:
    """Return the coordinate system, by its code or by the zone in its name, and the height system; None if untold."""
    if system is None:
        return None, None
    told = system.attributes
    heights = told.get("verticalCoordinateSystemName") or told.get("verticalDatum")
    if (told.get("epsgCode") or "").isdigit():
        return f"EPSG:{told['epsgCode']}", heights
    zone = ZONE.search(told.get("name", ""))
    return (f"EPSG:{FIRST_ZONE_SRID + int(zone.group(1)) - FIRST_ZONE}" if zone else None), heights
