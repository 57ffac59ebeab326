"""Files in the database: a row for each, and its content in chunks of one size."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.orm import Session

from models.job import STORED_FILE_ID_SEQUENCE, StoredFile, StoredFileChunk
from service.queries.tables import table_of

_FILE, _CHUNK = table_of(StoredFile), table_of(StoredFileChunk)


def next_file_id(session: Session) -> int:
    """Return a new number of a file."""
    return int(session.scalar(STORED_FILE_ID_SEQUENCE))


def insert_file(session: Session, values: Mapping[str, Any]) -> None:
    """Write a file's own row."""
    session.execute(insert(_FILE).values(**values))


def insert_chunk(session: Session, municipality_code: str, file_id: int, number: int, content: bytes) -> None:
    """Write a part of a file."""
    key = {"municipality_code": municipality_code, "file_id": file_id, "chunk_number": number}
    session.execute(insert(_CHUNK).values(**key, content=content))


def complete_file(session: Session, municipality_code: str, file_id: int, size_bytes: int, sha256: str) -> None:
    """Write a file's size and digest, once all of it is there."""
    statement = update(_FILE).where(_FILE.c.municipality_code == municipality_code, _FILE.c.file_id == file_id)
    session.execute(statement.values(size_bytes=size_bytes, sha256=sha256))


def load_file(connection: Connection, municipality_code: str, file_id: int) -> RowMapping | None:
    """Return a file's own row, None where there is no such file any more."""
    query = select(_FILE).where(_FILE.c.municipality_code == municipality_code, _FILE.c.file_id == file_id)
    return connection.execute(query).mappings().one_or_none()


def load_chunk(connection: Connection, municipality_code: str, file_id: int, number: int) -> bytes | None:
    """Return a part of a file."""
    query = select(_CHUNK.c.content).where(
        _CHUNK.c.municipality_code == municipality_code, _CHUNK.c.file_id == file_id, _CHUNK.c.chunk_number == number
    )
    return connection.execute(query).scalar_one_or_none()


def load_expired(connection: Connection, at: datetime.datetime) -> list[tuple[str, int]]:
    """Return the keys of the files whose time is over."""
    query = select(_FILE.c.municipality_code, _FILE.c.file_id).where(_FILE.c.expires_at <= at)
    return [(row.municipality_code, row.file_id) for row in connection.execute(query)]


def delete_file(session: Session, municipality_code: str, file_id: int) -> None:
    """Remove a file with its content."""
    for table in (_CHUNK, _FILE):
        of_file = (table.c.municipality_code == municipality_code) & (table.c.file_id == file_id)
        session.execute(delete(table).where(of_file))
