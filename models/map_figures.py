"""What maps show of each asset in a run, many assets to a row: a tile draws thousands of neighbours at once."""

from __future__ import annotations

from sqlalchemy import ARRAY, BigInteger, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, MunicipalityCode, municipality_check

BLOCK = 32
"""How many asset ids a row has figures of: one more would not make a tile faster, and rows stay far from TOAST."""
UNKNOWN = -1
"""Where an id has no figure, or none is known: no figure is negative, and arrays without nulls are indexed at once."""


class MapFigures(Base):
    """Figures of the assets `block * BLOCK` and on in a run, in the order of their ids.

    They repeat those of `asset_valuation`, rounded as tiles show them. Looking a tile's 2 000 assets up there costs as
    many descents of a B-tree; here neighbours, whose ids follow each other, share one. No foreign key, as there.
    """

    __tablename__ = "map_figures"
    __table_args__ = (municipality_check(),)

    municipality_code: Mapped[MunicipalityCode]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    block: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    condition_thousandths: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    condition_basis: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    repair_backlog_eur: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    needed_backlog_eur: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    avoidable_backlog_eur: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
