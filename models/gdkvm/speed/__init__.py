"""Smaller files, lower precision, and what either costs in time and accuracy."""
