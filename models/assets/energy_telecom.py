"""District heating, telecom and street lighting."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped

from models.asset import Asset, AssetClassTable
from models.asset_class import LINE, POINT, AssetClassInfo, Network
from models.attributes import attribute


class HeatPipeMaterial(StrEnum):
    """Construction of a district heating pipe."""

    SINGLE_PIPE_STEEL = "single_pipe_steel"
    TWIN_PIPE_STEEL = "twin_pipe_steel"
    DUCT_STEEL = "duct_steel"
    PLASTIC = "plastic"
    OTHER = "other"


class DistrictHeatingPipe(AssetClassTable, Asset):
    """Supply and return pipe of the district heating network, counted as one trench."""

    __asset__ = AssetClassInfo(
        code="district_heating_pipe",
        number=20,
        network=Network.HEATING,
        geometry_types=LINE,
        quantity="length_m",
        quantity_unit="m",
        quantity_source_names=("pituus", "Shape__Length", "length"),
        materials=HeatPipeMaterial,
    )

    nominal_diameter_mm: Mapped[int | None] = attribute(
        "Nominal diameter DN", unit="mm", ge=10, le=6000, source_names=("DN", "PIPE_SIZE", "halkaisija")
    )
    depth_m: Mapped[float | None] = attribute("Depth of cover", unit="m", ge=0, le=100, source_names=("syvyys",))
    from_node_id: Mapped[str | None] = attribute("Source id of the start node", source_names=("FROM_NODE", "alkusolmu"))
    to_node_id: Mapped[str | None] = attribute("Source id of the end node", source_names=("TO_NODE", "loppusolmu"))


class HeatExchanger(AssetClassTable, Asset):
    """Heat exchanger or substation of the district heating network."""

    __asset__ = AssetClassInfo(
        code="heat_exchanger",
        number=21,
        network=Network.HEATING,
        geometry_types=POINT,
        quantity="count",
        quantity_unit="pcs",
    )

    thermal_power_kw: Mapped[float | None] = attribute("Thermal power", unit="kW", ge=0)


class CableMaterial(StrEnum):
    """Conductor of a cable."""

    FIBRE = "fibre"
    COPPER = "copper"
    ALUMINIUM = "aluminium"
    OTHER = "other"


class TelecomCable(AssetClassTable, Asset):
    """Telecom cable, mostly fibre."""

    __asset__ = AssetClassInfo(
        code="telecom_cable",
        number=30,
        network=Network.TELECOM,
        geometry_types=LINE,
        quantity="length_m",
        quantity_unit="m",
        quantity_source_names=("pituus", "Shape__Length", "length"),
        materials=CableMaterial,
    )

    fibre_count: Mapped[int | None] = attribute(
        "Number of fibres", ge=1, le=4000, type_=SmallInteger(), source_names=("kuitumaara",)
    )
    from_node_id: Mapped[str | None] = attribute("Source id of the start node", source_names=("FROM_NODE", "alkusolmu"))
    to_node_id: Mapped[str | None] = attribute("Source id of the end node", source_names=("TO_NODE", "loppusolmu"))


class TelecomDuct(AssetClassTable, Asset):
    """Duct in which cables are laid."""

    __asset__ = AssetClassInfo(
        code="telecom_duct",
        number=31,
        network=Network.TELECOM,
        geometry_types=LINE,
        quantity="length_m",
        quantity_unit="m",
        quantity_source_names=("pituus", "Shape__Length", "length"),
    )

    ways: Mapped[int | None] = attribute("Number of pipes in the duct", ge=1, le=200, type_=SmallInteger())
    from_node_id: Mapped[str | None] = attribute("Source id of the start node", source_names=("FROM_NODE", "alkusolmu"))
    to_node_id: Mapped[str | None] = attribute("Source id of the end node", source_names=("TO_NODE", "loppusolmu"))


class TelecomNode(AssetClassTable, Asset):
    """Cabinet, mast or equipment room of the telecom network."""

    __asset__ = AssetClassInfo(
        code="telecom_node",
        number=32,
        network=Network.TELECOM,
        geometry_types=POINT,
        quantity="count",
        quantity_unit="pcs",
    )

    max_speed_mbit_per_s: Mapped[float | None] = attribute("Highest speed offered", unit="Mbit/s", ge=0)


class LightingCable(AssetClassTable, Asset):
    """Cable of the street lighting."""

    __asset__ = AssetClassInfo(
        code="lighting_cable",
        number=40,
        network=Network.LIGHTING,
        geometry_types=LINE,
        quantity="length_m",
        quantity_unit="m",
        quantity_source_names=("pituus", "Shape__Length", "length"),
        materials=CableMaterial,
    )

    from_node_id: Mapped[str | None] = attribute("Source id of the start node", source_names=("FROM_NODE", "alkusolmu"))
    to_node_id: Mapped[str | None] = attribute("Source id of the end node", source_names=("TO_NODE", "loppusolmu"))


class ColumnMaterial(StrEnum):
    """Material of a lighting column."""

    STEEL = "steel"
    ALUMINIUM = "aluminium"
    TIMBER = "timber"
    CONCRETE = "concrete"
    COMPOSITE = "composite"
    OTHER = "other"


class LampType(StrEnum):
    """Light source."""

    LED = "led"
    HIGH_PRESSURE_SODIUM = "high_pressure_sodium"
    METAL_HALIDE = "metal_halide"
    MERCURY = "mercury"
    OTHER = "other"


class LightingColumn(AssetClassTable, Asset):
    """Street-lighting column with its luminaires."""

    __asset__ = AssetClassInfo(
        code="lighting_column",
        number=41,
        network=Network.LIGHTING,
        geometry_types=POINT,
        quantity="count",
        quantity_unit="pcs",
        materials=ColumnMaterial,
    )

    lamp_type: Mapped[LampType | None] = attribute("Light source", source_names=("lamppu",))
    power_w: Mapped[float | None] = attribute("Power of the luminaires", unit="W", ge=0)
    height_m: Mapped[float | None] = attribute("Height", unit="m", ge=0, le=60)
