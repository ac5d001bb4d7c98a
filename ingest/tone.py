"""High dynamic range to the ordinary one, so that pictures have the colours a model was taught.

PQ is SMPTE ST 2084, HLG is ITU-R BT.2100; reference white lies at 203 cd/m2 (ITU-R BT.2408) and
what is brighter is clipped.
"""

import numpy as np
from av.video.reformatter import ColorTrc
from numpy.typing import NDArray

REFERENCE_WHITE = 203.0
"""Brightness of white paper in graded HDR video, cd/m2."""

HLG_PEAK = 1000.0
"""Brightness that HLG is graded for, cd/m2; its system gamma of 1.2 belongs to it."""

BT2020_TO_BT709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]],
    dtype=np.float32,
)
"""Linear light of wide primaries to the usual ones (ITU-R BT.2407)."""

STEPS = 4096
"""Of linear light before the gamma: more than 8 bits can tell apart."""


def is_high_range(transfer: int) -> bool:
    """Whether a frame's transfer characteristic is PQ or HLG."""
    return transfer in (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67)


def to_ordinary_range(rgb: NDArray[np.uint8], transfer: int) -> NDArray[np.uint8]:
    """Map ``(H, W, 3)`` PQ or HLG pixels with BT.2020 primaries to gamma with BT.709 primaries."""
    light = _LIGHT_OF_PQ if transfer == ColorTrc.SMPTE2084 else _LIGHT_OF_HLG
    linear = light[rgb] @ BT2020_TO_BT709.T
    return _GAMMA[(linear.clip(0, 1) * (STEPS - 1) + 0.5).astype(np.uint16)]


def _light_of_pq() -> NDArray[np.float32]:
    power = (np.arange(256) / 255) ** (1 / 78.84375)
    light = (np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)) ** (
        1 / 0.1593017578
    )
    return np.asarray(light * 10000 / REFERENCE_WHITE, dtype=np.float32)


def _light_of_hlg() -> NDArray[np.float32]:
    signal = np.arange(256) / 255
    scene = np.where(
        signal <= 0.5, signal**2 / 3, (np.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12
    )
    return np.asarray(scene**1.2 * HLG_PEAK / REFERENCE_WHITE, dtype=np.float32)


def _gamma() -> NDArray[np.uint8]:
    linear = np.arange(STEPS) / (STEPS - 1)
    # What screens undo (ITU-R BT.1886), rather than what cameras do.
    return np.asarray(np.rint(255 * linear ** (1 / 2.4)), dtype=np.uint8)


_LIGHT_OF_PQ = _light_of_pq()
_LIGHT_OF_HLG = _light_of_hlg()
_GAMMA = _gamma()
