"""What is declared once for each asset class: code, number, network, geometry types and quantity."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

POINT = ("POINT",)
LINE = ("LINESTRING", "MULTILINESTRING")
AREA = ("POLYGON", "MULTIPOLYGON")


class Network(StrEnum):
    """The part of the municipality's property that a class belongs to."""

    PROPERTY = "property"
    WATER = "water"
    SEWER = "sewer"
    STORMWATER = "stormwater"
    HEATING = "heating"
    TELECOM = "telecom"
    LIGHTING = "lighting"
    TRANSPORT = "transport"


@dataclass(frozen=True)
class AssetClassInfo:
    """The declaration of an asset class; `quantity` is the public name of the core column `quantity`."""

    code: str
    number: int
    network: Network
    geometry_types: tuple[str, ...]
    quantity: str
    quantity_unit: str
    quantity_source_names: tuple[str, ...] = ()
    materials: type[StrEnum] | None = None
    material_source_names: tuple[str, ...] = field(default=("MATERIAALI", "material"))


class AssetClassRow(Base):
    """The registry in the database, so that SQL and GIS clients can name a class number."""

    __tablename__ = "asset_class"

    asset_class: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(unique=True)
    network: Mapped[str]
    quantity: Mapped[str]
    quantity_unit: Mapped[str]
