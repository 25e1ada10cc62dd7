"""Training clips: drawn as plans from CAMUS pairs and phantoms, rendered where they are learned from."""
