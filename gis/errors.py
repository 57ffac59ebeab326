"""What is wrong with a coordinate system, a bounding box or a geometry, told place by place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class GisFault(NamedTuple):
    """One thing that is wrong with what came in.

    Attributes:
        pointer: JSON pointer from the value that was read, empty for the value itself.
        detail: What is wrong, with the value and what would be right.
    """

    pointer: str
    detail: str


class GisError(ValueError):
    """What came in cannot be read as geography."""

    def __init__(self, faults: Sequence[GisFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.detail for fault in self.faults))


class UnknownCrsError(GisError):
    """The coordinate reference system is not one that is understood here."""


class BboxError(GisError):
    """The bounding box cannot be read."""


class GeometryError(GisError):
    """The geometry cannot be read or is not allowed."""
