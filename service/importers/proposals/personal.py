"""Columns of personal data, which no proposal takes."""

from __future__ import annotations

from service.importers.proposals.column_facts import ColumnFacts
from service.importers.proposals.matching import heading_score
from service.importers.proposals.vocabulary import role_words

PERSONAL_PATTERNS = {"email", "phone", "person_id"}
LEAST_HEADING = 0.85


def is_personal(facts: ColumnFacts) -> bool:
    """Return whether a column holds personal data by its values or its heading."""
    named = heading_score(facts, role_words("personal", "headings")) >= LEAST_HEADING
    return facts.pattern in PERSONAL_PATTERNS or (named and facts.kind in {"text", "number", "empty"})
