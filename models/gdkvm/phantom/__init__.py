"""Seeded echo phantoms: apical clips with true contours and volumes."""

from .clip import FIRST_TEST_SEED, PhantomClip, scanner_clip, sector_clip
from .simple import Phantom, cavity_radius, make_clip

__all__ = ["FIRST_TEST_SEED", "Phantom", "PhantomClip", "cavity_radius", "make_clip", "scanner_clip", "sector_clip"]
