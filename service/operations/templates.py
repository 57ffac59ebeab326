"""Forms of asset classes to be filled in: headings, code lists and explanations, empty or with the present assets."""

from __future__ import annotations

import datetime
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.errors import InvalidData
from service.exporters.contents import ExportTerms, TableRows, as_form
from service.exporters.formats import FORMATS, TM35FIN, ZIP
from service.queries.export_rows import Content, ExportSelection, look_at_rows, read_export_rows
from service.queries.export_tables import export_tables
from service.queries.municipalities import municipality_names

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from service.database import Database

TEMPLATE_FORMATS = ("xlsx", "csv")


@dataclass(frozen=True)
class TemplateRequest:
    """What form is wanted.

    Attributes:
        asset_class: Code of the class.
        format: `xlsx`, or `csv`: a ZIP archive of the form, its columns and its codes.
        language: Language of headings and explanations.
        municipality_code: Fill it with this municipality's assets of the class; None leaves it empty.
        for_excel: CSV with semicolons and decimal commas.
    """

    asset_class: str
    format: str
    language: str = "fi"
    municipality_code: str | None = None
    for_excel: bool = False

    @property
    def file_name(self) -> str:
        """Return what the file is to be called."""
        return f"{self.asset_class}.{'xlsx' if self.format == 'xlsx' else 'csv.zip'}"

    @property
    def media_type(self) -> str:
        """Return what the file is."""
        return FORMATS["xlsx"].media_type if self.format == "xlsx" else ZIP


def write_template(database: Database, request: TemplateRequest, path: Path) -> int:
    """Write a form into a file and return the number of assets in it; unchanged, it imports without a change.

    Raises:
        InvalidData: There is no such municipality.
    """
    table = export_tables()[request.asset_class]
    with ExitStack() as opened:
        rows, municipality = TableRows(table, Content(), lambda: iter(())), None
        if request.municipality_code is not None:
            connection = opened.enter_context(database.reading())
            rows, municipality = _filled(connection, request, request.municipality_code)
        terms = ExportTerms(
            municipality=municipality,
            language=request.language,
            srid=TM35FIN,
            for_excel=request.for_excel,
            as_columns=False,
            with_explanations=True,
            losses=(),
            written_on=datetime.datetime.now(datetime.UTC).date(),
        )
        FORMATS[request.format].write(path, [as_form(rows)], terms)
    return rows.content.rows


def _filled(connection: Connection, request: TemplateRequest, municipality_code: str) -> tuple[TableRows, str]:
    names = municipality_names(connection, municipality_code)
    if names is None:
        raise InvalidData(f"'{municipality_code[:20]}' is not a municipality of the register.")
    selection = ExportSelection(request.asset_class, municipality_code)
    rows = TableRows(
        export_tables()[request.asset_class],
        look_at_rows(connection, selection),
        lambda: read_export_rows(connection, selection, f"EPSG:{TM35FIN}"),
    )
    return rows, names[request.language]
