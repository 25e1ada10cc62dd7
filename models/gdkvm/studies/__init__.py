"""Studies of how a model behaves: long loops, directions, wrong crops, confidence, real loops by eye."""
