"""What the sheets of exported workbooks are called."""

from __future__ import annotations

from service.exporters.labels import table_label

LONGEST_NAME = 31
_NOT_IN_A_NAME = str.maketrans(dict.fromkeys(r"[]:*?/\\", " "))


def sheet_of_table(language: str, code: str) -> str:
    """Return the name of a table's sheet: at most 31 characters, none of them a bracket or slash."""
    return table_label(language, code).translate(_NOT_IN_A_NAME)[:LONGEST_NAME].strip()
