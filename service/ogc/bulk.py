"""Answers that hold a whole collection: CSV as it is read, files as soon as they are written."""

from __future__ import annotations

import tempfile
import threading
from contextlib import ExitStack, closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

from flask import Response, current_app, request
from werkzeug.wsgi import FileWrapper

from gis.crs import TM35FIN
from service.errors import KuntokantaError
from service.exporters.layers import layer_of
from service.ogc.bulk_formats import BulkFormat
from service.ogc.items_parameters import read_items_parameters
from service.ogc.links import Link, link, with_parameters
from service.ogc.views import database
from service.ogc.waiting_client import while_client_waits
from service.queries.feature_bulk import any_heights, read_csv_lines, read_rows
from service.queries.feature_bulk_statements import csv_header

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from service.database import Database
    from service.ogc.faults import FaultList
    from service.queries.feature_collections import FeatureCollection
    from service.queries.feature_query import FeatureQuery

EXPORTS_AT_A_TIME = 2
"""Of one process: each keeps a thread and a connection for as long as its client reads."""

_LINE_END = b"\r\n"
_READ_BYTES = 64 * 1024


class ExportsBusy(KuntokantaError):
    """As many whole collections as can be are being sent already; try again in a moment."""

    status = 503


def whole_collection(
    collection: FeatureCollection, parameters: Mapping[str, str], form: BulkFormat, faults: FaultList
) -> Response:
    """Answer a request for all features that its parameters select; `limit` bounds them if it is given, at any size.

    Raises:
        MalformedRequest: A parameter is malformed.
        ExportsBusy: Too many are being sent.
    """
    query = read_items_parameters(collection, parameters, faults)
    if "cursor" in parameters:
        faults.add("cursor", "a whole collection has no pages")
    faults.raise_if_any()
    return _whole(collection, query, form, int(parameters["limit"]) if "limit" in parameters else None)


def _whole(collection: FeatureCollection, query: FeatureQuery, form: BulkFormat, most: int | None) -> Response:
    """Return all features that a query selects, whatever their number, in constant memory and of one snapshot.

    Args:
        collection: The collection.
        query: Which features, in which order and system; its page is not looked at.
        form: The format.
        most: Most features; None gives all.
    """
    answer = Response() if request.method == "HEAD" else _answer(collection, query, form, most)
    answer.content_type = form.media_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{collection.id}.{form.ending}"'
    answer.vary.add("Accept")
    answer.headers["Content-Crs"] = f"<{query.crs.uri}>"
    return answer


def bulk_links(parameters: Mapping[str, str]) -> list[Link]:
    """Return links to all that a page is a part of, in each format; as it is stored, unless a system is asked for."""
    kept = [(name, value) for name, value in parameters.items() if name not in ("limit", "cursor")]
    system = {} if "crs" in parameters else {"crs": TM35FIN.uri}
    return [
        link("alternate", with_parameters(kept, {"f": each.value, **system}), each.media_type, f"All as {each.label}")
        for each in BulkFormat
    ]


def _answer(collection: FeatureCollection, query: FeatureQuery, form: BulkFormat, most: int | None) -> Response:
    with ExitStack() as opened:
        opened.enter_context(_turn())
        if form is BulkFormat.CSV:
            chunks = opened.enter_context(closing(_csv(database(), collection, query, most)))
            # The first chunk is made here, so that what fails at once is still told as a problem.
            answer = Response(chain([next(chunks)], chunks))
        else:
            file = opened.enter_context(_file(collection, query, form, most))
            answer = Response(FileWrapper(file, _READ_BYTES))
            answer.content_length = file.seek(0, 2)
            file.seek(0)
        answer.call_on_close(opened.pop_all().close)
    return answer


@contextmanager
def _turn() -> Iterator[None]:
    turns: threading.Semaphore = current_app.extensions.setdefault(
        "ogc_exports", threading.BoundedSemaphore(EXPORTS_AT_A_TIME)
    )
    if not turns.acquire(blocking=False):
        raise ExportsBusy
    try:
        yield
    finally:
        turns.release()


def _csv(
    source: Database, collection: FeatureCollection, query: FeatureQuery, most: int | None
) -> Generator[bytes, None, None]:
    head = csv_header(collection, query.shown).encode() + _LINE_END
    with source.reading() as connection, closing(read_csv_lines(connection, query, most)) as batches:
        for lines in batches:
            yield head + _LINE_END.join(lines) + _LINE_END
            head = b""
    if head:
        yield head


def _file(collection: FeatureCollection, query: FeatureQuery, form: BulkFormat, most: int | None) -> IO[bytes]:
    """Write a file and return it open; it has no name any more, so that nothing is left when it is closed."""
    # GDAL takes 30 MB: not where no file is written.
    from service.exporters.gdal_files import flatgeobuf_file, geopackage_file  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="kuntokanta-") as folder, database().reading() as connection:
        layer = layer_of(collection, query, with_heights=any_heights(connection, query))
        filled = form is BulkFormat.FLATGEOBUF and layer.has_one_kind and layer.with_heights
        with closing(read_rows(connection, query, most, with_heights=filled)) as batches:
            write = flatgeobuf_file if form is BulkFormat.FLATGEOBUF else geopackage_file
            path = write(Path(folder), layer, while_client_waits(batches, request.environ))
        return path.open("rb")
