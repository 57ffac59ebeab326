"""The coordinate system of a file: as it says, as the profile or the caller says, or guessed and then confirmed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.accuracy import accuracy_of
from gis.crs import TM35FIN, Crs
from gis.crs_guess import CrsGuess, guess_crs, sampled, share_inside
from gis.crs_matching import KnownCrs, known_crs
from gis.errors import UnknownCrsError
from service.importers.fault_log import FaultLog
from service.importers.source_table import UnreadableSourceError, Values, unreadable
from service.operations.import_report import ImportFault, Severity
from service.operations.municipality_areas import IN_FINLAND, Area

MOST, FEW = 0.9, 0.1
SHOWN = 80
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SettledCrs:
    """The system of all coordinates of a file.

    Attributes:
        crs: The system.
        swapped: True where northing or latitude comes first.
    """

    crs: Crs
    swapped: bool = False


@dataclass
class CrsChoice:
    """Settles the coordinate system of one import at the first coordinates that it sees.

    Attributes:
        area: Where the coordinates must lie, for a guess.
        named: The system that the caller names, which stands above what the file says.
        confirmed: True where the caller accepts a guess; a dry run goes on with an unconfirmed one.
        dry_run: Whether nothing is written.
        assumptions: What was settled, for the report.
        height_system: N2000, N60, N43 or NN, in which the levels stand; None where the file says none.
    """

    area: Area = IN_FINLAND
    named: str | None = None
    confirmed: bool = False
    dry_run: bool = True
    assumptions: dict[str, str] = field(default_factory=dict)
    settled: SettledCrs | None = None
    height_system: str | None = None

    def settle(self, shapes: Values, told: str | None, stated: str | None, log: FaultLog) -> SettledCrs:
        """Return the system of the shapes.

        Args:
            shapes: Shapely geometries in the file's coordinates; where none has any, nothing is settled.
            told: What the file says.
            stated: What the profile says.
            log: Takes warnings: of a guess that goes on, of a caller who contradicts the file.

        Raises:
            UnreadableSourceError: Not known, contradictory, not to be guessed, or a guess that nobody confirmed.
        """
        coordinates = sampled(shapely.get_coordinates(shapes))
        if self.settled is None and len(coordinates):
            self.settled = self._settled(coordinates, told, stated, log)
        return self.settled or SettledCrs(TM35FIN)

    def _settled(self, coordinates: Floats, told: str | None, stated: str | None, log: FaultLog) -> SettledCrs:
        text = self.named or told or stated
        if text is None:
            guess = self._guess(coordinates)
            why = "The file does not say its coordinate system; by its coordinates"
            self._ask(guess, f"{why} ({_extent(coordinates)}) it is {guess}: they lie {self.area.name}.", log)
            return self._tell(KnownCrs(guess.crs), "guessed from the coordinates", swapped=guess.swapped)
        known = _known(text)
        self._compare(known, told, stated, log)
        origin = "the caller" if self.named else "the file" if told else "the profile"
        swapped = _is_swapped(known.crs, coordinates)
        if swapped:
            guess = CrsGuess(known.crs, swapped=True, share=1.0)
            why = f"{origin.capitalize()} says {known.crs.code} of the coordinates ({_extent(coordinates)})"
            self._ask(guess, f"{why}; they lie in Finland only as {guess}.", log)
        by = f"{origin}, by its parameters" if known.by_parameters else origin
        return self._tell(known, by, swapped=swapped)

    def _guess(self, coordinates: Floats) -> CrsGuess:
        guesses = guess_crs(coordinates, self.area.shape)
        seen = f"The file does not say its coordinate system, and its coordinates ({_extent(coordinates)}) lie"
        if not guesses:
            detail = f"{seen} {self.area.name} in none of the systems that are used in Finland. Name the system."
            raise unreadable("crs_unknown", detail)
        if len(guesses) > 1:
            listed = " or ".join(map(str, guesses))
            raise unreadable("crs_ambiguous", f"{seen} {self.area.name} in {listed}. Name the system.")
        return guesses[0]

    def _ask(self, guess: CrsGuess, why: str, log: FaultLog) -> None:
        """Warn of a guess that is confirmed or of a dry run; refuse any other."""
        if not (self.confirmed or self.dry_run):
            detail = f"{why} Confirm this (confirm_crs), or name the system (crs)."
            raise UnreadableSourceError(
                ImportFault(None, None, guess.crs.code, "crs_unconfirmed", Severity.ERROR, detail)
            )
        log.add(ImportFault(None, None, guess.crs.code, "crs_guessed", Severity.WARNING, why))

    def _compare(self, known: KnownCrs, told: str | None, stated: str | None, log: FaultLog) -> None:
        """Warn where the caller contradicts the file, refuse where the profile does."""
        if self.named and told and not _same(known, _known(told)):
            detail = f"The file says the coordinate system {_short(told)}; {self.named} was named and is used."
            log.add(ImportFault(None, None, told[:SHOWN], "crs_overridden", Severity.WARNING, detail))
        if not self.named and told and stated and not _same(known, _known(stated)):
            raise unreadable("crs_conflict", f"The file says {_short(told)}, the profile {stated}.")

    def _tell(self, known: KnownCrs, origin: str, *, swapped: bool) -> SettledCrs:
        try:
            accuracy = accuracy_of(known.crs)
        except UnknownCrsError as error:
            raise unreadable("crs_accuracy", str(error)) from error
        metres = "of unstated accuracy" if accuracy.metres is None else f"{accuracy.metres:g} m"
        better = f"; more exact, but without its grid here: {accuracy.better}" if accuracy.better else ""
        shown = known.crs.code if known.crs.srid else known.crs.name
        self.assumptions |= {
            "crs": shown,
            "crs_origin": origin,
            "crs_accuracy": f"{metres} ({accuracy.operation}{better})",
            "crs_axes": "northing or latitude first" if swapped else "easting or longitude first",
        }
        self.use_heights(known.height_system)
        return SettledCrs(known.crs, swapped)

    def use_heights(self, system: str | None) -> None:
        """Take a height system that the file says, the first one that it does."""
        if system is not None and self.height_system is None:
            self.height_system = self.assumptions["height_system"] = system


def _known(text: str) -> KnownCrs:
    try:
        return known_crs(text)
    except UnknownCrsError as error:
        raise unreadable("crs_unknown", str(error)) from error


def _same(one: KnownCrs, other: KnownCrs) -> bool:
    if one.crs.code == other.crs.code:
        return True
    first, second = CRS.from_user_input(one.crs.code), CRS.from_user_input(other.crs.code)
    return bool(first.equals(second, ignore_axis_order=True))


def _short(text: str) -> str:
    return _known(text).crs.code[:SHOWN]


def _is_swapped(crs: Crs, coordinates: Floats) -> bool:
    """Return whether the coordinates lie in Finland only if northing comes first."""
    straight = share_inside(coordinates, crs, IN_FINLAND.shape)
    return straight < FEW and share_inside(coordinates, crs, IN_FINLAND.shape, swapped=True) >= MOST


def _extent(coordinates: Floats) -> str:
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    ranges: list[Any] = [f"{name} {a:.12g}–{b:.12g}" for name, a, b in zip("xy", low, high, strict=True)]
    return ", ".join(ranges)
