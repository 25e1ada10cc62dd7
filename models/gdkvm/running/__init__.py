"""Runs a model over clips as the workstation does, in onnxruntime or in PyTorch."""
