"""Drinking water, waste water and stormwater: pipes and their points."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped

from models.asset import Asset, AssetClassTable
from models.asset_class import AREA, LINE, POINT, AssetClassInfo, Network
from models.attributes import attribute


class PipeMaterial(StrEnum):
    """Pipe wall material."""

    CAST_IRON = "cast_iron"
    DUCTILE_IRON = "ductile_iron"
    STEEL = "steel"
    COPPER = "copper"
    CONCRETE = "concrete"
    VITRIFIED_CLAY = "vitrified_clay"
    ASBESTOS_CEMENT = "asbestos_cement"
    PVC = "pvc"
    PE = "pe"
    PP = "pp"
    GRP = "grp"
    OTHER = "other"


class WaterMain(AssetClassTable, Asset):
    """Pressurised drinking-water pipe between two nodes."""

    __asset__ = AssetClassInfo(
        code="water_main",
        number=10,
        network=Network.WATER,
        geometry_types=LINE,
        quantity="length_m",
        quantity_unit="m",
        quantity_source_names=("pituus", "Shape__Length", "length"),
        materials=PipeMaterial,
    )

    nominal_diameter_mm: Mapped[int | None] = attribute(
        "Nominal diameter DN", unit="mm", ge=10, le=6000, source_names=("DN", "PIPE_SIZE", "halkaisija")
    )
    depth_m: Mapped[float | None] = attribute("Depth of cover", unit="m", ge=0, le=100, source_names=("syvyys",))
    is_lined: Mapped[bool | None] = attribute("Relined", source_names=("LINED",))
    pressure_zone: Mapped[str | None] = attribute("Pressure zone", source_names=("PRESSURE_ZONE", "painepiiri"))
    from_node_id: Mapped[str | None] = attribute("Source id of the start node", source_names=("FROM_NODE", "alkusolmu"))
    to_node_id: Mapped[str | None] = attribute("Source id of the end node", source_names=("TO_NODE", "loppusolmu"))


class Sewer(AssetClassTable, Asset):
    """Gravity or pressure sewer for waste water."""

    __asset__ = AssetClassInfo(
        code="sewer",
        number=11,
        network=Network.SEWER,
        geometry_types=LINE,
        quantity="length_m",
        quantity_unit="m",
        quantity_source_names=("pituus", "Shape__Length", "length"),
        materials=PipeMaterial,
    )

    nominal_diameter_mm: Mapped[int | None] = attribute(
        "Nominal diameter DN", unit="mm", ge=10, le=6000, source_names=("DN", "PIPE_SIZE", "halkaisija")
    )
    depth_m: Mapped[float | None] = attribute("Depth of cover", unit="m", ge=0, le=100, source_names=("syvyys",))
    is_pressurised: Mapped[bool | None] = attribute("Pressure sewer", source_names=("paineviemari",))
    from_node_id: Mapped[str | None] = attribute("Source id of the start node", source_names=("FROM_NODE", "alkusolmu"))
    to_node_id: Mapped[str | None] = attribute("Source id of the end node", source_names=("TO_NODE", "loppusolmu"))


class StormwaterSewer(AssetClassTable, Asset):
    """Sewer for rain and melt water."""

    __asset__ = AssetClassInfo(
        code="stormwater_sewer",
        number=12,
        network=Network.STORMWATER,
        geometry_types=LINE,
        quantity="length_m",
        quantity_unit="m",
        quantity_source_names=("pituus", "Shape__Length", "length"),
        materials=PipeMaterial,
    )

    nominal_diameter_mm: Mapped[int | None] = attribute(
        "Nominal diameter DN", unit="mm", ge=10, le=6000, source_names=("DN", "PIPE_SIZE", "halkaisija")
    )
    depth_m: Mapped[float | None] = attribute("Depth of cover", unit="m", ge=0, le=100, source_names=("syvyys",))
    from_node_id: Mapped[str | None] = attribute("Source id of the start node", source_names=("FROM_NODE", "alkusolmu"))
    to_node_id: Mapped[str | None] = attribute("Source id of the end node", source_names=("TO_NODE", "loppusolmu"))


class ManholeNetwork(StrEnum):
    """The network that a manhole belongs to."""

    SEWER = "sewer"
    STORMWATER = "stormwater"
    WATER = "water"


class Manhole(AssetClassTable, Asset):
    """Access to a sewer, stormwater sewer or water main."""

    __asset__ = AssetClassInfo(
        code="manhole",
        number=13,
        network=Network.SEWER,
        geometry_types=POINT,
        quantity="count",
        quantity_unit="pcs",
    )

    serves_network: Mapped[ManholeNetwork | None] = attribute("Network it belongs to")
    depth_m: Mapped[float | None] = attribute("Depth of cover", unit="m", ge=0, le=100, source_names=("syvyys",))
    cover_level_m: Mapped[float | None] = attribute("Level of the cover, N2000", unit="m", ge=-10, le=1400)


class Valve(AssetClassTable, Asset):
    """Valve of a water main."""

    __asset__ = AssetClassInfo(
        code="valve",
        number=14,
        network=Network.WATER,
        geometry_types=POINT,
        quantity="count",
        quantity_unit="pcs",
    )

    nominal_diameter_mm: Mapped[int | None] = attribute(
        "Nominal diameter DN", unit="mm", ge=10, le=6000, source_names=("DN", "PIPE_SIZE", "halkaisija")
    )
    is_open: Mapped[bool | None] = attribute("Normally open")


class Hydrant(AssetClassTable, Asset):
    """Fire hydrant."""

    __asset__ = AssetClassInfo(
        code="hydrant",
        number=15,
        network=Network.WATER,
        geometry_types=POINT,
        quantity="count",
        quantity_unit="pcs",
    )

    flow_l_per_min: Mapped[float | None] = attribute("Measured flow", unit="l/min", ge=0)


class PumpStation(AssetClassTable, Asset):
    """Pump station for water, waste water or stormwater."""

    __asset__ = AssetClassInfo(
        code="pump_station",
        number=16,
        network=Network.SEWER,
        geometry_types=POINT + AREA,
        quantity="count",
        quantity_unit="pcs",
    )

    serves_network: Mapped[ManholeNetwork | None] = attribute("Network it belongs to")
    design_flow_m3_per_h: Mapped[float | None] = attribute(
        "Design flow", unit="m3/h", ge=0, source_names=("mitoitusvirtaama",)
    )
    pumps: Mapped[int | None] = attribute("Number of pumps", ge=0, le=50, type_=SmallInteger())
