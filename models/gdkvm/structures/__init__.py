"""The left ventricular wall and the left atrium, by a small head on the frozen features of a model that contours the
cavity."""
