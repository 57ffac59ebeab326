"""Files that come in forms: how large they may be, and what makes two forms the same request."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec

import orjson
from flask import Response, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import UnsupportedMediaType

from models.job import CHUNK_BYTES
from service.api.state import settings
from service.errors import Fault
from service.operations.stored_files import NewFile

FORM_TYPE = "multipart/form-data"
LONGEST_NAME = 255
Arguments = ParamSpec("Arguments")


def takes_uploads(view: Callable[Arguments, Response]) -> Callable[Arguments, Response]:
    """Let a view take larger bodies than others; one beyond the limit of uploads is refused before it is read.

    A file of a form lies on disk while it comes in, not in memory.
    """

    @functools.wraps(view)
    def taking(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Response:
        if request.mimetype == FORM_TYPE:
            request.max_content_length = settings().upload_limit_bytes
        return view(*args, **kwargs)

    return taking


def form_faults() -> list[Fault]:
    """Return what is wrong with the files of this request's form, of which there is to be one, named `file`.

    Raises:
        UnsupportedMediaType: The body is no such form.
    """
    if request.mimetype != FORM_TYPE:
        raise UnsupportedMediaType(f"The body is to be {FORM_TYPE}, with the file as `file`.")
    missing = [] if request.files.get("file") else [Fault("/file", "The file is missing.")]
    return missing + [Fault(f"/{name}", "Unknown field.") for name in request.files if name != "file"]


def form_content() -> bytes:
    """Return what tells this request's form from others: its fields and its files' names and digests."""
    fields = sorted((name, sorted(values)) for name, values in request.form.lists())
    files = sorted((name, file.filename or "", _digest(file)) for name, file in request.files.items(multi=True))
    return orjson.dumps([fields, files])


def uploaded_file(file: FileStorage) -> NewFile:
    """Return a file of a form, ready to be stored under its own name without a folder."""
    name = Path((file.filename or "").replace("\\", "/").replace("\0", "")).name[-LONGEST_NAME:]
    return NewFile(name or "file", file.mimetype or "application/octet-stream", file.stream)


def _digest(file: FileStorage) -> str:
    digest = hashlib.sha256()
    while chunk := file.stream.read(CHUNK_BYTES):
        digest.update(chunk)
    file.stream.seek(0)
    return digest.hexdigest()
