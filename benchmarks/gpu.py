"""How many frames and captions a GPU takes each second, against what its matrices allow.

    python -m benchmarks.gpu --batches 1 8 32 128 512
    python -m benchmarks.gpu --device cpu --batches 1 4 --towers RN50

The ceiling of each precision is measured: one large product of square matrices. Each network then
gets ready input on the device, in batches of each size and in each precision, and its share of the
ceiling is what its convolutions and products of matrices take. OpenCLIP's towers have random
weights. At last what is shipped, with the preparation of pictures, beside the decoding that feeds
it. Writes gpu.json and gpu.svg, and prints Markdown tables; without a GPU one line.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.figures import FOLDER, Line, draw, machine, write_json
from benchmarks.footage import HD, film
from benchmarks.gpu_networks import Network, Work, networks, random_tower
from encoder.backbone import CompactBackbone
from encoder.engine import FrameEngine
from encoder.openclip_model import OpenClipModel
from ingest.clip import Clip
from ingest.sampling import Sampling, read_clips
from ingest.video import Video
from search_ui.demo_footage import prepare_footage

PRECISIONS: Mapping[str, tuple[str, ...]] = {
    "cuda": ("float32", "tf32", "bfloat16", "float16"),
    "mps": ("float32", "float16"),
    "cpu": ("float32", "bfloat16"),
}
"""`float32` is exact, `tf32` the same with shorter products; the others are autocast."""
HALVES = {"bfloat16": torch.bfloat16, "float16": torch.float16}
TOWERS = ("RN50", "ViT-B-32", "convnext_base_w", "ViT-L-14")


@dataclass(frozen=True)
class Measured:
    """One network in one precision, fed with batches of one size."""

    network: str
    precision: str
    batch: int
    a_second: float
    operations: float
    """Of floating point, for one frame or caption."""

    def share(self, ceilings: Mapping[str, float]) -> float:
        """Of the operations a second that matrices reach in this precision."""
        return self.a_second * self.operations / ceilings[self.precision]


def main() -> None:
    """Measure, and print the figures."""
    arguments = _arguments()
    if arguments.device is None and not torch.cuda.is_available():
        print("no GPU that PyTorch can use is here; name another device: --device cpu")
        return
    device = torch.device(arguments.device or "cuda")
    precisions = arguments.precisions or PRECISIONS[device.type]
    clock = Clock(device, arguments.seconds)
    ceilings = {name: ceiling(clock, name, side=arguments.matrix) for name in precisions}
    with tempfile.TemporaryDirectory() as place:
        clips, decoded = decode(arguments.footage, Path(place), seconds=arguments.film_seconds)
        towers = [random_tower(name, Path(place), device) for name in arguments.towers]
        found = list(sweep(clock, networks(device, towers), arguments.batches, precisions))
        shipped = dict(ready_made(clock, towers, clips))
    report(
        found,
        ceilings,
        {"decoding": decoded, **shipped},
        device=torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
        folder=arguments.folder,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu")
    parser.add_argument("--device", choices=list(PRECISIONS), help="by default the GPU")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8, 32, 128, 512])
    parser.add_argument("--precisions", nargs="+", help="by default all that the device has")
    parser.add_argument("--towers", nargs="*", default=TOWERS, help="models of OpenCLIP")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each figure")
    parser.add_argument("--matrix", type=int, default=8192, help="side of the ceiling's matrices")
    parser.add_argument("--footage", type=Path, help="a folder of films; else the demo's")
    parser.add_argument("--film-seconds", type=int, default=60, help="of film to decode")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="for the figures")
    return parser.parse_args()


class Clock:
    """Takes the time of work on a device, which goes on after a call has returned."""

    def __init__(self, device: torch.device, seconds: float) -> None:
        self.device = device
        self._seconds = seconds

    def each(self, work: Work) -> float:
        """Seconds of one pass: the median of as many as fit, after two that do not count."""
        self._took(work)
        self._took(work)
        took = [self._took(work)]
        while sum(took) < self._seconds:
            took.append(self._took(work))
        return statistics.median(took)

    def _took(self, work: Work) -> float:
        began = time.perf_counter()
        work()
        if self.device.type != "cpu":
            torch.accelerator.synchronize()
        return time.perf_counter() - began


@contextmanager
def computing(precision: str, device: torch.device) -> Iterator[None]:
    """Have PyTorch multiply in one of `PRECISIONS`, without gradients."""
    short = "tf32" if precision == "tf32" else "ieee"
    matrices, convolutions = torch.backends.cuda.matmul, torch.backends.cudnn.conv
    before = matrices.fp32_precision, convolutions.fp32_precision
    matrices.fp32_precision = convolutions.fp32_precision = short
    half = HALVES.get(precision)
    try:
        with torch.inference_mode(), torch.autocast(device.type, half, enabled=half is not None):
            yield
    finally:
        matrices.fp32_precision, convolutions.fp32_precision = before


def ceiling(clock: Clock, precision: str, *, side: int) -> float:
    """Operations a second that a product of two square matrices reaches."""
    one, other = torch.randn(2, side, side, device=clock.device)
    kind = HALVES.get(precision, torch.float32)
    one, other = one.to(kind), other.to(kind)
    with computing(precision, clock.device):
        return 2 * side**3 / clock.each(lambda: one @ other)


def decode(footage: Path | None, place: Path, *, seconds: int) -> tuple[list[Clip], float]:
    """The clips of a film of 720p, and how many of their frames are decoded in a second."""
    if footage is None:
        footage = place / "footage"
        prepare_footage(footage)
    path = film(footage, place / "film.mp4", seconds=seconds, form=HD)
    with Video.open(path) as video:
        began = time.perf_counter()
        clips = list(read_clips(video, Sampling()))
        return clips, _frames(clips) / (time.perf_counter() - began)


def _frames(clips: Sequence[Clip]) -> int:
    return sum(len(clip.frames) for clip in clips)


def sweep(
    clock: Clock, swept: Iterator[Network], batches: Sequence[int], precisions: Sequence[str]
) -> Iterator[Measured]:
    """Each network in each precision with each size of batch, up to what fits the memory."""
    for network in swept:
        operations = count_operations(network.work(1))
        for precision in precisions:
            for batch in batches:
                try:
                    with computing(precision, clock.device):
                        took = clock.each(network.work(batch))
                except torch.OutOfMemoryError:
                    break
                yield Measured(network.name, precision, batch, batch / took, operations)


@torch.no_grad()
def count_operations(work: Work) -> float:
    """Of floating point in convolutions and products of matrices; other work is not counted."""
    with FlopCounterMode(display=False) as counter:
        work()
    return float(counter.get_total_flops())


def ready_made(
    clock: Clock, towers: Sequence[tuple[str, OpenClipModel]], clips: Sequence[Clip]
) -> Iterator[tuple[str, float]]:
    """Frames a second of what the encoders run, clip by clip, from decoded frames to features."""
    engine = FrameEngine(CompactBackbone().to(clock.device), clock.device)
    see: dict[str, Callable[[NDArray[np.uint8]], object]] = {"compact": engine.grids}
    see |= {name: tower.embed_frames for name, tower in towers}
    for name, features in see.items():
        took = clock.each(lambda features=features: [features(clip.frames) for clip in clips])
        yield name, _frames(clips) / took


def report(
    found: Sequence[Measured],
    ceilings: Mapping[str, float],
    shipped: Mapping[str, float],
    *,
    device: str,
    folder: Path,
) -> None:
    """Write the figures and the picture, and print the tables."""
    rows = [asdict(one) | {"share_of_ceiling": one.share(ceilings)} for one in found]
    write_json(
        folder / "gpu.json",
        {
            "machine": machine() | {"device": device},
            "ceilings": ceilings,
            "figures": rows,
            "frames_a_second_as_shipped": shipped,
        },
    )
    draw(
        folder / "gpu.svg",
        [_quickest(found, network) for network in dict.fromkeys(one.network for one in found)],
        title="Frames or captions a second, each in its quickest precision",
        across="batch",
        up="a second",
        up_scale="log",
    )
    print("| precision | ceiling, 10^12 operations a second |\n|---|---|")
    for name, reached in ceilings.items():
        print(f"| {name} | {reached / 1e12:.2f} |")
    print(
        "\n| network | precision | batch | a second | share of the ceiling |\n|---|---|---|---|---|"
    )
    for one in found:
        numbers = f"{one.batch} | {one.a_second:,.1f} | {one.share(ceilings):.1%}"
        print(f"| {one.network} | {one.precision} | {numbers} |")
    print("\n| as shipped | frames a second | decoders that feed it |\n|---|---|---|")
    for name, frames in shipped.items():
        print(f"| {name} | {frames:,.1f} | {frames / shipped['decoding']:.2f} |")


def _quickest(found: Sequence[Measured], network: str) -> Line:
    own = [one for one in found if one.network == network]
    best = max(own, key=lambda one: one.a_second).precision
    drawn = [one for one in own if one.precision == best]
    return Line(f"{network}, {best}", [one.batch for one in drawn], [one.a_second for one in drawn])


if __name__ == "__main__":
    main()
