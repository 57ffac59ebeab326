"""Work that is done in the background, and the files that go in and come out of it."""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, LargeBinary, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, MunicipalityCode, municipality_check, not_negative_check

JOB_ID_SEQUENCE = Sequence("job_id_seq", metadata=Base.metadata)
STORED_FILE_ID_SEQUENCE = Sequence("stored_file_id_seq", metadata=Base.metadata)
CHUNK_BYTES = 1 << 20


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Base):
    """A piece of work that a worker carries out: an import, an export or a run.

    Its number is that of what it makes: an import's that of its batch, a run's job that of the run. Work for the whole
    country stands under municipality 000. Its files may go before it does, so that no foreign key binds them.
    """

    __tablename__ = "job"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code"], ["municipality.municipality_code"]),
        municipality_check(),
        not_negative_check("attempts"),
        Index("ix_job_queued", "municipality_code", "queued_at", postgresql_where=text("state = 'queued'")),
        Index("ix_job_running", "municipality_code", postgresql_where=text("state = 'running'")),
        Index("ix_job_municipality_code_started_at", "municipality_code", "started_at"),
    )

    municipality_code: Mapped[MunicipalityCode]
    kind: Mapped[str] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    state: Mapped[JobState]
    request: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    step: Mapped[str | None]
    step_started_at: Mapped[datetime.datetime | None]
    rows_done: Mapped[int | None] = mapped_column(BigInteger)
    rows_total: Mapped[int | None] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(Integer)
    queued_at: Mapped[datetime.datetime]
    started_at: Mapped[datetime.datetime | None]
    heard_at: Mapped[datetime.datetime | None]
    finished_at: Mapped[datetime.datetime | None]
    requested_by: Mapped[str]
    # Where the request came from, for the audit of what the job writes.
    from_address: Mapped[str | None]
    request_id: Mapped[str | None]
    worker: Mapped[str | None]
    file_id: Mapped[int | None] = mapped_column(BigInteger)
    result_file_id: Mapped[int | None] = mapped_column(BigInteger)


class StoredFile(Base):
    """A file that was uploaded, or that a job made; its content lies in chunks."""

    __tablename__ = "stored_file"
    __table_args__ = (
        ForeignKeyConstraint(["municipality_code"], ["municipality.municipality_code"]),
        municipality_check(),
        not_negative_check("size_bytes"),
        Index("ix_stored_file_expires_at", "expires_at"),
    )

    municipality_code: Mapped[MunicipalityCode]
    file_id: Mapped[int] = mapped_column(BigInteger, STORED_FILE_ID_SEQUENCE, primary_key=True)
    file_name: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    stored_at: Mapped[datetime.datetime]
    expires_at: Mapped[datetime.datetime]


class StoredFileChunk(Base):
    """A part of a stored file: all have `CHUNK_BYTES` but the last."""

    __tablename__ = "stored_file_chunk"
    __table_args__ = (
        ForeignKeyConstraint(
            ["municipality_code", "file_id"], ["stored_file.municipality_code", "stored_file.file_id"]
        ),
        municipality_check(),
    )

    municipality_code: Mapped[MunicipalityCode]
    file_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chunk_number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
