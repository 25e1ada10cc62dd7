"""From a network to a model folder: the ONNX graph, its manifest and its card."""
