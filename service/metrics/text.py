"""What was counted, in Prometheus' text format: all processes together, and what the database tells."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from service.metrics.counted import OWN
from service.metrics.shared import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prometheus_client.core import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _Told:
    def __init__(self, gauges: Iterable[tuple[str, str, Sequence[str], Iterable[tuple[Sequence[str], float]]]]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterable[Metric]:
        """Give the gauges."""
        for name, explained, labels, rows in self._gauges:
            family = GaugeMetricFamily(name, explained, labels=labels)
            for values, value in rows:
                family.add_metric(values, value)
            yield family


def metrics_text(
    gauges: Iterable[tuple[str, str, Sequence[str], Iterable[tuple[Sequence[str], float]]]],
) -> bytes:
    """Return all that is counted, and what else is told.

    Args:
        gauges: As they were just read: each with its name, its help, the names of its labels, and rows of labels with
            their value.
    """
    registry = CollectorRegistry()
    if FOLDER in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(OWN)
    registry.register(_Told(gauges))
    return generate_latest(registry)
