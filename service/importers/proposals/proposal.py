"""A proposed profile as values: what each column becomes, how sure that is and why; the document that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.importers.proposals.notes import Note, certainty

NO_CLASS = "choose_a_class"
ATTRIBUTE, KEY, CONDITION, DAY, PLACE, MUNICIPALITY, KIND = (
    "attribute",
    "key",
    "condition",
    "condition_day",
    "geometry",
    "municipality",
    "kind",
)
PERSONAL, UNMAPPED, EMPTY = "personal", "unmapped", "empty"


@dataclass(frozen=True)
class ColumnUse:
    """What a column of the file becomes.

    Attributes:
        column: The column.
        role: `attribute`, `key`, `condition`, `condition_day`, `geometry`, `municipality`, `kind`, `personal` (left
            out), `unmapped` or `empty`.
        attribute: The attribute, where it is one.
        score: How sure this is, 0–1.
        notes: Why.
        alternatives: Other columns that this could come from.
        samples: Some values; none of personal data.
    """

    column: str
    role: str
    attribute: str | None = None
    score: float = 0.0
    notes: tuple[Note, ...] = ()
    alternatives: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()

    def as_dict(self, language: str) -> dict[str, Any]:
        """Return the use as JSON."""
        return {
            "column": self.column,
            "role": self.role,
            "attribute": self.attribute,
            "certainty": certainty(self.score) if self.role not in {UNMAPPED, EMPTY} else None,
            "reasons": [each.text(language) for each in self.notes],
            "alternatives": list(self.alternatives),
            "samples": list(self.samples),
        }


@dataclass(frozen=True)
class ProposedTarget:
    """One target with its rows and values.

    Attributes:
        target: Asset class, record table or `choose_a_class`.
        document: What the profile says of it, but for the values.
        values: Mapping by attribute.
        uses: Use of the column by attribute, for the comments.
        notes: Why this target.
        key_notes: Why this key.
    """

    target: str
    document: Mapping[str, Any]
    values: Mapping[str, Mapping[str, Any]]
    uses: Mapping[str, ColumnUse] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    key_notes: tuple[Note, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the target as the profile's document has it."""
        return {
            "target": self.target,
            **self.document,
            "values": {name: dict(each) for name, each in self.values.items()},
        }


@dataclass(frozen=True)
class Proposal:
    """A profile for an unseen file.

    Attributes:
        head: What the profile says before its targets: name, title, format and so on.
        targets: The targets.
        columns: What becomes of every column of the file.
        notes: What concerns the profile as a whole.
        head_notes: Notes by member of the head.
        other_layers: The file's other layers or sheets.
        class_candidates: Classes with their scores, the likeliest first.
    """

    head: Mapping[str, Any]
    targets: tuple[ProposedTarget, ...]
    columns: tuple[ColumnUse, ...]
    notes: tuple[Note, ...]
    head_notes: Mapping[str, tuple[Note, ...]]
    other_layers: tuple[str, ...]
    class_candidates: tuple[tuple[str, float], ...]

    @property
    def document(self) -> dict[str, Any]:
        """Return the profile as a document."""
        return {**self.head, "targets": [target.as_dict() for target in self.targets]}

    @property
    def name(self) -> str:
        """Return the profile's name."""
        return str(self.head["name"])

    @property
    def is_complete(self) -> bool:
        """Return whether a class was decided, so that the profile can be used as it stands."""
        return all(target.target != NO_CLASS for target in self.targets)
