"""Finnish identifiers: the permanent building id (VTJ-PRT) and the property id (kiinteistötunnus)."""

from __future__ import annotations

import re

BUILDING_ID_PATTERN = "^1[0-9]{8}[0-9A-FHJ-NPR-Y]$"
PROPERTY_ID_PATTERN = "^[0-9]{14}$"
WRITTEN_PROPERTY_ID = "^([0-9]{14}|[0-9]{1,3}-[0-9]{1,3}-[0-9]{1,4}-[0-9]{1,4})$"
MUNICIPALITY_CODE_PATTERN = "^[0-9]{3}$"

_CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_HUMAN_PROPERTY_ID = re.compile(r"^(\d{1,3})-(\d{1,3})-(\d{1,4})-(\d{1,4})$")


def building_id_fault(permanent_building_id: str) -> str | None:
    """Return what is wrong with a VTJ-PRT, or None; the last character is int(first nine) mod 31 (domain.md §2).

    >>> building_id_fault("103515074X")
    >>> building_id_fault("100012345A")
    'check character is A, should be N'
    """
    if not re.match(BUILDING_ID_PATTERN, permanent_building_id):
        return "not ten characters: a 1, eight digits and a check character"
    expected = _CHECK_CHARACTERS[int(permanent_building_id[:9]) % 31]
    given = permanent_building_id[9]
    return None if given == expected else f"check character is {given}, should be {expected}"


def property_id_from_text(text: str) -> str | None:
    """Return the 14 digits of a property id given as `91-1-2-3` or as digits, or None where it is neither.

    >>> property_id_from_text("91-1-2-3")
    '09100100020003'
    """
    human = _HUMAN_PROPERTY_ID.match(text)
    if human:
        first, second, third, fourth = (int(part) for part in human.groups())
        return f"{first:03d}{second:03d}{third:04d}{fourth:04d}"
    return text if re.match(PROPERTY_ID_PATTERN, text) else None


def property_id_as_text(property_id: str) -> str:
    """Return a 14-digit property id in the form that people write.

    >>> property_id_as_text("24500301050006")
    '245-3-105-6'
    """
    parts = property_id[:3], property_id[3:6], property_id[6:10], property_id[10:14]
    return "-".join(str(int(part)) for part in parts)
