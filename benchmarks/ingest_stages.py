"""What `benchmarks.ingest` compares: the parts of indexing, the whole, and what people write first.

    python -m benchmarks.ingest_stages STAGE FILM

Each stage runs in a process of its own, with one thread, and prints how many seconds it took.
Loading networks is no part of it. The film must repeat itself each minute, as that of
`benchmarks.footage` does: only a minute of clips is made ready.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import groupby, takewhile
from pathlib import Path

import av
import numpy as np
import torch
from pymilvus import MilvusClient
from torch import Tensor

from encoder.allocator import keep_freed_memory
from encoder.backbone import FEATURE_CHANNELS, CompactBackbone, prepare_pictures
from encoder.compact import CompactEncoder
from ingest.clip import Clip
from ingest.sampling import Sampling, read_clips
from ingest.video import Video
from pipeline.assembly import open_library
from pipeline.batches import batched
from pipeline.describing import CLIPS_PER_BATCH
from pipeline.indexing import index_paths
from pipeline.settings import load_settings

DECODED_SECONDS = 240
"""How much of the film is decoded alone, which takes the same time for each minute."""
SCRIPT_SECONDS = 20
"""How much of the film the last two look at."""
CLIP_SECONDS = 8
BATCH = 32

Work = Callable[[], object]


def decode(film: Path, place: Path) -> Work:
    """Every frame of the beginning decoded with PyAV, and nothing done with it."""
    return lambda: sum(1 for _ in _frames(film, DECODED_SECONDS))


def describe(film: Path, place: Path) -> Work:
    """Ready clips through the encoder: embeddings, captions, categories."""
    keep_freed_memory()
    encoder = CompactEncoder.load()
    with Video.open(film) as video:
        minutes = round(video.info.duration_seconds / 60)
        minute = list(takewhile(lambda clip: clip.span.start_seconds < 60, _clips(video)))
    encoder.describe(minute[:1])
    clips = minutes * minute
    return lambda: [encoder.describe(batch) for batch in batched(clips, CLIPS_PER_BATCH)]


def index(film: Path, place: Path) -> Work:
    """The whole: from the file to a catalog that is searched."""
    library = open_library(load_settings(place / "library"), create=True)
    with Video.open(film) as video:
        library.cataloguer.encoder.describe([next(_clips(video))])

    def work() -> None:
        with library:
            report = index_paths(library, [film])
        if len(report.indexed) != 1:
            raise SystemExit(f"not indexed: {report}")

    return work


def script(film: Path, place: Path) -> Work:
    """Every frame through EfficientNet, the mean of eight seconds inserted, one by one."""
    backbone = CompactBackbone()
    client = MilvusClient(str(place / "script.db"))
    client.create_collection("clips", dimension=FEATURE_CHANNELS)

    def work() -> None:
        frames = _frames(film, SCRIPT_SECONDS)
        for number, clip in groupby(frames, key=lambda frame: int(frame.time // CLIP_SECONDS)):
            features = [_features(backbone, [frame]) for frame in clip]
            mean = torch.cat(features).mean(0)
            client.insert("clips", [{"id": number, "vector": mean.tolist()}])
        client.flush("clips")
        client.close()

    return work


def sampled(film: Path, place: Path) -> Work:
    """In the style of clip-video-encode: two frames a second through the CNN, into a file."""
    backbone = CompactBackbone()

    def work() -> None:
        every = (frame for n, frame in enumerate(_frames(film, SCRIPT_SECONDS)) if n % 12 == 0)
        found = [_features(backbone, batch) for batch in batched(every, BATCH)]
        np.save(place / "features.npy", torch.cat(found).numpy())

    return work


STAGES = {stage.__name__: stage for stage in (decode, describe, index, script, sampled)}


def _frames(film: Path, seconds: float) -> Iterator[av.VideoFrame]:
    with av.open(str(film)) as container:
        container.streams.video[0].thread_count = 1
        for frame in container.decode(video=0):
            if frame.time >= seconds:
                return
            yield frame


@torch.inference_mode()
def _features(backbone: CompactBackbone, frames: list[av.VideoFrame]) -> Tensor:
    pixels = np.stack([frame.to_ndarray(format="rgb24") for frame in frames])
    return backbone(prepare_pictures(pixels, torch.device("cpu"))).mean(1)  # (N, 1280)


def _clips(video: Video) -> Iterator[Clip]:
    return read_clips(video, Sampling())


def main() -> None:
    """Run one stage."""
    name, film = sys.argv[1:]
    torch.set_num_threads(1)
    # Milvus Lite may still be tidying when all is done.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        work = STAGES[name](Path(film), Path(place))
        began = time.perf_counter()
        work()
        print(time.perf_counter() - began)


if __name__ == "__main__":
    main()
