"""Files that jobs read and make: kept in the database, so that any worker on any machine has them.

A file goes in and out by chunks: memory does not grow with its size.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy.orm import Session

from models.job import CHUNK_BYTES
from service.database import Database
from service.errors import NotFound
from service.queries.stored_files import (
    complete_file,
    delete_file,
    insert_chunk,
    insert_file,
    load_chunk,
    load_expired,
    load_file,
    next_file_id,
)

KEPT_FOR = datetime.timedelta(days=7)


@dataclass(frozen=True)
class NewFile:
    """A file to be stored.

    Attributes:
        name: Its name, without a folder.
        media_type: What it is.
        content: Read from here to its end.
    """

    name: str
    media_type: str
    content: IO[bytes]


@dataclass(frozen=True)
class KeptFile:
    """A stored file; `sha256` is in hexadecimal."""

    municipality_code: str
    file_id: int
    file_name: str
    media_type: str
    size_bytes: int
    sha256: str
    stored_at: datetime.datetime
    expires_at: datetime.datetime


def store_file(session: Session, municipality_code: str, file: NewFile) -> int:
    """Store a file within the caller's transaction and return its number."""
    file_id, now = next_file_id(session), datetime.datetime.now(datetime.UTC)
    own: dict[str, Any] = {"municipality_code": municipality_code, "file_id": file_id, "file_name": file.name}
    times = {"stored_at": now, "expires_at": now + KEPT_FOR}
    insert_file(session, {**own, **times, "media_type": file.media_type, "size_bytes": 0, "sha256": ""})
    digest, size, number = hashlib.sha256(), 0, 0
    while chunk := file.content.read(CHUNK_BYTES):
        insert_chunk(session, municipality_code, file_id, number, chunk)
        digest.update(chunk)
        size, number = size + len(chunk), number + 1
    complete_file(session, municipality_code, file_id, size, digest.hexdigest())
    return file_id


def find_file(database: Database, municipality_code: str, file_id: int | None) -> KeptFile:
    """Return what is known of a stored file.

    Raises:
        NotFound: It has expired, or there never was one.
    """
    with database.reading() as connection:
        row = None if file_id is None else load_file(connection, municipality_code, file_id)
    if row is None:
        raise NotFound("The file is no longer kept.")
    return KeptFile(**row)


def read_chunks(database: Database, file: KeptFile) -> Iterator[bytes]:
    """Yield a file's content; between two chunks no connection is held, however slowly they are taken.

    Raises:
        NotFound: It expired meanwhile.
    """
    for number in range(-(-file.size_bytes // CHUNK_BYTES)):
        with database.reading() as connection:
            chunk = load_chunk(connection, file.municipality_code, file.file_id, number)
        if chunk is None:
            raise NotFound("The file is no longer kept.")
        yield chunk


@contextmanager
def on_disk(database: Database, file: KeptFile) -> Iterator[Path]:
    """Give a stored file as a temporary file, whose name says nothing but its ending; raises `NotFound`."""
    with tempfile.TemporaryDirectory(prefix="kuntokanta-") as folder:
        path = Path(folder) / f"file{_ending(file.file_name)}"
        with path.open("wb") as copy:
            for chunk in read_chunks(database, file):
                copy.write(chunk)
        yield path


def remove_expired_files(database: Database) -> int:
    """Remove the files whose time is over and return how many that were."""
    with database.reading() as connection:
        expired = load_expired(connection, datetime.datetime.now(datetime.UTC))
    for municipality_code, file_id in expired:
        with database.writing() as session:
            delete_file(session, municipality_code, file_id)
    return len(expired)


def _ending(name: str) -> str:
    """Return the name's ending, by which readers tell a file's kind, without anything that a path could hold."""
    ending = re.search(r"(\.[A-Za-z0-9]{1,10}){1,2}$", name)
    return ending[0].lower() if ending else ""
