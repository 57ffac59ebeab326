"""Names of persons in answers: shown to those who are known themselves, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import g

NAMES = frozenset(
    {"changed_by", "recorded_by", "created_by", "requested_by", "imported_by", "undone_by", "assessor", "holder"}
)
"""Members of documents that hold them."""


def with_names_for_the_known(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document, without the names in it where it is read by nobody that is known."""
    if g.get("principal") is not None:
        return dict(document)
    return {name: None if name in NAMES else value for name, value in document.items()}


def fields_for_the_known(changes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what attributes were before and after, without names where that is read by nobody that is known."""
    unnamed = {"before": None, "after": None}
    is_known = g.get("principal") is not None
    return [dict(each) if is_known or each["attribute"] not in NAMES else {**each, **unnamed} for each in changes]
