"""What the recogniser tells apart, in the order of its outputs."""

from __future__ import annotations

VIEWS = ("a4c", "a2c", "a3c", "other")
A4C, A2C, A3C, OTHER = range(len(VIEWS))
UNKNOWN = "unknown"  # the answer where no view is certain enough
