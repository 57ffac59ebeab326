"""What was imported: one row for each import that was applied."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, MunicipalityCode, municipality_check

IMPORT_BATCH_ID_SEQUENCE = Sequence("import_batch_id_seq", metadata=Base.metadata)


class ImportBatch(Base):
    """An applied import with its counts and its check report."""

    __tablename__ = "import_batch"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code"], ["municipality.municipality_code"]),
        municipality_check(),
        Index("ix_import_batch_imported_at", "municipality_code", "imported_at", "batch_id"),
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
    __table_args__ = (
        municipality_check(),
        # What imports did to the records of an asset, for its history.
        Index(
            "ix_import_change_asset",
            "municipality_code",
            text("((after ->> 'asset_id')::bigint)"),
            postgresql_where=text("(after ->> 'asset_id') IS NOT NULL"),
        ),
    )

    municipality_code: Mapped[MunicipalityCode]
    batch_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    change_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    target: Mapped[str]
    operation: Mapped[str]
    key: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
