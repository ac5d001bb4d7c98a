"""Trains on a user's own captions, from the shipped weights, and gives a library the result.

The CNN, the LSTM over frames, actions and camera movement stay as they are. Whatever does not get
better on the items that were held out stays as it was, too.
"""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from encoder.alignment import Alignment, load_alignment
from encoder.captioner import load_captioner
from encoder.checkpoint import (
    ALIGNMENT,
    CAPTIONER,
    REPLACED,
    WEIGHTS,
    Checkpoint,
    fingerprint,
    load_checkpoint,
    save_checkpoint,
)
from evaluation.captions import CaptionFigures
from training.align import save_alignment
from training.data import TrainingDataError
from training.own_alignment import OwnAlignmentTraining, Ranks, fit_alignment, ranks
from training.own_captions import OwnCaptionTraining, Speaker, fit_captions
from training.own_data import LineProblem, OwnTable, held_out
from training.own_features import Listener, OwnFeatures, look_at

FEWEST_ITEMS = 20
"""Of fewer there is little to learn, and three held-out items would decide about it."""


@dataclass(frozen=True)
class OwnFigures:
    """How well the held-out items are found and described."""

    ranks: Ranks
    captions: CaptionFigures


@dataclass(frozen=True)
class OwnReport:
    """Outcome of one training."""

    items: int
    held_out: int
    problems: tuple[LineProblem, ...]
    before: OwnFigures
    after: OwnFigures
    """Of the weights as they were written; `before` where nothing got better."""
    finds_better: bool
    """The joint space was trained; else it is the shipped one."""
    describes_better: bool
    """The caption decoder was trained; else it is the shipped one."""

    @property
    def improved(self) -> bool:
        """There are new weights."""
        return self.finds_better or self.describes_better


class TooFewItemsError(TrainingDataError):
    """Too little of a table can be used to learn from."""

    def __init__(self, table: Path, usable: int, problems: tuple[LineProblem, ...]) -> None:
        super().__init__(
            f"{table}: {usable} usable items (pictures, videos or moments of them), and nothing "
            f"is trained with fewer than {FEWEST_ITEMS}; caption more, or correct the lines "
            "that could not be used"
        )
        self.problems = problems


@dataclass(frozen=True)
class OwnTraining:
    """How everything is trained."""

    alignment: OwnAlignmentTraining = field(default_factory=OwnAlignmentTraining)
    captions: OwnCaptionTraining = field(default_factory=OwnCaptionTraining)


DEFAULT = OwnTraining()


@dataclass(frozen=True, eq=False)
class _Lesson:
    """What is learned from, what it is measured on, and who listens."""

    train: OwnFeatures
    held_out: OwnFeatures
    training: OwnTraining
    on_progress: Listener


def train_own(
    table: OwnTable,
    target: Path,
    *,
    on_progress: Listener,
    shipped: Path = WEIGHTS,
    training: OwnTraining = DEFAULT,
) -> OwnReport:
    """Train on what a table says, from `shipped`; the folder `target` then holds all weights.

    Where nothing gets better, `target` stays as it is.

    Raises:
        TooFewItemsError: too few items can be used.
        CheckpointError: the shipped weights are missing or damaged.
        OSError: the folder of `target` cannot be written.
    """
    _require_enough(table, len(table.items), table.problems)
    target.parent.mkdir(parents=True, exist_ok=True)
    model = load_alignment(shipped / ALIGNMENT)
    start = Speaker(*load_captioner(shipped / CAPTIONER))
    # Beside the target, so that the result need only be renamed.
    with TemporaryDirectory(prefix="training-", dir=target.parent) as folder:
        clips, unseen = look_at(table, model.backbone, folder=Path(folder), on_progress=on_progress)
        problems = tuple(sorted((*table.problems, *unseen), key=lambda problem: problem.line))
        _require_enough(table, len(clips), problems)
        chosen = held_out([clip.item for clip in clips])
        features = OwnFeatures.of(clips, on_progress=on_progress)
        lesson = _Lesson(features.chosen(~chosen), features.chosen(chosen), training, on_progress)
        before = _figures(model, start, lesson)
        finds_better, speaker = _learn(model, start, lesson)
        after = before
        if finds_better or speaker is not start:
            made = Path(folder) / "made"
            _write(made, shipped, model=model if finds_better else None, speaker=speaker)
            after = _figures(
                load_alignment(made / ALIGNMENT), Speaker(*load_captioner(made / CAPTIONER)), lesson
            )
            put_weights(made, target)
    return OwnReport(
        items=len(clips),
        held_out=int(chosen.sum()),
        problems=problems,
        before=before,
        after=after,
        finds_better=finds_better,
        describes_better=speaker is not start,
    )


def _require_enough(table: OwnTable, usable: int, problems: tuple[LineProblem, ...]) -> None:
    if usable < FEWEST_ITEMS:
        raise TooFewItemsError(table.path, usable, problems)


def _learn(model: Alignment, start: Speaker, lesson: _Lesson) -> tuple[bool, Speaker]:
    """Train `model` and a copy of `start`, which is given back where it describes no worse."""
    finds_better = fit_alignment(
        model,
        lesson.train,
        held_out=lesson.held_out,
        training=lesson.training.alignment,
        on_progress=lesson.on_progress,
    )
    speaker = fit_captions(
        start,
        model,
        lesson.train,
        held_out=lesson.held_out,
        training=lesson.training.captions,
        on_progress=lesson.on_progress,
    )
    return finds_better, speaker


def _figures(model: Alignment, speaker: Speaker, lesson: _Lesson) -> OwnFigures:
    return OwnFigures(ranks(model, lesson.held_out), speaker.figures(model, lesson.held_out.clips))


def _write(made: Path, shipped: Path, *, model: Alignment | None, speaker: Speaker) -> None:
    """Write all weights into the folder `made`; without `model`, the alignment as shipped."""
    made.mkdir()
    if model is None:
        shutil.copyfile(shipped / ALIGNMENT, made / ALIGNMENT)
    else:
        save_alignment(model, made / ALIGNMENT)
    speaker.save(made / CAPTIONER)
    for path in sorted(shipped.glob("*.safetensors")):
        if not (made / path.name).exists():
            _bind_anew(path, made / path.name)


def _bind_anew(shipped: Path, made: Path) -> None:
    """Copy weights; those of the alignment that lay beside them now belong to the new one.

    What they read has not changed (the CNN's features), or is held where it was (the space).
    """
    checkpoint = load_checkpoint(shipped)
    old, new = (fingerprint(path.parent / ALIGNMENT) for path in (shipped, made))
    renewed = {old: new}
    config = {
        name: [renewed.get(each, each) for each in value]
        if isinstance(value, list)
        else renewed.get(value, value)
        if isinstance(value, str)
        else value
        for name, value in checkpoint.config.items()
    }
    save_checkpoint(made, Checkpoint(checkpoint.tensors, config))


def put_weights(made: Path, target: Path) -> None:
    """Let `made` take the place of `target`, which is never there in part and kept beside it.

    Raises ``OSError``.
    """
    aside = made.with_name("replaced")
    if target.exists():
        target.rename(aside)
    try:
        made.rename(target)
    except OSError:
        if aside.exists():
            aside.rename(target)
        raise
    if aside.exists():
        # A library that was made with them is searched with them until it is re-indexed.
        kept = target.with_name(f"{target.name}{REPLACED}{fingerprint(aside / ALIGNMENT)}")
        if not kept.exists():
            aside.rename(kept)
