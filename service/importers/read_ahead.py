"""The next part of a file is read while the last one is written: GDAL, NumPy and waiting leave the interpreter free."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")
PARTS_AHEAD = 1
"""Each holds its rows in memory, beside the one that is written and the one that is read."""
_END = object()


def read_ahead(parts: Generator[Part, None, None], ahead: int = PARTS_AHEAD) -> Generator[Part, None, None]:
    """Yield the parts in their order, up to `ahead` of them made beforehand, all in one other thread.

    An error of theirs is raised where the part would have come. Where no more is asked for, they are closed, once the
    part that is being made is done.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as thread:
        waiting: deque[Future[object]] = deque()
        try:
            waiting.extend(thread.submit(next, parts, _END) for _ in range(ahead))
            while (part := waiting.popleft().result()) is not _END:
                waiting.append(thread.submit(next, parts, _END))
                yield part  # type: ignore[misc]
        finally:
            for each in waiting:
                each.cancel()
            thread.submit(parts.close).result()
