"""Where a value comes from."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Source(Base):
    """A publication, data set or decision that a parameter or an import rests on."""

    __tablename__ = "source"

    source_id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    reference: Mapped[str | None]
    licence: Mapped[str | None]
    is_demo: Mapped[bool]
