"""Parts of a file that are read while others are written come as they are, and so do their errors."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.importers.read_ahead import read_ahead


class Parts:
    """Numbers up to a count, then an error where one is asked for; notes what was made, where, and its end."""

    def __init__(self, count: int, *, broken: bool = False) -> None:
        self.made: list[int] = []
        self.threads: set[int] = set()
        self.count, self.broken, self.ended = count, broken, False

    def read(self) -> Generator[int, None, None]:
        try:
            for number in range(self.count):
                self.threads.add(threading.get_ident())
                self.made.append(number)
                yield number
            if self.broken:
                raise ValueError("truncated")
        finally:
            self.ended = True


@given(st.integers(0, 6), st.integers(1, 3))
def test_all_parts_come_once_in_their_order_from_one_other_thread(count: int, ahead: int) -> None:
    parts = Parts(count)
    assert list(read_ahead(parts.read(), ahead)) == list(range(count))
    assert parts.ended
    assert threading.get_ident() not in parts.threads
    assert len(parts.threads) <= 1


@given(st.integers(0, 4), st.integers(1, 3))
def test_an_error_comes_after_the_parts_before_it(count: int, ahead: int) -> None:
    parts = Parts(count, broken=True)
    reading = read_ahead(parts.read(), ahead)
    assert [next(reading) for _ in range(count)] == list(range(count))
    with pytest.raises(ValueError, match="truncated"):
        next(reading)
    assert parts.ended


@given(st.integers(1, 20), st.integers(1, 3))
def test_who_stops_asking_ends_the_reading_a_few_parts_later(taken: int, ahead: int) -> None:
    parts = Parts(10**6)
    reading = read_ahead(parts.read(), ahead)
    assert [next(reading) for _ in range(taken)] == list(range(taken))
    reading.close()
    assert parts.ended
    assert len(parts.made) <= taken + ahead
