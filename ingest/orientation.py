"""How a stored picture is turned and mirrored for display."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Orientation:
    """One of the eight ways to lay a rectangle on itself: transpose first, then flip."""

    transposed: bool = False
    rows_flipped: bool = False
    columns_flipped: bool = False

    @classmethod
    def of_matrix(cls, matrix: NDArray[np.int32]) -> "Orientation":
        """Read a ``(3, 3)`` display matrix (ISO/IEC 14496-12, 6.2.2): row vector times matrix.

        An angle between the right ones is taken as the nearest of them.
        """
        (a, b), (c, d) = matrix[:2, :2].tolist()
        if abs(a) + abs(d) >= abs(b) + abs(c):
            return cls(rows_flipped=d < 0, columns_flipped=a < 0)
        return cls(transposed=True, rows_flipped=b < 0, columns_flipped=c < 0)

    @property
    def rotation_degrees(self) -> int:
        """The clockwise turn: 0, 90, 180 or 270; of a mirrored picture, the turn before that."""
        if self.transposed:
            return 270 if self.rows_flipped else 90
        return 180 if self.rows_flipped else 0

    def apply(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Turn a stored ``(H, W, 3)`` picture upright; the result is contiguous."""
        if self.transposed:
            picture = picture.transpose(1, 0, 2)
        if self.rows_flipped:
            picture = picture[::-1]
        if self.columns_flipped:
            picture = picture[:, ::-1]
        return np.ascontiguousarray(picture)
