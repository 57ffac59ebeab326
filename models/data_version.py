"""How often what maps show was changed: by which clients learn whether what they have is still so."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, MunicipalityCode, municipality_check


class DataVersion(Base):
    """Version of a municipality's assets and areas: greater after each transaction that wrote any of them.

    Written by the service last in that transaction, so that nobody waits long for the row. Valuations do not write
    it: which run is the newest finished one is known by the runs.
    """

    __tablename__ = "data_version"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code"], ["municipality.municipality_code"]),
        municipality_check(),
        CheckConstraint("version > 0", name="version"),
    )

    municipality_code: Mapped[MunicipalityCode]
    version: Mapped[int] = mapped_column(BigInteger)
