"""Mapping profiles of municipalities: how their own files are read, beside the profiles that come with the service."""

from __future__ import annotations

import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, MunicipalityCode, municipality_check


class ImportProfile(Base):
    """A municipality's mapping profile, as the YAML that a person wrote, its comments included."""

    __tablename__ = "import_profile"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code"], ["municipality.municipality_code"]),
        municipality_check(),
        CheckConstraint("name ~ '^[a-z0-9_]{1,100}$'", name="name"),
        CheckConstraint("row_version > 0", name="row_version"),
    )

    municipality_code: Mapped[MunicipalityCode]
    name: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    document: Mapped[str]
    row_version: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime.datetime]
    changed_by: Mapped[str]
