"""What was imported: one row for each import that was applied."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Sequence
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, MunicipalityCode, municipality_check

IMPORT_BATCH_ID_SEQUENCE = Sequence("import_batch_id_seq", metadata=Base.metadata)


class ImportBatch(Base):
    """An applied import with its counts and its check report."""

    __tablename__ = "import_batch"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code"], ["municipality.municipality_code"]),
        municipality_check(),
    )

    municipality_code: Mapped[MunicipalityCode]
    batch_id: Mapped[int] = mapped_column(BigInteger, IMPORT_BATCH_ID_SEQUENCE, primary_key=True)
    profile: Mapped[str]
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    imported_at: Mapped[datetime.datetime]
    imported_by: Mapped[str]
    added: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    faulty: Mapped[int]
    report: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime.datetime | None]
    undone_by: Mapped[str | None]
    undo_report: Mapped[dict[str, Any] | None]


class ImportChange(Base):
    """A record, other than an asset, that an import added or changed; assets have their versions.

    `key` holds the columns that find the record, `before` and `after` all its columns, shapes as hexadecimal EWKB.
    """

    __tablename__ = "import_change"
    __table_args__ = (municipality_check(),)

    municipality_code: Mapped[MunicipalityCode]
    batch_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    change_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    target: Mapped[str]
    operation: Mapped[str]
    key: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
