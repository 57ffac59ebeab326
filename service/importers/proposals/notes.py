"""What a proposal says to people: how sure it is and why, in the three languages of the catalogues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.catalogues import text

SURE, LIKELY = 0.85, 0.65


@dataclass(frozen=True)
class Note:
    """A sentence of the catalogues, `proposal.{code}`, with its values."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """Return the sentence in a language."""
        return text(language, f"proposal.{self.code}", **self.values)


def note(code: str, /, **values: object) -> Note:
    """Return a note with its values."""
    return Note(code, values)


def certainty(score: float) -> str:
    """Return how sure a score is: `sure`, `likely` or `guess`."""
    return "sure" if score >= SURE else "likely" if score >= LIKELY else "guess"


def listed(values: list[str], most: int = 6) -> str:
    """Return some of the values as a list in a sentence."""
    return ", ".join(values[:most]) + (", …" if len(values) > most else "")
