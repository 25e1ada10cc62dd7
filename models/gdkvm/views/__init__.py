"""Recognises which view a clip shows: A4C, A2C, A3C, or another one. Reads the image encoder of the fast model."""
