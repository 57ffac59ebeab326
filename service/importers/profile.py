"""A mapping profile as values: what a file's columns mean to the register. The data are in profiles/*.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.importers.read_csv import CsvLayout

Scalar = str | int | float | bool | None
# A column that the import makes; see Profile.number_within.
NUMBER = "@number"

# Formats of one trade each, with shapes of their own; see domain_formats.py for their readers.
NETWORKS_AND_MODELS = ("kuntagml", "inframodel", "epanet", "swmm", "pandapipes")


@dataclass(frozen=True)
class ValueMapping:
    """How one attribute comes from the file. Steps run in the order of the attributes below.

    Attributes:
        column: Source column.
        columns: Several source columns, joined.
        join: Text between joined columns.
        constant: The same value in every row; excludes columns.
        unknown: Values of the column that mean unknown, beside the profile's own.
        uri_tail: Keep what follows the last slash.
        capture: Regular expression whose first group is kept; no match is unknown.
        codes: Value of the register by code of the file, upper and lower case alike unless the list tells them apart;
            None means unknown.
        other_codes: What to do with a code that `codes` does not list: `fault`, `unknown` or `keep`.
        prefix: Text put before.
        suffix: Text put after.
        date_format: strptime format of a date; ISO dates need none.
        part: `year` takes the year of a date.
        unit: Unit in the file where it differs from the register's, by its name in `units.UNIT_FACTORS`.
        factor: Number to multiply with.
        round: Round to a whole number.
        decimals: Digits to round to after a conversion.
        default: Value where the file has none.
        required: A row without a value is faulty.
    """

    column: str | None = None
    columns: tuple[str, ...] = ()
    join: str = " "
    constant: Scalar = None
    unknown: tuple[str, ...] = ()
    uri_tail: bool = False
    capture: str | None = None
    codes: Mapping[str, Scalar] | None = None
    other_codes: str = "fault"
    prefix: str = ""
    suffix: str = ""
    date_format: str | None = None
    part: str | None = None
    unit: str | None = None
    factor: float = 1.0
    round: bool = False
    decimals: int | None = None
    default: Scalar = None
    required: bool = False

    @property
    def source_columns(self) -> tuple[str, ...]:
        """Return the columns of the file that the value is made of."""
        return (self.column,) if self.column else self.columns


@dataclass(frozen=True)
class RowFilter:
    """Rows to keep, by the values of one column.

    Attributes:
        column: Source column.
        within: Values to keep; None is an empty cell.
        not_within: Values to leave out.
        matches: Regular expression that is found in the values to keep, upper and lower case alike.
    """

    column: str
    within: tuple[str | None, ...] | None = None
    not_within: tuple[str | None, ...] | None = None
    matches: str | None = None


@dataclass(frozen=True)
class FillWithin:
    """Columns whose figure stands on one row of a group only: the group's first value goes to all its rows."""

    columns: tuple[str, ...]
    within: tuple[str, ...]


@dataclass(frozen=True)
class OnePer:
    """Take one row per group: the first, or the one with the greatest value of a column.

    Attributes:
        columns: Columns that rows of a group share.
        newest_by: Column whose greatest value is taken.
        date_format: strptime format of that column, where it holds dates that do not sort as text.
        either_direction: Rows of a group share their line too, drawn one way or the other: a directed graph of streets
            has every street of two ways twice.
    """

    columns: tuple[str, ...] = ()
    newest_by: str | None = None
    date_format: str | None = None
    either_direction: bool = False


@dataclass(frozen=True)
class Unpivot:
    """Turn columns into rows: each listed column becomes a row with its constants and its figure.

    Attributes:
        value: Attribute that takes the figure.
        columns: Constants (attribute → value) by source column.
    """

    value: str
    columns: Mapping[str, Mapping[str, Scalar]]


@dataclass(frozen=True)
class TargetMapping:
    """Rows for one table of the register.

    Attributes:
        target: An asset class, or a record table such as `condition_assessment` or `population_forecast`.
        key: Source columns that make the source id of an asset or district, joined with `/`.
        hashed_key: For a file without ids: columns (a name, say; or none) that make the source id together with the
            place, as a digest. What is moved or renamed is then another asset.
        asset_key: Source columns that name the asset which a record belongs to.
        asset_missing: What a record is whose asset is not in the register: `fault`, or `warning` (kept without it).
        successive: A record is valid until the next of its asset and service begins.
        values: How each attribute comes from the file.
        where: Filters beside the profile's.
        one_per: One row per group, where a file repeats an object.
        unpivot: Columns into rows.
    """

    target: str
    key: tuple[str, ...] = ()
    hashed_key: tuple[str, ...] | None = None
    asset_key: tuple[str, ...] = ()
    asset_missing: str = "fault"
    values: Mapping[str, ValueMapping] = field(default_factory=dict)
    where: tuple[RowFilter, ...] = ()
    one_per: OnePer | None = None
    unpivot: Unpivot | None = None
    successive: bool = False

    @property
    def source_columns(self) -> set[str]:
        """Return every column of the file that the target reads."""
        names = {*self.key, *(self.hashed_key or ()), *self.asset_key, *(rule.column for rule in self.where)}
        names.update(*(value.source_columns for value in self.values.values()))
        if self.one_per is not None:
            names.update(self.one_per.columns, filter(None, [self.one_per.newest_by]))
        return names if self.unpivot is None else names | set(self.unpivot.columns)


