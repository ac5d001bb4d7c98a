from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.reformatter import ColorTrc

from ingest.frame import Converter, View
from ingest.orientation import Orientation
from ingest.tone import is_high_range, to_ordinary_range


def grey(code: int, transfer: int) -> int:
    (pixel,) = to_ordinary_range(np.full((1, 1, 3), code, np.uint8), transfer)[0]
    assert int(pixel.max()) - int(pixel.min()) <= 1
    return int(pixel[1])


# Brightness in cd/m2 and its PQ code of 8 bits, from the tables of ITU-R BT.2408.
@pytest.mark.parametrize(
    ("code", "nits"), [(38, 1.0), (77, 10.0), (130, 100.0), (148, 203.0), (192, 1000.0)]
)
def test_pq_is_brightness_relative_to_paper_white(code: int, nits: float) -> None:
    expected = 255 * min(1.0, nits / 203) ** (1 / 2.4)
    assert grey(code, ColorTrc.SMPTE2084) == pytest.approx(expected, abs=6)


def test_hlg_reference_white_is_white_and_black_is_black() -> None:
    assert grey(191, ColorTrc.ARIB_STD_B67) >= 250
    assert grey(0, ColorTrc.ARIB_STD_B67) == 0


def test_wide_colours_stay_on_their_side() -> None:
    red = to_ordinary_range(np.array([[[140, 60, 60]]], np.uint8), ColorTrc.SMPTE2084)[0, 0]
    assert red[0] > 200
    assert red[1] < 60


def test_only_high_range_transfers_are_such() -> None:
    assert is_high_range(16)
    assert is_high_range(18)
    assert not any(is_high_range(transfer) for transfer in (0, 1, 2, 6, 13, 14))


def test_a_frame_tagged_as_high_range_is_mapped_and_another_is_not() -> None:
    picture = VideoFrame.from_ndarray(np.full((16, 16, 3), 148, np.uint8), format="rgb24")
    converter = Converter(Path("a.mp4"), View(16, 16, Orientation()))
    assert converter.rgb(picture, 16).mean() == 148
    picture.color_trc = ColorTrc.SMPTE2084
    assert converter.rgb(picture, 16).mean() > 245
