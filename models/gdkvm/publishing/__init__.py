"""Model folders out of training runs, published checkpoints and synthetic weights."""
