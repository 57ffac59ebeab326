"""The audit: what was written by whom, when, by which way and from where, before and after; only ever added to."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, MunicipalityCode, municipality_check

AUDIT_ENTRY_ID_SEQUENCE = Sequence("audit_entry_id_seq", metadata=Base.metadata)


class AuditEntry(Base):
    """One record that was written, in the transaction that wrote it; what is national stands under `000`.

    Assets have their own history instead, `asset_version`, and what imports write of other records `import_change`:
    a reader of the audit reads all three.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        municipality_check(),
        CheckConstraint("action IN ('insert', 'update', 'delete')", name="action"),
        Index("ix_audit_entry_at", "municipality_code", "at", "entry_id"),
        Index(
            "ix_audit_entry_asset",
            "municipality_code",
            "asset_id",
            "at",
            "entry_id",
            postgresql_where=text("asset_id IS NOT NULL"),
        ),
        Index("ix_audit_entry_batch", "municipality_code", "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
    )

    municipality_code: Mapped[MunicipalityCode]
    entry_id: Mapped[int] = mapped_column(BigInteger, AUDIT_ENTRY_ID_SEQUENCE, primary_key=True)
    at: Mapped[datetime.datetime]
    by: Mapped[str]
    via: Mapped[str]
    from_address: Mapped[str | None]
    request_id: Mapped[str | None]
    table_name: Mapped[str]
    # The record's key beside the municipality, its parts joined by a slash.
    record: Mapped[str]
    asset_id: Mapped[int | None] = mapped_column(BigInteger)
    action: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    batch_id: Mapped[int | None] = mapped_column(BigInteger)
