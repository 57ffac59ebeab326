"""A report names the use of buildings; a class without a name in the catalogues stays its code."""

from __future__ import annotations

import pytest

from service.reports.report import Kind, ReportColumn
from service.reports.shown import shown

USE = ReportColumn("use", Kind.TEXT)


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [("0810", "fi", "0810 Päiväkodit"), ("0741", "sv", "0741 Simhallar"), ("9999", "en", "9999")],
)
def test_the_use_of_buildings_is_named_in_the_readers_language(code: str, language: str, name: str) -> None:
    assert shown(code, USE, language) == name
