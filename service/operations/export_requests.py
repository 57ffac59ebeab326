"""What may be asked of an export, checked against the register: every fault is told."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gis.crs import CRS84
from models.registry import ASSET_CLASSES
from service.catalogues import LANGUAGES
from service.errors import Fault, InvalidData
from service.exporters.formats import FORMATS, ExportFormat
from service.filters.reading import read_filter
from service.filters.text import CQL2_TEXT
from service.queries.export_rows import ExportSelection, select_asset_ids
from service.queries.export_tables import OF_ASSETS, export_tables
from service.queries.municipalities import district_codes, municipality_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from service.queries.feature_conditions import Filter

ARCHIVE = "archive"
FORMAT_NAMES = (*FORMATS, ARCHIVE)
SRIDS = (3067, 4326, *range(3873, 3886))
"""Systems that files may be written in: ETRS-TM35FIN, WGS 84 and the ETRS-GK zones."""

LONGEST_FILTER = 4000


@dataclass(frozen=True)
class ExportRequest:
    """What is to be exported.

    Attributes:
        municipality_code: The municipality.
        format: One of `FORMAT_NAMES`.
        classes: Asset classes; all where none is named.
        district_code: Only assets of this district.
        filter: CQL2 text that assets must meet; its coordinates are longitude and latitude.
        with_records: Whether components, assessments and so on go along; None: unless classes are named.
        language: Language of headings, styles and explanations.
        srid: EPSG code of the coordinates; None takes the format's own.
        for_excel: CSV as Excel opens it in Finland: semicolons and decimal commas.
        as_columns: CSV with the columns easting and northing instead of WKT.
        with_runs: Whether an archive holds runs with their results.
        as_of: Assets as they were at the end of this day, `2026-12-31`, with the figures of then; None: as they are.
    """

    municipality_code: str
    format: str
    classes: tuple[str, ...] = ()
    district_code: str | None = None
    filter: str | None = None
    with_records: bool | None = None
    language: str = "fi"
    srid: int | None = None
    for_excel: bool = False
    as_columns: bool = False
    with_runs: bool = True
    as_of: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out of the register."""
        return not self.classes and self.district_code is None and self.filter is None and self.as_of is None

    @property
    def takes_records(self) -> bool:
        """Whether records go along."""
        if self.with_records is None:
            return not self.classes and self.as_of is None
        return self.with_records

    @property
    def day(self) -> datetime.date | None:
        """The day whose assets are asked for; raises `ValueError` where it is none."""
        return None if self.as_of is None else datetime.date.fromisoformat(self.as_of)


@dataclass
class _Faults:
    found: list[Fault] = field(default_factory=list)

    def add(self, parameter: str, detail: str) -> None:
        """Note a fault, each once: a filter is read for every class."""
        told = f"The filter cannot be used: {detail}" if parameter == "filter" else detail
        fault = Fault(f"/{parameter}", told)
        if fault not in self.found:
            self.found.append(fault)


@dataclass(frozen=True)
class Asked:
    """A request that was found to be sound, as of a snapshot.

    Attributes:
        names: Names of the municipality by language.
        filters: The filter as it was read onto each class.
    """

    names: Mapping[str, str]
    filters: Mapping[str, Filter]


def check_request(connection: Connection, request: ExportRequest) -> Asked:
    """Return what a request means in the register.

    Raises:
        InvalidData: With every fault: an unknown municipality, format, class, district, language or system, a filter
            that cannot be read or that a class has not the properties for.
    """
    faults = _Faults()
    names = municipality_names(connection, request.municipality_code)
    if names is None:
        faults.add("municipality_code", f"'{request.municipality_code[:20]}' is not a municipality of the register.")
    _check_words(request, faults)
    if request.district_code is not None and names is not None:
        known = district_codes(connection, request.municipality_code)
        if request.district_code not in known:
            told = ", ".join(known) or "it has none"
            faults.add("district", f"'{request.district_code[:40]}' is not a district of the municipality: {told}.")
    filters = _filters(request, faults)
    if faults.found or names is None:
        raise InvalidData("The export cannot be made as it is asked for.", faults.found)
    return Asked(names, filters)


def _check_words(request: ExportRequest, faults: _Faults) -> None:
    if request.format not in FORMAT_NAMES:
        faults.add("format", f"'{request.format[:40]}' is not a format of exports: {', '.join(FORMAT_NAMES)}.")
    for code in request.classes:
        if code not in ASSET_CLASSES:
            faults.add("classes", f"'{code[:60]}' is not an asset class: {', '.join(ASSET_CLASSES)}.")
    if request.language not in LANGUAGES:
        faults.add("language", f"'{request.language[:20]}' is not a language: {', '.join(LANGUAGES)}.")
    if request.srid is not None and request.srid not in SRIDS:
        faults.add("srid", f"{request.srid} is not a system of exports: {', '.join(map(str, SRIDS))}.")
    if request.format == ARCHIVE and not request.is_whole:
        faults.add("format", "An archive holds the whole register: no class, district, filter or day goes with it.")
    if request.as_of is not None:
        _check_day(request, faults)


def _check_day(request: ExportRequest, faults: _Faults) -> None:
    try:
        datetime.date.fromisoformat(request.as_of or "")
    except ValueError:
        faults.add("as_of", f"'{str(request.as_of)[:40]}' is not a day as 2026-12-31.")
    if request.with_records:
        faults.add("records", "Of an earlier day only assets are exported, with their figures of then.")


def _filters(request: ExportRequest, faults: _Faults) -> dict[str, Filter]:
    """Return the filter read onto each class: they have different properties."""
    if request.filter is None:
        return {}
    if len(request.filter) > LONGEST_FILTER:
        faults.add("filter", f"A filter has at most {LONGEST_FILTER} characters.")
        return {}
    read = {}
    for code in request.classes or ASSET_CLASSES:
        collection = export_tables()[code].collection if code in ASSET_CLASSES else None
        if collection is not None:
            read[code] = read_filter(collection, request.filter, CQL2_TEXT, CRS84, faults)
    return {code: each for code, each in read.items() if each is not None}


def selections(connection: Connection, request: ExportRequest, filters: Mapping[str, Filter]) -> list[ExportSelection]:
    """Return what to read of each table, in the order of the tables."""
    municipality = request.municipality_code
    if request.is_whole and request.takes_records:
        return [ExportSelection(code, municipality) for code in export_tables()]
    assets = [
        ExportSelection(code, municipality, request.district_code, filters.get(code), as_of=request.day)
        for code in request.classes or ASSET_CLASSES
    ]
    if not request.takes_records:
        return assets
    ids = [number for each in assets for number in select_asset_ids(connection, each)]
    return [*assets, *(ExportSelection(code, municipality, asset_ids=ids) for code in OF_ASSETS)]


def format_of(request: ExportRequest) -> ExportFormat:
    """Return the format of a request that is not for an archive."""
    return FORMATS[request.format]
