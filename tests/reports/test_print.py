"""The PDF prints the figures of the JSON with its fonts in it, on numbered pages, the same bytes each time."""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from service.errors import FormUnavailable, MalformedRequest
from service.reports.as_pdf import MOST_ROWS, report_pdf
from service.reports.report import Report

weasyprint = pytest.importorskip("weasyprint", reason="Pango's libraries are not here", exc_type=OSError)


def streams(pdf: bytes) -> list[bytes]:
    found = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    return [zlib.decompressobj().decompress(each) if each[:1] == b"\x78" else each for each in found]


def drawn_text(pdf: bytes) -> str:
    """Return the text on all pages, glyphs turned back into characters by the fonts' own tables."""
    maps = [each.decode("latin-1") for each in streams(pdf) if b"begincmap" in each]
    glyphs: dict[str, str] = {}
    for each in maps:
        for glyph, character in re.findall(r"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>", each):
            glyphs.setdefault(glyph.lower(), bytes.fromhex(character).decode("utf-16-be"))
    shown = [each.decode("latin-1") for each in streams(pdf) if b" Tf" in each or b"\nTf" in each]
    codes = re.findall(r"<([0-9a-fA-F]+)>", " ".join(shown))
    return "".join(glyphs.get(code[at : at + 4].lower(), "") for code in codes for at in range(0, len(code), 4))


@pytest.fixture(scope="module")
def backlog(demo_report: Callable[..., Report]) -> Report:
    return demo_report("backlog", "condition_class")


@pytest.fixture(scope="module")
def printed(backlog: Report) -> dict[str, bytes]:
    """The report as PDF by language, drawn once."""
    return {language: report_pdf(backlog, language) for language in ("fi", "sv", "en")}


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_page_is_a4_and_the_fonts_are_in_the_file(printed: dict[str, bytes], language: str) -> None:
    pdf = printed[language]
    boxes = re.findall(rb"/MediaBox \[([\d. ]+)\]", b"".join([pdf, *streams(pdf)]))
    assert len(boxes) >= 2
    assert {tuple(round(float(each)) for each in box.split()) for box in boxes} == {(0, 0, 842, 595)}
    assert b"/FontFile2" in b"".join([pdf, *streams(pdf)])


def test_the_pages_show_the_totals_of_the_json_and_what_they_rest_on(
    backlog: Report, printed: dict[str, bytes]
) -> None:
    words = drawn_text(printed["en"]).replace(" ", "")
    total = backlog.tables[0].total or {}
    for name in ("replacement_cost_eur", "repair_backlog_eur", "needed_backlog_eur", "avoidable_backlog_eur"):
        assert f"{total[name]:,.0f}" in words
    assert "Page1/" in words
    assert str(backlog.run["input_hash"]) in words


def test_finnish_and_swedish_letters_are_drawn(printed: dict[str, bytes]) -> None:
    words = drawn_text(printed["fi"]).replace("\u00ad", "").replace(" ", "")
    assert "vältettävissäoleva" in words.lower()
    assert "åäö" in "".join(sorted(set(drawn_text(printed["sv"])) & set("åäö"), key="åäö".index))


def test_the_same_report_prints_the_same_bytes(backlog: Report, printed: dict[str, bytes]) -> None:
    assert report_pdf(backlog, "sv") == printed["sv"]


def test_where_the_libraries_are_missing_the_answer_says_so(backlog: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(FormUnavailable, match="Pango"):
        report_pdf(backlog, "en")


def test_a_report_too_long_to_print_is_refused_with_the_formats_that_hold_it(backlog: Report) -> None:
    [table, *_] = backlog.tables
    long = replace(backlog, tables=[replace(table, rows=table.rows * (MOST_ROWS // len(table.rows) + 1))])
    with pytest.raises(MalformedRequest, match="xlsx or csv"):
        report_pdf(long, "en")
