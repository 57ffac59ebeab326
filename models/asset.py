"""The core of every asset: one narrow table that all classes share, and its history."""

from __future__ import annotations

import datetime
import decimal
from enum import StrEnum
from typing import Any, ClassVar

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Sequence,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from models.asset_class import AssetClassInfo
from models.attributes import attribute
from models.base import MUNICIPALITY_CODE, Base, MunicipalityCode, municipality_check
from models.municipality import Municipality

ASSET_ID_SEQUENCE = Sequence("asset_id_seq", metadata=Base.metadata)
SRID = 3067
BUILT_YEAR_MIN, BUILT_YEAR_MAX = 1200, 2200


class AssetStatus(StrEnum):
    """Where an asset is in its life."""

    PLANNED = "planned"
    IN_USE = "in_use"
    OUT_OF_USE = "out_of_use"
    DECOMMISSIONED = "decommissioned"


class HeightSystem(StrEnum):
    """A Finnish height system: they differ by some decimetres, by more the further north."""

    N2000 = "N2000"
    N60 = "N60"
    N43 = "N43"
    NN = "NN"


class Asset(Base):
    """One thing that the municipality owns or answers for."""

    __tablename__ = "asset"
    __asset__: ClassVar[AssetClassInfo]

    municipality_code: Mapped[MunicipalityCode]
    asset_id: Mapped[int] = mapped_column(BigInteger, ASSET_ID_SEQUENCE, primary_key=True)
    asset_class: Mapped[int] = mapped_column(SmallInteger, ForeignKey("asset_class.asset_class"))
    name: Mapped[str | None] = attribute("Name", source_names=("NIMI", "name", "nimi"))
    owner: Mapped[str | None] = attribute("Owner", source_names=("OMISTAJA", "owner", "omistaja"))
    status: Mapped[AssetStatus] = attribute("Status in its life")
    built_year: Mapped[int | None] = attribute(
        "Year of completion; unknown is empty",
        unit="a",
        ge=BUILT_YEAR_MIN,
        le=BUILT_YEAR_MAX,
        type_=SmallInteger(),
        source_names=("VALMISTUMISVUOSI", "rakennusvuosi", "year_built"),
    )
    renewed_year: Mapped[int | None] = attribute(
        "Year of the last renewal",
        unit="a",
        ge=BUILT_YEAR_MIN,
        le=BUILT_YEAR_MAX,
        type_=SmallInteger(),
        source_names=("PERUSPARANNUSVUOSI", "saneerausvuosi"),
    )
    quantity: Mapped[float | None] = attribute("Quantity in the unit of the class", ge=0)
    material: Mapped[str | None] = attribute("Material", source_names=("MATERIAALI", "material"))
    replacement_cost_eur: Mapped[decimal.Decimal | None] = attribute(
        "Recorded replacement cost, VAT 0; empty: derived from quantity × unit cost",
        unit="EUR",
        ge=0,
        source_names=("JHA", "jalleenhankinta_arvo"),
    )
    price_level_year: Mapped[int | None] = attribute(
        "Price level of the recorded replacement cost", unit="a", ge=1950, le=2200, type_=SmallInteger()
    )
    criticality: Mapped[int | None] = attribute(
        "Criticality, 1 (minor) to 5 (vital)", ge=1, le=5, type_=SmallInteger(), source_names=("KRIITTISYYS",)
    )
    is_protected: Mapped[bool] = attribute("Protected as heritage", source_names=("SUOJELTU",))
    height_system: Mapped[HeightSystem | None] = attribute(
        "Height system of the levels that the geometry has", source_names=("KORKEUSJARJESTELMA",)
    )
    district_code: Mapped[str | None] = attribute("District in which the asset lies", read_only=True)
    source_system: Mapped[str] = attribute("Source system of the record")
    source_id: Mapped[str | None] = attribute("Identifier in the source system")
    geometry: Mapped[WKBElement | None] = mapped_column(Geometry("GEOMETRY", srid=SRID, spatial_index=False))
    geometry_z: Mapped[WKBElement | None] = mapped_column(
        Geometry("GEOMETRYZ", srid=SRID, dimension=3, spatial_index=False)
    )
    row_version: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime.datetime]

    __mapper_args__ = {"polymorphic_on": "asset_class", "polymorphic_abstract": True}  # noqa: RUF012
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code"], [Municipality.municipality_code]),
        UniqueConstraint("municipality_code", "source_system", "source_id", name="uq_asset_source"),
        municipality_check(),
        CheckConstraint("quantity < 'Infinity'", name="quantity_finite"),
        # A year is checked against the day the row was written: a check must give the same answer for ever.
        CheckConstraint(
            "status = 'planned' OR built_year <= date_part('year', changed_at AT TIME ZONE 'UTC')",
            name="built_year_not_in_future",
        ),
        CheckConstraint("row_version > 0", name="row_version"),
        CheckConstraint("ST_NPoints(geometry_z) = ST_NPoints(geometry)", name="geometry_z_follows_geometry"),
        CheckConstraint("NOT ST_IsEmpty(geometry)", name="geometry_not_empty"),
        Index("ix_asset_class_geometry", "asset_class", "geometry", postgresql_using="gist"),
        # The class first: the first page of a class would otherwise be searched for among the assets of all others.
        Index("ix_asset_class_key", "asset_class", "municipality_code", "asset_id"),
    )


