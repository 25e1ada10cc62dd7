"""Rectangles of pixels."""

from __future__ import annotations

from typing import NamedTuple


class Box(NamedTuple):
    """Pixel edges: rows top..bottom, columns left..right, the ends not included."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def area(self) -> int:
        return (self.bottom - self.top) * (self.right - self.left)

    def cut_to(self, other: Box) -> Box | None:
        """What both cover; None where that is nothing."""
        top, bottom = max(self.top, other.top), min(self.bottom, other.bottom)
        left, right = max(self.left, other.left), min(self.right, other.right)
        return Box(top, bottom, left, right) if bottom > top and right > left else None

    def around(self, other: Box) -> Box:
        """The smallest box that holds both."""
        top, bottom = min(self.top, other.top), max(self.bottom, other.bottom)
        return Box(top, bottom, min(self.left, other.left), max(self.right, other.right))

    def times(self, factor: int) -> Box:
        return Box(*(edge * factor for edge in self))
