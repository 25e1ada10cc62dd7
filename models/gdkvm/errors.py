"""What a command tells in one line instead of a traceback."""

from __future__ import annotations


class GdkvmError(Exception):
    """Something that the person at the command line can mend; the message says what and how."""
