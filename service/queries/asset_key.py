"""The key of an asset and its public form: one id in REST, GeoJSON and tiles."""

from __future__ import annotations

import re
from dataclasses import dataclass

ASSET_ID_PATTERN = "[0-9]{3}-[1-9][0-9]{0,17}"


@dataclass(frozen=True)
class AssetKey:
    """Municipality and number of an asset."""

    municipality_code: str
    asset_id: int

    def __str__(self) -> str:
        """Return the public id."""
        return f"{self.municipality_code}-{self.asset_id}"


def parse_asset_key(text: str) -> AssetKey | None:
    """Return the key of a public id, or None where the text is none.

    >>> parse_asset_key("091-1234")
    AssetKey(municipality_code='091', asset_id=1234)
    """
    if not re.fullmatch(ASSET_ID_PATTERN, text, re.ASCII):
        return None
    municipality_code, asset_id = text.split("-")
    return AssetKey(municipality_code, int(asset_id))
