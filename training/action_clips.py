"""The clips that actions are learned from, and clips in which none of them happens."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder.action_net import ActionFamily
from evaluation.actions import FRAMES_PER_SECOND, label_of, read_action_clip
from ingest.camera import MOVEMENTS, Movement, simulate_movement
from ingest.clip import ClipSpan
from ingest.discovery import find_media
from ingest.frame import SMALL_SIDE
from ingest.motion import INTERVAL_SECONDS, motion_in, motion_of
from ingest.video import Video
from training.data import CaptionedPictures, Folders, TrainingDataError, read_pictures

NO_LABEL = -1
"""The label of clips in which nothing of a family happens."""
UNSURE = -2
"""The label of clips that a family neither claims nor disclaims; it does not learn from them."""
_BLOWS = frozenset({"kick", "punching", "push"})
_PLACES_IN_FOOTAGE = 4
_FRAMES = 16  # four seconds
_PHOTOGRAPHS = 150
_FRAME_SIZE = 224
_ACTIONS_IN_CAPTIONS = (
    "archer", "basketball", "bow", "danc", "fight", "hit", "horse", "hug", "kick", "martial",
    "piano", "point", "punch", "push", "shak", "surf", "violin", "wrestl", "yo-yo",
)  # fmt: skip


@dataclass(frozen=True)
class ActionSource:
    """A family of actions, learned from a folder of its name with a folder for each label."""

    family: ActionFamily
    mirrored: bool
    """Learn from the mirror images, too."""


SOURCES = (
    ActionSource(ActionFamily("fights", ("fight", "normal"), reads_movement=True), mirrored=True),
    ActionSource(
        ActionFamily(
            "interactions", ("hand shake", "hugging", "kick", "pointing", "punching", "push")
        ),
        mirrored=True,
    ),
    ActionSource(  # easily told apart without, and more than half of all frames
        ActionFamily(
            "ucf",
            (
                "archery", "basketball dunk", "horse race", "playing piano", "playing violin",
                "surfing", "yoyo",
            ),
        ),
        mirrored=False,
    ),
)  # fmt: skip


FIGHTS, INTERACTIONS = 0, 1
"""Their places in `SOURCES`."""


@dataclass(frozen=True)
class ActionClip:
    """One clip, not yet read."""

    group: str
    """Names the recording it comes from, none of which is on both sides of a split."""
    labels: tuple[int, ...]
    """Of each of `SOURCES`: the number of the label, or `NO_LABEL`, or `UNSURE`."""
    frames: Callable[[], NDArray[np.uint8]]
    """Reads them, ``(T, H, W, 3)``."""
    motion: Callable[[], NDArray[np.float32]]
    """Measures it, ``(S, 16)``; see `Clip.motion`."""


def clips_of_family(data: Path, number: int) -> list[ActionClip]:
    """The clips of one of `SOURCES`.

    Raises:
        TrainingDataError: the folder of a label is missing or empty.
    """
    source = SOURCES[number]
    folder = data / source.family.name
    groups = _recordings(folder / "clips.tsv")
    clips = []
    for path in find_media([folder]) if folder.is_dir() else ():
        label = label_of(path.parent.name)
        if label not in source.family.labels:
            raise TrainingDataError(f"{path.parent}: no such label; take the folder away")
        name = f"{path.parent.name}/{path.name}"
        group = f"{source.family.name}-{groups.get(name) or _named_recording(path)}"
        frames, motion = partial(_frames_of_file, path), partial(_motion_of_file, path)
        clips.append(ActionClip(group, _labels(number, label), frames, motion))
    found = {clip.labels[number] for clip in clips}
    if len(found) < len(source.family.labels):
        raise TrainingDataError(
            f"{folder}: needs a folder of clips for each of {', '.join(source.family.labels)}"
        )
    return clips


def _labels(number: int, label: str) -> tuple[int, ...]:
    """A blow is a fight, and other interactions are normal; a fight may be full of blows."""
    labels = [NO_LABEL] * len(SOURCES)
    labels[number] = SOURCES[number].family.labels.index(label)
    if number == INTERACTIONS:
        labels[FIGHTS] = SOURCES[FIGHTS].family.labels.index(
            "fight" if label in _BLOWS else "normal"
        )
    if label == "fight":
        labels[INTERACTIONS] = UNSURE
    return tuple(labels)


def _recordings(table: Path) -> dict[str, str]:
    """Which video each clip was cut from, where a table says so."""
    if not table.exists():
        return {}
    with table.open(encoding="utf-8", newline="") as file:
        return {row["clip"]: row["source_video"] for row in csv.DictReader(file, delimiter="\t")}


def _named_recording(path: Path) -> str:
    """``g08_c01`` is of group 8; in ``14_3_1`` the second number is the sequence."""
    parts = path.stem.split("_")
    return parts[0] if len(parts) == 2 else parts[1] if len(parts) == 3 else path.stem


def _frames_of_file(path: Path) -> NDArray[np.uint8]:
    return np.concatenate([clip.frames for clip in read_action_clip(path)])


def _motion_of_file(path: Path) -> NDArray[np.float32]:
    return np.concatenate([clip.motion for clip in read_action_clip(path)])


def ordinary_clips(folders: Folders) -> list[ActionClip]:
    """Footage of everyday scenes, and photographs of other things with a moving camera."""
    nothing = tuple(NO_LABEL for _ in SOURCES)
    footage = [
        ActionClip(
            f"footage-{path.name}",
            nothing,
            partial(_frames_within, path, place),
            partial(_motion_within, path, place),
        )
        for path in find_media([folders.data / "footage"])
        for place in range(_PLACES_IN_FOOTAGE)
    ]
    pictures = read_pictures(folders.data, "flickr8k/train")
    harmless = [
        index
        for index, sentences in enumerate(pictures.captions)
        if not _mentions_action(sentences)
    ]
    filmed = [
        ActionClip(
            f"photograph-{index}",
            nothing,
            partial(_frames_of_photograph, pictures, index, movement),
            partial(_motion_of_photograph, pictures, index, movement),
        )
        for index, movement in zip(harmless[:_PHOTOGRAPHS], cycle(MOVEMENTS), strict=False)
    ]
    return footage + filmed


def _mentions_action(sentences: Sequence[str]) -> bool:
    text = " ".join(sentences).lower()
    return any(word in text for word in _ACTIONS_IN_CAPTIONS)


def _frames_within(path: Path, place: int) -> NDArray[np.uint8]:
    with Video.open(path) as video:
        start = video.info.duration_seconds * place / _PLACES_IN_FOOTAGE
        moments = start + np.arange(_FRAMES) / FRAMES_PER_SECOND
        return np.stack([frame.rgb(short_side=256) for frame in video.frames_at(list(moments))])


def _motion_within(path: Path, place: int) -> NDArray[np.float32]:
    with Video.open(path) as video:
        start = video.info.duration_seconds * place / _PLACES_IN_FOOTAGE
        return motion_in(video, ClipSpan(start, start + _FRAMES / FRAMES_PER_SECOND))


def _frames_of_photograph(
    pictures: CaptionedPictures, index: int, movement: Movement
) -> NDArray[np.uint8]:
    photograph = np.asarray(pictures.picture(index))
    return simulate_movement(photograph, movement, frames=_FRAMES, size=_FRAME_SIZE)


def _motion_of_photograph(
    pictures: CaptionedPictures, index: int, movement: Movement
) -> NDArray[np.float32]:
    photograph = np.asarray(pictures.picture(index))
    seconds = np.arange(0, _FRAMES / FRAMES_PER_SECOND, INTERVAL_SECONDS)
    film = simulate_movement(photograph, movement, frames=len(seconds), size=SMALL_SIDE)
    return motion_of(film, seconds)
