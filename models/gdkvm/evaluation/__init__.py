"""Measures a model on data sets with reference masks and on phantoms, by protocol gdkvm-rerelease-v1."""
