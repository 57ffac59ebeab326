"""KuntaGML buildings (KRYSP rakennusvalvonta 2.1 and 2.2): what is known of the building itself, and where it stands.

Format: http://www.paikkatietopalvelu.fi/gml/rakennusvalvonta, element ValmisRakennus. Owners, applicants and the other
persons that the format has are never read: personal data have no place in the register.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from pyproj.exceptions import CRSError

from service.importers.gml_shapes import GmlError, GmlShape, gml_shape
from service.importers.source_table import SourceTable, object_column, unreadable
from service.importers.xml_stream import XmlElement, xml_elements
from service.operations.import_report import ImportFault, Severity

BUILDING, DELIVERY = "ValmisRakennus", "toimituksenTiedot"
ROWS_PER_TABLE = 5000
FINNISH, SWEDISH = "fi", "sv"
# Columns that stand in the building's details under their own names, and the path to each.
DETAILS: dict[str, tuple[str, ...]] = {
    "valtakunnallinenNumero": ("rakennustunnus", "valtakunnallinenNumero"),
    "kiinttun": ("rakennustunnus", "kiinttun"),
    "rakennusnro": ("rakennustunnus", "rakennusnro"),
    "kayttotarkoitus": ("kayttotarkoitus",),
    "rakennusluokka": ("rakennusluokka",),
    "tilavuus": ("tilavuus",),
    "kokonaisala": ("kokonaisala",),
    "kellarinpinta-ala": ("kellarinpinta-ala",),
    "kerrosluku": ("kerrosluku",),
    "kerrosala": ("kerrosala",),
    "rakentamistapa": ("rakentamistapa",),
    "rakennusaine": ("kantavaRakennusaine", "rakennusaine"),
    "julkisivumateriaali": ("julkisivu", "julkisivumateriaali"),
    "energialuokka": ("energialuokka",),
    "paloluokka": ("paloluokka",),
    "lammitystapa": ("lammitystapa",),
    "polttoaine": ("lammonlahde", "polttoaine"),
}
COLUMNS = (
    "yksilointitieto", "alkuHetki", *DETAILS, "olotila", "kunta",
    "osoite", "osoite_sv", "postinumero", "postitoimipaikannimi",
)  # fmt: skip


@dataclass
class _Found:
    """Buildings that were read and wait to be given on, in the coordinate system of the first that has a place."""

    values: list[dict[str, str | None]] = field(default_factory=list)
    shapes: list[Any] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    faults: list[ImportFault] = field(default_factory=list)
    crs: str | None = None

    def add(self, row: int, values: dict[str, str | None], shape: GmlShape | None) -> None:
        """Take down a building."""
        self.shapes.append(None if shape is None else self._in_one_system(shape))
        self.values.append(values)
        self.rows.append(row)

    def _in_one_system(self, shape: GmlShape) -> Any:
        self.crs = self.crs or shape.crs
        if shape.crs in {None, self.crs}:
            return shape.shape
        try:
            change = Transformer.from_crs(shape.crs, self.crs, always_xy=True).transform
        except CRSError as error:
            raise GmlError(f"The coordinate system {shape.crs} is not known.") from error
        return shapely.transform(shape.shape, lambda places: np.column_stack(change(places[:, 0], places[:, 1])))

    def taken(self) -> SourceTable:
        """Return the waiting buildings as a table, and wait for more."""
        shaped = any(shape is not None for shape in self.shapes)
        table = SourceTable(
            columns={name: object_column([values.get(name) for values in self.values]) for name in COLUMNS},
            row_numbers=np.array(self.rows, dtype=np.int64),
            geometry=object_column(self.shapes) if shaped else None,
            crs=self.crs,
            faults=tuple(self.faults),
            assumptions={} if self.crs is None else {"crs": self.crs},
        )
        self.values, self.shapes, self.rows, self.faults = [], [], [], []
        return table


def read_kuntagml(path: Path) -> Iterator[SourceTable]:
    """Yield the completed buildings, numbered in the order of the file, in tables of some thousands.

    Columns carry the names of the format's elements, as text; `osoite` is the Finnish address, or the only one there
    is, `osoite_sv` the Swedish one. Geometry is the footprint where there is one, otherwise the point.

    Raises:
        UnreadableSourceError: Not whole XML, or no KuntaGML with completed buildings.
    """
    found = _Found()
    row, municipality = 0, None
    for element in xml_elements(path, {BUILDING, DELIVERY}):
        if element.name == DELIVERY:
            municipality = element.value("kuntakoodi")
            continue
        row += 1
        _read_building(element, row, municipality, found)
        if row % ROWS_PER_TABLE == 0:
            yield found.taken()
    if not row:
        raise unreadable("wrong_format", f"The file {path.name} has no completed buildings of KuntaGML.")
    if row % ROWS_PER_TABLE:
        yield found.taken()


def _read_building(element: XmlElement, row: int, municipality: str | None, found: _Found) -> None:
    building = element.first("rakennustieto", "Rakennus") or XmlElement("", {}, element.line)
    details = building.first("rakennuksenTiedot") or XmlElement("", {}, element.line)
    values = {name: details.value(*path) for name, path in DETAILS.items()}
    values |= {name: building.value(name) for name in ("yksilointitieto", "alkuHetki")}
    values["olotila"] = element.value("olotilamuutostieto", "Olotila", "olotila")
    values |= _address(details, municipality)
    try:
        found.add(row, values, _shape(building))
    except GmlError as error:
        detail = f"{error} (line {element.line})"
        found.faults.append(ImportFault(row, None, None, "geometry", Severity.ERROR, detail))


def _shape(building: XmlElement) -> GmlShape | None:
    places = [place for holder in building.all("sijaintitieto") for place in holder.all("Sijainti")]
    shapes = [each for place in places for name in ("alue", "piste") for each in place.all(name)]
    shapes.sort(key=lambda holder: holder.name != "alue")
    return next((gml_shape(child) for holder in shapes for child in holder.children), None)


def _address(details: XmlElement, municipality: str | None) -> dict[str, str | None]:
    """Return the building's own address, or that of its first flat, without stairwell and flat number."""
    flats = [flat for holder in details.all("asuinhuoneistot") for flat in holder.all("valmisHuoneisto")]
    addresses = [*details.all("osoite"), *(address for flat in flats[:1] for address in flat.all("osoite"))]
    address = addresses[0] if addresses else XmlElement("", {}, details.line)
    names = {each.attributes.get("lang", ""): each.text.strip() for each in _names(address) if each.text.strip()}
    finnish = names.get(FINNISH) or names.get("") or next(iter(names.values()), None)
    number = _house_number(address)
    return {
        "kunta": address.value("kunta") or municipality,
        "osoite": _joined(finnish, number),
        "osoite_sv": _joined(names.get(SWEDISH), number),
        "postinumero": address.value("postinumero"),
        "postitoimipaikannimi": address.value("postitoimipaikannimi"),
    }


def _names(address: XmlElement) -> list[XmlElement]:
    return [text for name in address.all("osoitenimi") for text in name.all("teksti")]


def _house_number(address: XmlElement) -> str:
    """Return number and letter as SFS 4175 writes them: `2–3 a–b`."""
    pairs = [[address.value(name), address.value(f"{name}2")] for name in ("osoitenumero", "jakokirjain")]
    return " ".join("–".join(part for part in pair if part) for pair in pairs if any(pair))


def _joined(name: str | None, number: str) -> str | None:
    return None if name is None else f"{name} {number}".strip()
