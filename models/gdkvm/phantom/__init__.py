"""Seeded echo phantoms: apical clips with true contours and volumes."""

from .clip import FIRST_TEST_SEED, PhantomClip, scanner_clip, sector_clip

__all__ = ["FIRST_TEST_SEED", "PhantomClip", "scanner_clip", "sector_clip"]
