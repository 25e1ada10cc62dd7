"""The network of GDKVM: its blocks, their widths, checkpoints and synthetic weights."""
