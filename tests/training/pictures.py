"""A tiny data set in the layout of the real one: coloured shapes with sentences about them."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

COLOURS = ("red", "green", "blue", "yellow")
SHAPES = ("square", "ball", "bar")
SIDE = 96


def write_data(folder: Path) -> None:
    """Twelve pictures to learn from, three held out, and texts with topics."""
    every = [(colour, shape) for colour in COLOURS for shape in SHAPES]
    _write_table(folder / "flickr8k", "train", every)
    _write_table(folder / "flickr8k", "dev", every[::4])
    _write_table(folder / "sports", "train", every[:3])
    _write_table(folder / "coco-mini", "train", every[3:6])
    rows = [
        f"video{number}\t{topic}\t{text} {number}"
        for number in range(10)
        for topic, text in (("music", "a man plays the guitar"), ("food", "a woman cooks a soup"))
    ]
    write_lines(folder / "caption-text" / "msrvtt-train.tsv", ["video\tcategory\tcaption", *rows])


def write_lines(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def sentences_about(colour: str, shape: str) -> list[str]:
    return [
        f"A {colour} {shape} .",
        f"a {shape} that is {colour}",
        f"One {colour} {shape} lies on the ground .",
        f"the {shape} is {colour} all over",
        f"a picture of a {colour} {shape}",
    ]


def draw(colour: str, shape: str) -> Image.Image:
    picture = Image.new("RGB", (SIDE, SIDE), "grey")
    pen = ImageDraw.Draw(picture)
    if shape == "ball":
        pen.ellipse((20, 20, 70, 70), fill=colour)
    else:
        pen.rectangle((20, 20, 70, 70 if shape == "square" else 35), fill=colour)
    return picture


def _write_table(folder: Path, table: str, pictures: list[tuple[str, str]]) -> None:
    (folder / "images").mkdir(parents=True, exist_ok=True)
    lines = ["image\tcaption"]
    for colour, shape in pictures:
        name = f"{table}-{colour}-{shape}.png"
        draw(colour, shape).save(folder / "images" / name)
        lines += [f"{name}\t{sentence}" for sentence in sentences_about(colour, shape)]
    write_lines(folder / f"{table}.tsv", lines)


def centre_of_light(frame: np.ndarray) -> tuple[float, float]:
    """Where the bright part of a picture is: x and y as shares of its sides."""
    light = frame.astype(float).sum(2)
    rows, columns = np.indices(light.shape)
    height, width = light.shape
    x, y = (light * columns).sum() / light.sum(), (light * rows).sum() / light.sum()
    return float(x / (width - 1)), float(y / (height - 1))