class AssetClassTable:
    """Mixin of every class table: its name, its key, shared with the core, and its polymorphic identity."""

    __asset__: ClassVar[AssetClassInfo]

    @declared_attr.directive
    @classmethod
    def __tablename__(cls) -> str:
        """Return the class code, which is the table's name."""
        return cls.__asset__.code

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Return the class number as the polymorphic identity."""
        return {"polymorphic_identity": cls.__asset__.number}

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        """Return the foreign key to the core and the municipality check."""
        key = ["municipality_code", "asset_id"]
        return (ForeignKeyConstraint(key, [f"asset.{column}" for column in key]), municipality_check())

    @declared_attr
    @classmethod
    def municipality_code(cls) -> Mapped[str]:
        """Return the first half of the key."""
        return mapped_column(MUNICIPALITY_CODE, primary_key=True)

    @declared_attr
    @classmethod
    def asset_id(cls) -> Mapped[int]:
        """Return the second half of the key."""
        return mapped_column(BigInteger, primary_key=True, autoincrement=False)


class AssetVersion(Base):
    """What was changed in an asset's record: written by the service in the transaction of the change.

    `batch_id` names the import that did it; `before_geometry` is the exact shape that an import replaced, as EWKB,
    since the documents round coordinates to the millimetre.
    """

    __tablename__ = "asset_version"
    __table_args__ = (
        municipality_check(),
        # What an import did, page by page; and the edits of people, of which there are few, so that an import finds
        # at once that there are none.
        Index(
            "ix_asset_version_batch",
            "municipality_code",
            "batch_id",
            "asset_id",
            postgresql_where=text("batch_id IS NOT NULL"),
        ),
        Index(
            "ix_asset_version_edit",
            "municipality_code",
            "asset_id",
            "row_version",
            postgresql_where=text("batch_id IS NULL AND before IS NOT NULL"),
        ),
        # What was done since a day; an import is found by its own time.
        Index(
            "ix_asset_version_changed_at",
            "municipality_code",
            "changed_at",
            "asset_id",
            "row_version",
            postgresql_where=text("batch_id IS NULL"),
        ),
    )

    municipality_code: Mapped[MunicipalityCode]
    asset_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    row_version: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    changed_at: Mapped[datetime.datetime]
    changed_by: Mapped[str]
    operation: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    # Not kept of an asset that an import added, while the register itself tells it: service/queries/asset_history.py.
    after: Mapped[dict[str, Any] | None]
    batch_id: Mapped[int | None] = mapped_column(BigInteger)
    before_geometry: Mapped[bytes | None]
    # Not told of what imports write: there it stands once, in the audit's entry of the batch.
    via: Mapped[str | None]
    from_address: Mapped[str | None]
    request_id: Mapped[str | None]
    # Told where no row of the asset tells it: of one that is removed.
    asset_class: Mapped[int | None] = mapped_column(SmallInteger)
