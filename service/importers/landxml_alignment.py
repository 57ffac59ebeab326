"""Alignments of LandXML: the plan's lines, curves and spirals and the profile's points, as shapes to compute with."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from gis.alignment import Arc, Clothoid, Element, Grade, Point, Straight
from service.importers.xml_stream import XmlElement, numbers_of

CLOTHOID = "clothoid"


class AlignmentError(Exception):
    """An alignment cannot be read; carries the element where reading stopped."""

    def __init__(self, element: XmlElement, detail: str) -> None:
        self.element = element
        super().__init__(detail)


def plan_elements(alignment: XmlElement) -> list[Element]:
    """Return the pieces of an alignment's plan, in order.

    Raises:
        AlignmentError: It has none, or one that is no line, circular curve or clothoid with the points that it needs.
    """
    geometry = alignment.first("CoordGeom")
    pieces = [] if geometry is None else [each for each in geometry.children if each.name != "Feature"]
    if geometry is None or not pieces:
        raise AlignmentError(alignment, "it has no geometry.")
    return [_piece(each) for each in pieces]


def _piece(element: XmlElement) -> Element:
    read = {"Line": _line, "Curve": _curve, "Spiral": _spiral}.get(element.name)
    if read is None:
        raise AlignmentError(element, f"a {element.name} is no line, curve or spiral.")
    piece = read(element)
    if not 0 < piece.length < np.inf:
        raise AlignmentError(element, f"a {element.name} has no length.")
    return piece


def _line(element: XmlElement) -> Element:
    return Straight(_point(element, "Start"), _point(element, "End"))


def _curve(element: XmlElement) -> Element:
    return Arc(_point(element, "Start"), _point(element, "Center"), _point(element, "End"), _is_clockwise(element))


def _spiral(element: XmlElement) -> Element:
    kind = element.attributes.get("spiType", CLOTHOID)
    if kind != CLOTHOID:
        raise AlignmentError(element, f"the spiral {kind} is no clothoid.")
    return Clothoid(
        _point(element, "Start"),
        _point(element, "PI"),
        _point(element, "End"),
        _number(element, "length"),
        _number(element, "radiusStart"),
        _number(element, "radiusEnd"),
        _is_clockwise(element),
    )


def _point(element: XmlElement, name: str) -> Point:
    """Return easting and northing; LandXML writes the northing first."""
    try:
        northing, easting = numbers_of(element.value(name) or "")[:2]
    except ValueError as error:
        raise AlignmentError(element, f"the {name} of a {element.name} has no coordinates.") from error
    return easting, northing


def _number(element: XmlElement, name: str) -> float:
    """Return a positive number; INF is infinity."""
    try:
        number = float(element.attributes[name])
    except (KeyError, ValueError) as error:
        raise AlignmentError(element, f"the {name} of a {element.name} is no number.") from error
    if not number > 0:
        raise AlignmentError(element, f"the {name} of a {element.name} is not above 0.")
    return number


def _is_clockwise(element: XmlElement) -> bool:
    turn = element.attributes.get("rot")
    if turn not in {"cw", "ccw"}:
        raise AlignmentError(element, f"a {element.name} does not say which way it turns.")
    return turn == "cw"


def profile_grades(alignment: XmlElement) -> list[Grade]:
    """Return the points of an alignment's profile with their vertical curves; empty where it has none.

    Raises:
        AlignmentError: A point is no pair of numbers, or the stations do not rise.
    """
    profile = alignment.first("Profile", "ProfAlign")
    points = [] if profile is None else [each for each in profile.children if each.name in CURVE_LENGTHS]
    grades = [_grade(each) for each in points]
    if profile is not None and any(b.station <= a.station for a, b in pairwise(grades)):
        raise AlignmentError(profile, "the stations of its profile do not rise.")
    return grades


# Attributes with the length of a vertical curve, before and behind its point; a symmetrical curve is cut in half.
CURVE_LENGTHS: dict[str, tuple[str, ...]] = {
    "PVI": (),
    "CircCurve": ("length",),
    "ParaCurve": ("length",),
    "UnsymParaCurve": ("lengthIn", "lengthOut"),
}


def _grade(element: XmlElement) -> Grade:
    try:
        station, elevation = numbers_of(element.text)
    except ValueError as error:
        raise AlignmentError(element, f"a {element.name} of its profile is no station and elevation.") from error
    lengths = [_number(element, name) for name in CURVE_LENGTHS[element.name]]
    halves = [lengths[0] / 2, lengths[0] / 2] if len(lengths) == 1 else lengths or [0.0, 0.0]
    return Grade(station, elevation, *halves)
