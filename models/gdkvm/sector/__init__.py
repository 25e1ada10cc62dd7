"""Finds the box of the ultrasound sector in a clip, as the workstation does (``core/sector``).

Models are trained on pictures that end at the sector's edge; scanners put text, an ECG, grey bars and depth marks
around it. Both implementations are held together by ``test/fixtures/sector/boxes.json``.
"""

from .box import Box
from .finding import Sector, find_sector
from .frames import grey_levels
from .regions import tissue_regions

__all__ = ["Box", "Sector", "find_sector", "grey_levels", "tissue_regions"]
