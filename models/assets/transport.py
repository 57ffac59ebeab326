"""Streets, ways, bridges, signs, signals, parking and quays."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped

from models.asset import Asset, AssetClassTable
from models.asset_class import AREA, LINE, POINT, AssetClassInfo, Network
from models.attributes import attribute


class Surface(StrEnum):
    """Wearing course."""

    ASPHALT = "asphalt"
    SOFT_ASPHALT = "soft_asphalt"
    CONCRETE = "concrete"
    PAVING_STONE = "paving_stone"
    GRAVEL = "gravel"
    UNPAVED = "unpaved"
    OTHER = "other"


class StreetSegment(AssetClassTable, Asset):
    """A piece of street between two junctions."""

    __asset__ = AssetClassInfo(
        code="street_segment",
        number=50,
        network=Network.TRANSPORT,
        geometry_types=LINE + AREA,
        quantity="area_m2",
        quantity_unit="m2",
        quantity_source_names=("pinta_ala", "area_sq_ft"),
        materials=Surface,
    )

    digiroad_link_id: Mapped[str | None] = attribute("Digiroad link id", source_names=("link_id",))
    functional_class: Mapped[int | None] = attribute(
        "Functional class (Digiroad 1–9)",
        ge=1,
        le=9,
        type_=SmallInteger(),
        source_names=("toiminn_lk", "functional_class"),
    )
    maintenance_class: Mapped[str | None] = attribute("Winter maintenance class", source_names=("hoitoluokka",))
    length_m: Mapped[float | None] = attribute("Length", unit="m", ge=0, source_names=("pituus", "seg_length_ft"))
    width_m: Mapped[float | None] = attribute("Width", unit="m", ge=0, le=200, source_names=("leveys", "seg_width_ft"))
    lanes: Mapped[int | None] = attribute(
        "Number of lanes", ge=0, le=20, type_=SmallInteger(), source_names=("kaistojen_lkm",)
    )
    daily_traffic_adt: Mapped[int | None] = attribute(
        "Average daily traffic (ADT)", unit="veh/d", ge=0, source_names=("KVL",)
    )
    is_on_bridge: Mapped[bool | None] = attribute("On a bridge", source_names=("silta_alik",))
    street_class: Mapped[str | None] = attribute("Street class as the source gives it", source_names=("func_class",))


class FootAndCycleWay(AssetClassTable, Asset):
    """A way for walking and cycling."""

    __asset__ = AssetClassInfo(
        code="foot_and_cycle_way",
        number=51,
        network=Network.TRANSPORT,
        geometry_types=LINE + AREA,
        quantity="area_m2",
        quantity_unit="m2",
        quantity_source_names=("pinta_ala",),
        materials=Surface,
    )

    digiroad_link_id: Mapped[str | None] = attribute("Digiroad link id", source_names=("link_id",))
    maintenance_class: Mapped[str | None] = attribute("Winter maintenance class", source_names=("hoitoluokka",))
    length_m: Mapped[float | None] = attribute("Length", unit="m", ge=0, source_names=("pituus",))
    width_m: Mapped[float | None] = attribute("Width", unit="m", ge=0, le=200, source_names=("leveys", "seg_width_ft"))


class BridgeMaterial(StrEnum):
    """Main material of the superstructure."""

    CONCRETE = "concrete"
    PRESTRESSED_CONCRETE = "prestressed_concrete"
    STEEL = "steel"
    TIMBER = "timber"
    STONE = "stone"
    OTHER = "other"


class Bridge(AssetClassTable, Asset):
    """A bridge, for any traffic."""

    __asset__ = AssetClassInfo(
        code="bridge",
        number=52,
        network=Network.TRANSPORT,
        geometry_types=POINT + LINE + AREA,
        quantity="deck_area_m2",
        quantity_unit="m2",
        quantity_source_names=("kannen_ala",),
        materials=BridgeMaterial,
    )

    structure_type: Mapped[str | None] = attribute("Structure type", source_names=("rakennetyyppi",))
    load_limit_t: Mapped[float | None] = attribute("Load limit", unit="t", ge=0, source_names=("painorajoitus",))
    span_m: Mapped[float | None] = attribute("Longest span", unit="m", ge=0)
    length_m: Mapped[float | None] = attribute("Length", unit="m", ge=0)
    daily_traffic_adt: Mapped[int | None] = attribute(
        "Average daily traffic (ADT)", unit="veh/d", ge=0, source_names=("KVL",)
    )


class TrafficSign(AssetClassTable, Asset):
    """A traffic sign with its support."""

    __asset__ = AssetClassInfo(
        code="traffic_sign",
        number=53,
        network=Network.TRANSPORT,
        geometry_types=POINT,
        quantity="count",
        quantity_unit="pcs",
    )

    sign_code: Mapped[str | None] = attribute("Code by the Road Traffic Act", source_names=("merkkikoodi",))


class TrafficSignal(AssetClassTable, Asset):
    """Traffic signals of a junction or crossing."""

    __asset__ = AssetClassInfo(
        code="traffic_signal",
        number=54,
        network=Network.TRANSPORT,
        geometry_types=POINT,
        quantity="count",
        quantity_unit="pcs",
    )

    controller_type: Mapped[str | None] = attribute("Type of the controller")


class ParkingFacility(AssetClassTable, Asset):
    """A parking area, garage or terminal for vehicles or bicycles."""

    __asset__ = AssetClassInfo(
        code="parking_facility",
        number=55,
        network=Network.TRANSPORT,
        geometry_types=POINT + AREA,
        quantity="places",
        quantity_unit="pcs",
        quantity_source_names=("autopaikat",),
    )

    is_for_bicycles: Mapped[bool | None] = attribute("For bicycles")
    charging_points: Mapped[int | None] = attribute("Charging points", ge=0, le=5000, type_=SmallInteger())


class Quay(AssetClassTable, Asset):
    """A quay or pier."""

    __asset__ = AssetClassInfo(
        code="quay",
        number=56,
        network=Network.TRANSPORT,
        geometry_types=LINE + AREA + POINT,
        quantity="length_m",
        quantity_unit="m",
        quantity_source_names=("pituus",),
    )

    water_depth_m: Mapped[float | None] = attribute("Water depth", unit="m", ge=0, le=50)
