"""How long texts may be that the register takes, over any interface."""

from __future__ import annotations

LONGEST_TEXT, LONGEST_CODE = 4000, 200
_CODES = ("source_system", "source_id", "owner")


def longest_text(name: str) -> int:
    """Return how many characters a text of an attribute may have."""
    return LONGEST_CODE if name in _CODES else LONGEST_TEXT
