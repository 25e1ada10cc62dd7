"""How far a long measurement is, and how long it will take."""

from __future__ import annotations

import sys
import time

SECONDS_BETWEEN_LINES = 5.0


class Progress:
    """Prints a line to standard error now and then; ``total`` None where it is not known."""

    def __init__(self, label: str, total: int | None) -> None:
        self.label, self.total = label, total
        self.started = self.printed = time.monotonic()

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        last = done == self.total
        if now - self.printed < SECONDS_BETWEEN_LINES and not last:
            return
        self.printed = now
        spent = now - self.started
        if last:
            left = f"{spent:.0f} s"
        else:
            left = f"{time_left(spent, done, self.total)} left" if self.total else f"{spent:.0f} s so far"
        print(f"{self.label}: {done}{f'/{self.total}' if self.total else ''}, {left}", file=sys.stderr, flush=True)


def time_left(spent: float, done: int, total: int) -> str:
    seconds = spent / max(done, 1) * max(total - done, 0)
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
