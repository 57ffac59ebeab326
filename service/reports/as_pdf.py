"""A report in print: the HTML on A4 by WeasyPrint, with page numbers, repeated headings and vector charts."""

from __future__ import annotations

from typing import Any

from service.catalogues import text
from service.errors import Fault, FormUnavailable, MalformedRequest
from service.reports.as_html import TEMPLATES, report_html, tables_on_page
from service.reports.report import Report
from service.reports.told import told_run

MOST_ROWS = 1000  # some 60 pages: more is for a workbook, and would keep a worker busy for long


def report_pdf(report: Report, language: str) -> bytes:
    """Return the report as PDF with its fonts in it; the same report gives the same bytes.

    Raises:
        MalformedRequest: the report has more than 1000 rows on its pages.
        FormUnavailable: the libraries of Pango are not installed.
    """
    rows = sum(len(table.rows) for table in tables_on_page(report))
    if rows > MOST_ROWS:
        detail = f"A PDF holds up to {MOST_ROWS} rows and this report has {rows}: group by less, or take xlsx or csv."
        raise MalformedRequest(detail, [Fault("format", detail)])
    style = (TEMPLATES / "print.css").read_text("utf-8")
    style = style.replace("PAGE", text(language, "report.page")).replace("RUN", told_run(report, language))
    page = _weasyprint().HTML(string=report_html(report, language, style), url_fetcher=_nothing)
    pdf: bytes = page.write_pdf()
    return pdf


def _weasyprint() -> Any:
    try:
        import weasyprint  # noqa: PLC0415 -- 50 MB, which only a process that prints need hold
    except (ImportError, OSError) as error:
        raise FormUnavailable("PDF needs the libraries of Pango, which are not installed here.") from error
    return weasyprint


def _nothing(url: str, *_: Any, **__: Any) -> dict[str, Any]:
    """Fetch nothing: a report has all that it shows in itself."""
    raise ValueError(url)
