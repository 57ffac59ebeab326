"""How exact a transformation between two coordinate systems is, as its publisher states it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache

from pyproj.transformer import TransformerGroup

from gis.crs import TM35FIN, Crs
from gis.errors import GisFault, UnknownCrsError


@dataclass(frozen=True)
class Accuracy:
    """The transformation that is used.

    Attributes:
        metres: Its accuracy, 0 where only the projection changes; None where its publisher states none.
        operation: Its name in the EPSG register.
        better: Name of a more exact one whose grid is not installed here, None where there is none.
    """

    metres: float | None
    operation: str
    better: str | None = None


@lru_cache(maxsize=64)
def accuracy_of(source: Crs, target: Crs = TM35FIN) -> Accuracy:
    """Return how exact the transformation from one system to another is.

    Raises:
        UnknownCrsError: There is none but a ballpark one, which takes two different datums for the same.
    """
    if source.code == target.code:
        return Accuracy(0.0, "none needed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the grid that is missing: it is told instead
        group = TransformerGroup(source.code, target.code, always_xy=True, allow_ballpark=False)
    if not group.transformers:
        detail = f"No transformation of known accuracy leads from {source.name} to {target.name}."
        raise UnknownCrsError([GisFault("", detail)])
    best = group.transformers[0]
    metres = best.accuracy if best.accuracy is not None and best.accuracy >= 0 else None
    better = None if group.best_available else group.unavailable_operations[0].name
    return Accuracy(metres, best.description, better)
