"""A part of an unseen file, and how it is to be read: format, layers or sheets, title lines, separator, encoding."""

from __future__ import annotations

import csv
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from service.importers.csv_dialect import SEPARATORS
from service.importers.domain_formats import DOMAIN_READERS, kinds_of
from service.importers.file_kind import check_archive, check_local_file
from service.importers.profile import Profile
from service.importers.read_csv import CsvLayout, read_csv
from service.importers.reading import format_of_name
from service.importers.source_table import SourceTable, unreadable

SAMPLED_ROWS = 50_000
FIRST_BYTES, FIRST_ROWS = 65_536, 30
LEAST_FILLED = 0.6
# Kinds that only a model has: more frequent than its pipes, and seldom things of the register.
MODEL_NODES = {"junctions", "junction", "outfalls", "storage", "sink"}


@dataclass(frozen=True)
class Sample:
    """Rows of a file.

    Attributes:
        table: The rows.
        format: `csv`, `xlsx`, `vector`, or a format of one trade such as `epanet`.
        layer: Layer or sheet that they come from, None where the file has only one.
        other_layers: The file's other layers or sheets.
        csv: What a profile says of the layout of a CSV or of title lines.
        is_whole: Whether these are all rows.
    """

    table: SourceTable
    format: str
    layer: str | None = None
    other_layers: tuple[str, ...] = ()
    csv: dict[str, Any] = field(default_factory=dict)
    is_whole: bool = True


def read_sample(path: Path, layer: str | None = None) -> Sample:
    """Return rows of a file, of a layer or sheet (the first that has rows, unless named).

    Raises:
        UnreadableSourceError: The file cannot be read, or has no such layer.
    """
    readers = {"csv": _read_csv, "xlsx": _read_xlsx, "vector": _read_vector}
    form = format_of_name(path)
    sample = readers[form](path, layer) if form in readers else _read_domain(path, layer, form)
    if not sample.table.columns and sample.table.geometry is None:
        raise unreadable("no_columns", f"The file {path.name} has no columns.")
    return sample


def _read_domain(path: Path, layer: str | None, form: str) -> Sample:
    """Return rows of one kind of thing: the most frequent that is more than a node of a model, unless named."""
    read = partial(Profile, path.stem, path.stem, path.stem, form, ())
    whole = next(iter(DOMAIN_READERS[form](path, read())))
    kinds = kinds_of(whole)
    chosen = layer or next((kind for kind in kinds if kind not in MODEL_NODES), next(iter(kinds), None))
    table = whole if chosen is None else next(iter(DOMAIN_READERS[form](path, read(layer=chosen))))
    return Sample(table, form, chosen, tuple(kind for kind in kinds if kind != chosen))


def _read_csv(path: Path, _layer: str | None) -> Sample:
    check_local_file(path)
    with path.open("rb") as stream:
        lines = stream.read(FIRST_BYTES).decode("latin-1").splitlines()
    separator, title_lines = _header_line(lines)
    table = read_csv(path, CsvLayout(title_lines=title_lines, separator=separator))
    told: dict[str, Any] = {"encoding": table.assumptions["encoding"], "separator": table.assumptions["separator"]}
    if title_lines:
        told["title_lines"] = title_lines
    if table.decimal_comma:
        told["decimal_comma"] = True
    return Sample(table, "csv", csv=told)


def _header_line(lines: Sequence[str]) -> tuple[str | None, int]:
    """Return the separator and the number of lines before the header: the first as wide as most lines are."""
    looked_at = [line for line in lines[:FIRST_ROWS] if line.strip()]
    widths = {
        each: Counter(line.count(each) for line in looked_at).most_common(1)[0] for each in SEPARATORS if looked_at
    }
    if not any(width for width, _ in widths.values()):
        return None, 0
    separator = max(widths, key=lambda each: (widths[each][0] > 0, widths[each][1], widths[each][0]))
    rows = [next(csv.reader([line], delimiter=separator), []) for line in lines[:FIRST_ROWS]]
    widest = max(sum(map(_is_filled, row)) for row in rows)
    wide = (at for at, row in enumerate(rows) if sum(map(_is_filled, row)) >= max(2, LEAST_FILLED * widest))
    return separator, next(wide, 0)


def _read_xlsx(path: Path, layer: str | None) -> Sample:
    # A process that only answers requests never loads openpyxl, which takes 20 MB.
    from service.importers.read_xlsx import read_xlsx  # noqa: PLC0415

    sheets = _sheets(path)
    filled = [name for name, rows in sheets.items() if any(sum(map(_is_filled, row)) > 1 for row in rows)]
    chosen = layer or next(iter(filled), next(iter(sheets)))
    title_lines = _header_row(sheets.get(chosen, []))
    table = read_xlsx(path, sheet=chosen, title_lines=title_lines)
    others = tuple(name for name in filled if name != chosen)
    told = {"title_lines": title_lines} if title_lines else {}
    return Sample(table, "xlsx", chosen if len(sheets) > 1 else None, others, told)


def _sheets(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the first rows of every sheet."""
    import openpyxl  # noqa: PLC0415

    check_local_file(path)
    check_archive(path)
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        rows = {
            sheet.title: list(sheet.iter_rows(values_only=True, max_row=FIRST_ROWS)) for sheet in workbook.worksheets
        }
        workbook.close()
    except (KeyError, ValueError, OSError, SyntaxError, IndexError, EOFError) as error:
        raise unreadable("wrong_format", f"The file {path.name} is not an XLSX workbook.") from error
    return rows


def _header_row(rows: Sequence[tuple[Any, ...]]) -> int:
    """Return the number of rows before the header: the first of texts only that is nearly as wide as the widest."""
    widest = max((sum(map(_is_filled, row)) for row in rows), default=0)
    for at, row in enumerate(rows):
        names = [value for value in row if _is_filled(value)]
        texts = all(isinstance(value, str) for value in names)
        if texts and len(names) >= max(2, LEAST_FILLED * widest) and len(set(names)) == len(names):
            return at
    return 0


def _is_filled(value: Any) -> bool:
    return value is not None and str(value).strip() != ""


def _read_vector(path: Path, layer: str | None) -> Sample:
    # A process that only answers requests never loads GDAL, which takes 25 MB.
    from service.importers.read_vector import read_vector_batches  # noqa: PLC0415

    names = _layers(path)
    chosen, tables = layer, None
    for name in [layer] if layer or not names else names:
        tables = read_vector_batches(path, layer=name, rows_per_batch=SAMPLED_ROWS)
        table = next(tables)
        chosen = name
        if len(table):
            break
    rest = next(tables, None) if tables is not None else None
    others = tuple(name for name in names if name != chosen)
    return Sample(table, "vector", chosen if others else None, others, is_whole=rest is None)


def _layers(path: Path) -> list[str]:
    """Return the names of a map file's layers; none for an archive, and for a file that the reader will refuse."""
    import pyogrio  # noqa: PLC0415

    from service.importers.archives import alone  # noqa: PLC0415
    from service.importers.vector_formats import VECTOR_FORMATS  # noqa: PLC0415
    from service.importers.vector_layers import OWN_TABLES  # noqa: PLC0415

    form = VECTOR_FORMATS.get(path.suffix.lower())
    check_local_file(path)
    if form is None:
        return []
    try:
        with alone(path, form) as main, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of measures and the like, which the reader tells
            return [str(name) for name in pyogrio.list_layers(main)[:, 0] if name not in OWN_TABLES]
    except (pyogrio.errors.DataSourceError, IndexError, ValueError):
        return []