@dataclass(frozen=True)
class GeometrySource:
    """Where geometry comes from when the file is a table, and which points mean unknown.

    Attributes:
        x: Column of the easting or longitude.
        y: Column of the northing or latitude.
        wkt: Column of a geometry as text, instead of x and y.
        crs: Coordinate system of these columns, or of a file that says none; where the file says another, a fault.
        unknown_points: Coordinates that mean unknown, such as 0, 0.
        taken: False where the file's coordinates are of no place in Finland, such as those of a benchmark network:
            its things are registered without a place.
        required: A row without a place is faulty; else it is kept without one, and told where columns give places.
    """

    x: str | None = None
    y: str | None = None
    wkt: str | None = None
    crs: str | None = None
    unknown_points: tuple[tuple[float, float], ...] = ()
    taken: bool = True
    required: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that give the geometry, none where it stands in the file by itself."""
        return tuple(name for name in (self.x, self.y, self.wkt) if name is not None)


@dataclass(frozen=True)
class MunicipalitySource:
    """The column that names the municipality, and how: `number` (91), `code` (091), `ku` (KU091) or `name`.

    Attributes:
        column: Source column.
        style: How it is written.
        codes: Codes of the file that are not municipalities of their own, such as `SSS: "000"`.
    """

    column: str
    style: str
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """One kind of file.

    Attributes:
        name: Name by which it is called.
        title: One line for people.
        source_system: Identifies the origin in the register; unique ids are kept within it.
        format: `csv`, `vector`, `xlsx`, `jsonstat`, or one of `NETWORKS_AND_MODELS`; or `any`: told by the file's name.
            Then columns of coordinates are only needed where the file has no geometry of its own.
        targets: What the rows become, in the order of writing.
        layer: Layer or sheet, the first when None; of networks and models one kind of thing, all when None.
        encoding: Encoding of a vector file's text.
        csv: Layout of a CSV or of the title lines of a sheet.
        geometry: Geometry source.
        municipality: Where the file names the municipality; None when the caller names it.
        unknown: Values that mean unknown in any column.
        where: Row filters for every target.
        fill: Figures to carry to all rows of a group.
        number_within: For a file that does not tell its things apart, such as twin bridges: columns within whose equal
            values rows are numbered 1, 2 …; keys take the number as the column `@number`.
        column_names: Other names that a column may have in other files of the same kind, such as the ten characters
            that a Shapefile leaves of it.
    """

    name: str
    title: str
    source_system: str
    format: str
    targets: tuple[TargetMapping, ...]
    layer: str | None = None
    encoding: str | None = None
    csv: CsvLayout = field(default_factory=CsvLayout)
    geometry: GeometrySource = field(default_factory=GeometrySource)
    municipality: MunicipalitySource | None = None
    unknown: tuple[str, ...] = ()
    where: tuple[RowFilter, ...] = ()
    fill: FillWithin | None = None
    number_within: tuple[str, ...] = ()
    column_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def source_columns(self) -> set[str]:
        """Return every column of the file that the profile reads, those of the geometry apart."""
        fill = () if self.fill is None else (*self.fill.columns, *self.fill.within)
        place = () if self.municipality is None else (self.municipality.column,)
        names = {*fill, *place, *self.number_within, *(rule.column for rule in self.where)}
        return names.union(*(target.source_columns for target in self.targets)) - {NUMBER}

    @property
    def needs_whole_file(self) -> bool:
        """Return whether rows are grouped, so that no part of a file can be mapped without the rest."""
        return (
            self.fill is not None
            or bool(self.number_within)
            or any(target.one_per is not None or target.successive for target in self.targets)
        )

    @property
    def takes_geometry(self) -> bool:
        """Return whether rows can have a geometry at all."""
        with_shapes = self.format in {"vector", "any", *NETWORKS_AND_MODELS}
        return self.geometry.taken and (with_shapes or bool(self.geometry.columns))
