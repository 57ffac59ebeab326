"""What GDAL says when it cannot read a file, as a fault in plain words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyogrio.errors import DataLayerError, DataSourceError

from service.importers.source_table import unreadable

SHOWN = 160
# Of what speaks of the insides of a GeoPackage, of use to nobody who sends one.
OF_DATABASES = ("sqlite3", "malformed database", "Raw error")


@contextmanager
def gdal_errors_as_faults(path: Path) -> Iterator[None]:
    """Turn the errors that pyogrio raises within into an UnreadableSourceError for a file."""
    try:
        yield
    except UnicodeDecodeError as error:
        detail = f"The text of {path.name} is not in the encoding that it says: {error.reason}."
        raise unreadable("encoding", detail) from error
    except (DataSourceError, DataLayerError, IndexError, ValueError, OverflowError, MemoryError) as error:
        raise unreadable("unreadable", f"The file {path.name} cannot be read: {_reason(error, path)}.") from error


def _reason(error: Exception, path: Path) -> str:
    """Return what GDAL says, without hints to programmers and the insides of a database."""
    told = without_folder(str(error), path).split("; It might help", 1)[0].rstrip(".")
    inside = any(word in told for word in OF_DATABASES)
    return "its database is damaged" if inside else told[:SHOWN] or "it is damaged"


def without_folder(message: str, path: Path) -> str:
    """Return a message of GDAL with the file's name where it has its path."""
    return message.replace(os.fspath(path), path.name).replace(f"{path.parent}{os.sep}", "")
