"""From a probability map to a contour with hinges and apex, and its volume by the method of disks.

The same geometry as the workstation's (``core/trace`` and ``core/volume``), so that an ejection fraction measured here
is the one that it would show. Points are x, y in pixels; (0, 0) is the centre of the top left pixel.
"""

from .disks import Plane, disk_diameters, single_plane_volume
from .trace import Trace, mask_volume_ml, trace_from_probability, trace_volume_ml

__all__ = [
    "Plane",
    "Trace",
    "disk_diameters",
    "mask_volume_ml",
    "single_plane_volume",
    "trace_from_probability",
    "trace_volume_ml",
]
