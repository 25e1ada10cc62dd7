"""GDKVM in PyTorch: model, training, evaluation and ONNX export."""

import os

__version__ = "0.1.0"

# onnxruntime 1.30 and later send usage events to their maker unless this is set before they are loaded.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
os.environ.setdefault("ORT_TELEMETRY_DISABLED", "1")
