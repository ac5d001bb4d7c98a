"""Draws how the loss fell, so that one look tells whether training went well."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

_WIDTH, _HEIGHT, _MARGIN = 640, 360, 40
_TRAIN, _DEV, _INK = "#2060c0", "#d06020", "#404040"


@dataclass(frozen=True)
class LossCurve:
    """The loss of every epoch."""

    train: list[float]
    dev: list[float]


def draw_loss_curve(path: Path, curve: LossCurve) -> None:
    """Write a picture of both losses, from 0 to the highest, epoch by epoch."""
    picture = Image.new("RGB", (_WIDTH, _HEIGHT), "white")
    draw = ImageDraw.Draw(picture)
    top = max([*curve.train, *curve.dev])
    corner = (_MARGIN, _HEIGHT - _MARGIN)
    draw.line([(_MARGIN, _MARGIN), corner, (_WIDTH - _MARGIN, corner[1])], _INK)
    draw.text((4, _MARGIN), f"{top:.2f}", _INK)
    draw.text((4, corner[1] - 10), "0", _INK)
    draw.text((_WIDTH - 2 * _MARGIN, corner[1] + 8), f"epoch {len(curve.dev)}", _INK)
    for number, (losses, colour, name) in enumerate(
        ((curve.train, _TRAIN, "train"), (curve.dev, _DEV, "dev"))
    ):
        draw.line([_place(i, loss, len(losses), top) for i, loss in enumerate(losses)], colour, 2)
        draw.text((_WIDTH - 2 * _MARGIN, _MARGIN + 14 * number), f"{name} {losses[-1]:.3f}", colour)
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)


def _place(epoch: int, loss: float, epochs: int, top: float) -> tuple[float, float]:
    across = epoch / max(1, epochs - 1)
    return (
        _MARGIN + across * (_WIDTH - 2 * _MARGIN),
        _HEIGHT - _MARGIN - loss / top * (_HEIGHT - 2 * _MARGIN),
    )
