"""Buildings, playgrounds, sports grounds and parks."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, SmallInteger
from sqlalchemy.orm import Mapped

from models.asset import Asset, AssetClassTable
from models.asset_class import AREA, POINT, AssetClassInfo, Network
from models.attributes import attribute
from models.identifiers import BUILDING_ID_PATTERN, PROPERTY_ID_PATTERN


class BuildingMaterial(StrEnum):
    """Material of the load-bearing structure."""

    CONCRETE = "concrete"
    BRICK = "brick"
    STEEL = "steel"
    TIMBER = "timber"
    OTHER = "other"


class HeatingMethod(StrEnum):
    """How the heat is distributed in a building."""

    WATER = "water"
    AIR = "air"
    ELECTRIC = "electric"
    STOVE = "stove"
    NONE = "none"


class HeatSource(StrEnum):
    """Source of the heat or fuel."""

    DISTRICT_HEATING = "district_heating"
    OIL = "oil"
    GAS = "gas"
    ELECTRICITY = "electricity"
    WOOD = "wood"
    PEAT = "peat"
    COAL = "coal"
    GROUND_SOURCE = "ground_source"
    OTHER = "other"


class EnergyClass(StrEnum):
    """Class of the energy performance certificate."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"
    G = "G"


class Building(AssetClassTable, Asset):
    """A building of the municipality."""

    __asset__ = AssetClassInfo(
        code="building",
        number=1,
        network=Network.PROPERTY,
        geometry_types=POINT + AREA,
        quantity="gross_floor_area_m2",
        quantity_unit="m2",
        quantity_source_names=("gross_floor_area", "bruttoala", "kerrosala"),
        materials=BuildingMaterial,
        material_source_names=("material_of_load_bearing_structures", "rakennusaine"),
    )

    permanent_building_id: Mapped[str | None] = attribute(
        "Permanent building id (VTJ-PRT)",
        pattern=BUILDING_ID_PATTERN,
        source_names=("permanent_building_identifier", "VTJ_PRT", "rakennustunnus"),
    )
    property_id: Mapped[str | None] = attribute(
        "Property id (kiinteistötunnus), 14 digits",
        pattern=PROPERTY_ID_PATTERN,
        source_names=("property_identifier", "kiinteistotunnus"),
    )
    building_class: Mapped[str | None] = attribute(
        "Use by the Building Classification 2018, two to four digits",
        pattern="^[0-9]{2,4}$",
        source_names=("main_purpose", "kayttotarkoitus"),
    )
    volume_m3: Mapped[float | None] = attribute("Volume", unit="m3", ge=0, source_names=("volume", "tilavuus"))
    storeys: Mapped[int | None] = attribute(
        "Number of storeys", ge=0, le=200, type_=SmallInteger(), source_names=("number_of_storeys", "kerrosluku")
    )
    heating_method: Mapped[HeatingMethod | None] = attribute("Heating method", source_names=("heating_method",))
    heat_source: Mapped[HeatSource | None] = attribute("Heat source", source_names=("heating_energy_source",))
    energy_class: Mapped[EnergyClass | None] = attribute("Energy class", source_names=("energialuokka",))
    address: Mapped[str | None] = attribute("Address", source_names=("addr", "osoite"))


_CHECK_CHARACTER = (
    "substr('0123456789ABCDEFHJKLMNPRSTUVWXY', mod(left(permanent_building_id, 9)::bigint, 31)::int + 1, 1)"
    " = right(permanent_building_id, 1)"
)
Building.__table__.append_constraint(  # type: ignore[attr-defined]
    CheckConstraint(
        f"CASE WHEN permanent_building_id ~ '{BUILDING_ID_PATTERN}' THEN {_CHECK_CHARACTER} END",
        name="permanent_building_id_check_character",
    )
)


class Playground(AssetClassTable, Asset):
    """A playground with its equipment."""

    __asset__ = AssetClassInfo(
        code="playground",
        number=2,
        network=Network.PROPERTY,
        geometry_types=POINT + AREA,
        quantity="area_m2",
        quantity_unit="m2",
        quantity_source_names=("pinta_ala",),
    )

    maintenance_class: Mapped[str | None] = attribute("Maintenance class of green areas", source_names=("Hoitoluokka",))
    green_area: Mapped[str | None] = attribute(
        "Green area to which it belongs", source_names=("viheralueen_nimi_tunnus",)
    )
    contractor: Mapped[str | None] = attribute("Maintenance contractor", source_names=("kunnossapitaja", "Hoitaja"))


class SportsGround(AssetClassTable, Asset):
    """An outdoor sports ground."""

    __asset__ = AssetClassInfo(
        code="sports_ground",
        number=3,
        network=Network.PROPERTY,
        geometry_types=POINT + AREA,
        quantity="area_m2",
        quantity_unit="m2",
        quantity_source_names=("pinta_ala",),
    )

    sport: Mapped[str | None] = attribute("Main sport", source_names=("laji",))
    is_lit: Mapped[bool | None] = attribute("Has lighting", source_names=("valaistus",))


class Park(AssetClassTable, Asset):
    """A park or another green area under care."""

    __asset__ = AssetClassInfo(
        code="park",
        number=4,
        network=Network.PROPERTY,
        geometry_types=AREA + POINT,
        quantity="area_m2",
        quantity_unit="m2",
        quantity_source_names=("pinta_ala",),
    )

    maintenance_class: Mapped[str | None] = attribute(
        "Maintenance class", source_names=("hoitoluokka", "viheralueen_kayttoluokka")
    )
    maintenance_classification: Mapped[str | None] = attribute(
        "Version of the classification, e.g. RAMS 2020: A1 means two things in the old and the new"
    )
